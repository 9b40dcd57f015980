package jp.sekisho.audit.copy;

import java.io.IOException;

/** The entries of a copy in order, in bounded memory. */
public interface EntryReader extends AutoCloseable {
  /** Returns what stands at the next place; {@link Slot.Gap#END} when the copy has no more. */
  Slot next() throws IOException;

  /** Returns what a copy of a log of this size has at one index. */
  static Slot at(LogCopy copy, long size, long index) throws IOException {
    try (EntryReader entries = copy.entries(size)) {
      entries.skip(index);
      return entries.next();
    }
  }

  /** Passes over entries that are there or not. */
  default void skip(long count) throws IOException {
    for (long i = 0; i < count; i++) {
      next();
    }
  }

  @Override
  void close() throws IOException;
}
