package jp.sekisho.audit.tile;

import static jp.sekisho.audit.FormatException.Code.ENTRY_BUNDLE_MALFORMED;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.FormatException;

/** The contents of a tile of entries: for each, a 16-bit big-endian length and the bytes. */
public final class EntryBundle {
  /** Longest entry of our logs, in bytes. */
  public static final int MAX_ENTRY_BYTES = 16 * 1024;

  /** Longest entry the format can hold: what other people's logs may have. */
  public static final int FORMAT_MAX_ENTRY_BYTES = 65_535;

  /** Longest contents of a tile of this many entries. */
  public static int maxBytes(int width) {
    return width * (Short.BYTES + FORMAT_MAX_ENTRY_BYTES);
  }

  private EntryBundle() {}

  /**
   * Writes entries in order.
   *
   * @throws IllegalArgumentException if there are none or over 256, or one is too long
   */
  public static byte[] encode(List<byte[]> entries) {
    if (entries.isEmpty() || entries.size() > TilePath.FULL) {
      throw new IllegalArgumentException("a tile has 1 to 256 entries, not " + entries.size());
    }
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    for (byte[] entry : entries) {
      if (entry.length > FORMAT_MAX_ENTRY_BYTES) {
        throw new IllegalArgumentException("an entry of " + entry.length + " bytes is too long");
      }
      contents.write(entry.length >> 8);
      contents.write(entry.length);
      contents.writeBytes(entry);
    }
    return contents.toByteArray();
  }

  /**
   * Reads entries.
   *
   * @param width how many there must be
   * @throws FormatException if there are more, fewer, or one is too long
   */
  public static List<byte[]> decode(byte[] contents, int width) throws FormatException {
    ByteBuffer in = ByteBuffer.wrap(contents);
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      if (in.remaining() < Short.BYTES) {
        throw new FormatException(ENTRY_BUNDLE_MALFORMED, "ends before entry " + i);
      }
      int length = Short.toUnsignedInt(in.getShort());
      if (length > in.remaining()) {
        throw new FormatException(ENTRY_BUNDLE_MALFORMED, "length of entry " + i + " is wrong");
      }
      byte[] entry = new byte[length];
      in.get(entry);
      entries.add(entry);
    }
    if (in.hasRemaining()) {
      throw new FormatException(ENTRY_BUNDLE_MALFORMED, "bytes after the last entry");
    }
    return entries;
  }
}
