package jp.sekisho.smartcard.piv;

/**
 * The card's answer to "how many tries?" and to VERIFY.
 *
 * @param kind what the status word means
 * @param tries tries left, 0 to 15; only for {@code LEFT} and {@code BLOCKED}
 */
public record PinStatus(Kind kind, int tries) {
  /** Meanings of a status word. */
  public enum Kind {
    /** The PIN was verified: by this command, or, for the question, by somebody before. */
    VERIFIED,
    LEFT,
    BLOCKED,
    /** Anything else: the card cannot say; 6300 is "wrong" of a card that does not count. */
    UNKNOWN
  }

  /** What the status word of VERIFY means, with a PIN or without. */
  public static PinStatus of(int sw) {
    if (sw == 0x9000) {
      return new PinStatus(Kind.VERIFIED, 0);
    }
    // 6983 is PIV's "blocked", 6984 what some cards say instead.
    if (sw == 0x6983 || sw == 0x6984 || sw == 0x63C0) {
      return new PinStatus(Kind.BLOCKED, 0);
    }
    return (sw & 0xFFF0) == 0x63C0
        ? new PinStatus(Kind.LEFT, sw & 0xF)
        : new PinStatus(Kind.UNKNOWN, 0);
  }
}
