package jp.sekisho.audit.copy;

/** What a copy has in one place of the log. */
public sealed interface Slot {
  /** An entry's bytes, owned by whoever got them. */
  @SuppressWarnings("ArrayRecordComponent") // made a million times a second, never compared
  record Entry(byte[] bytes) implements Slot {}

  /** No entry. */
  enum Gap implements Slot {
    /** Something is there that no entry can be: too long, or not ended. */
    DAMAGED,
    /** The file that should hold the entry of exactly this index is missing or ends before it. */
    ABSENT,
    /** The copy has ended; which entry is missing is not known from this alone. */
    END
  }
}
