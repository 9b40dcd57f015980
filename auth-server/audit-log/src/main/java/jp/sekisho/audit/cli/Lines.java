package jp.sekisho.audit.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import jp.sekisho.audit.tile.EntryBundle;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream as bytes, each without its LF; a last line may lack it, an empty line is an
 * empty entry. Throws UncheckedIOException.
 */
final class Lines implements Iterator<byte[]> {
  private final InputStream in;
  private byte @Nullable [] next;

  Lines(InputStream in) {
    this.in = in;
    this.next = read();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public byte[] next() {
    byte[] line = next;
    if (line == null) {
      throw new NoSuchElementException();
    }
    next = read();
    return line;
  }

  private byte @Nullable [] read() {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      for (; b >= 0 && b != '\n'; b = in.read()) {
        line.write(b);
        if (line.size() > EntryBundle.FORMAT_MAX_ENTRY_BYTES) {
          throw new IOException(
              "a line is longer than " + EntryBundle.FORMAT_MAX_ENTRY_BYTES + " bytes");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toByteArray();
  }
}
