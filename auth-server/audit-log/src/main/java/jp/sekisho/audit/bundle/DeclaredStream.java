package jp.sekisho.audit.bundle;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.ZipException;

/**
 * A member of a ZIP held to its declared size and checksum: what unpacks to more is cut off there
 * and then, and the end is only an end if both are right.
 */
final class DeclaredStream extends FilterInputStream {
  private final ZipDirectory.Entry declared;
  private final CRC32 crc = new CRC32();
  private long count;

  DeclaredStream(InputStream in, ZipDirectory.Entry declared) {
    super(in);
    this.declared = declared;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read > 0) {
      count += read;
      crc.update(buffer, offset, read);
    }
    boolean ended = read < 0;
    if (count > declared.size()
        || (ended && (count != declared.size() || crc.getValue() != declared.crc()))) {
      throw new ZipException(declared.name() + " is damaged: size or checksum is wrong");
    }
    return read;
  }

  @Override
  public long skip(long n) throws IOException {
    return readNBytes((int) Math.min(n, 8192)).length; // skipped bytes count and are checked too
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
