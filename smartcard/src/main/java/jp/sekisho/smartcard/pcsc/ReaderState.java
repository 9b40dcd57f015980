package jp.sekisho.smartcard.pcsc;

/**
 * What the card service last said about a reader.
 *
 * @param reader PC/SC name
 * @param state the 32-bit state word as given; 0 = not asked yet
 */
public record ReaderState(String reader, int state) {
  /** A name that stands for "a reader came or went". */
  static final String PLUG_AND_PLAY = "\\\\?PnP?\\Notification";

  private static final int CHANGED = 0x2;
  private static final int UNKNOWN = 0x4;
  private static final int UNAVAILABLE = 0x8;
  private static final int PRESENT = 0x20;
  private static final int EXCLUSIVE = 0x80;
  private static final int MUTE = 0x200;

  static ReaderState unasked(String reader) {
    return new ReaderState(reader, 0);
  }

  public boolean isPresent() {
    return (state & PRESENT) != 0;
  }

  /** Insertions and removals so far, modulo 2^16; restarts with the service. */
  public int eventCounter() {
    return state >>> 16;
  }

  /** Another program keeps everybody out of the card for as long as it likes. */
  public boolean isExclusive() {
    return (state & EXCLUSIVE) != 0;
  }

  /** A card is there and does not answer: upside down, or broken. */
  public boolean isMute() {
    return (state & MUTE) != 0;
  }

  boolean isGone() {
    return (state & (UNKNOWN | UNAVAILABLE)) != 0;
  }

  /** As the next question's known state. */
  ReaderState seen() {
    return new ReaderState(reader, state & ~CHANGED);
  }
}
