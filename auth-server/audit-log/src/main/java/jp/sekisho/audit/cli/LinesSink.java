package jp.sekisho.audit.cli;

import java.io.IOException;
import java.io.OutputStream;
import jp.sekisho.audit.copy.EntrySink;

/** Entries as they are, one a line (JSON Lines when they are JSON). */
record LinesSink(OutputStream out) implements EntrySink {
  /** An entry has a line break, so it cannot be one line. */
  static final class NotALineException extends IOException {
    private static final long serialVersionUID = 1L;

    NotALineException(long index) {
      super(Long.toString(index));
    }
  }

  @Override
  public void take(long index, byte[] entry) throws IOException {
    for (byte b : entry) {
      if (b == '\n') {
        throw new NotALineException(index);
      }
    }
    out.write(entry);
    out.write('\n');
  }
}
