package jp.sekisho.audit.copy;

import java.io.IOException;

/** Takes the entries of a copy in order while it is verified; nothing is certain until the end. */
@FunctionalInterface
public interface EntrySink {
  /** Wants nothing. */
  EntrySink NOBODY = (index, entry) -> {};

  /**
   * Takes one entry.
   *
   * @param entry its bytes; not to be changed
   */
  void take(long index, byte[] entry) throws IOException;
}
