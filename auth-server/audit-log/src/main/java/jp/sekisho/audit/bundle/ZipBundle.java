package jp.sekisho.audit.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import jp.sekisho.audit.FormatException;

/**
 * A bundle in a ZIP file that passed {@link ZipDirectory}; members are read where that found them,
 * never extracted, and not by the JDK's own reading of the directory.
 */
record ZipBundle(FileChannel file, Map<String, ZipDirectory.Entry> entries)
    implements BundleMembers {
  private static final int BUFFER = 64 * 1024;

  static ZipBundle open(Path file) throws IOException, FormatException {
    FileChannel channel = FileChannel.open(file);
    try {
      return new ZipBundle(channel, ZipDirectory.read(channel));
    } catch (IOException | FormatException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public Set<String> names() {
    return entries.keySet();
  }

  @Override
  public InputStream open(String name) throws IOException {
    ZipDirectory.Entry declared = entries.get(name);
    if (declared == null) {
      throw new ZipException("there is no " + name);
    }
    InputStream packed = new Packed(file, declared.data(), declared.compressed());
    return new DeclaredStream(
        declared.stored() ? packed : new Unpacked(packed, declared), declared);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** The bytes of one member as they lie in the file. */
  private static final class Packed extends InputStream {
    private final FileChannel file;
    private final long end;
    private long at;

    Packed(FileChannel file, long from, long length) {
      this.file = file;
      this.at = from;
      this.end = from + length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (at == end) {
        return -1;
      }
      int read = file.read(ByteBuffer.wrap(buffer, offset, (int) Math.min(length, end - at)), at);
      at += Math.max(0, read);
      return read;
    }
  }

  /** What they unpack to; the end is only an end if nothing lies behind it. */
  private static final class Unpacked extends InflaterInputStream {
    private final ZipDirectory.Entry declared;
    private boolean exhausted;

    Unpacked(InputStream packed, ZipDirectory.Entry declared) {
      super(packed, new Inflater(true), BUFFER);
      this.declared = declared;
    }

    /** Gives one byte more at the end, which {@link Inflater} may ask for. */
    @Override
    protected void fill() throws IOException {
      len = in.read(buf, 0, buf.length);
      if (len < 0) {
        if (exhausted) {
          throw new ZipException(declared.name() + " ends too early");
        }
        exhausted = true;
        buf[0] = 0;
        len = 1;
      }
      inf.setInput(buf, 0, len);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      if (read < 0 && inf.getBytesRead() < declared.compressed()) {
        throw new ZipException(declared.name() + " has bytes behind its end");
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      inf.end();
      super.close();
    }
  }
}
