package jp.sekisho.agent.enforce.clipboard;

import java.util.Optional;

/** Grants under which somebody copies over boundaries just now. Thread-safe. */
public interface CopyGrants {
  /** There are none. */
  CopyGrants NONE = uid -> Optional.empty();

  /** The one that is in use at the seat of {@code uid}; empty for none. */
  Optional<InUse> inUse(int uid);

  /** A grant in use. */
  interface InUse {
    /** Its id. */
    String grant();

    /**
     * Counts a copy, durably, before it is served.
     *
     * @return what it became
     */
    Counted count(long bytes);
  }

  /** What became of counting. */
  enum Counted {
    /** It counts. */
    COUNTED,
    /** It is more than is left; it does not count. */
    OVER,
    /** It is in use no more, too often, or could not be made durable. */
    NOT
  }
}
