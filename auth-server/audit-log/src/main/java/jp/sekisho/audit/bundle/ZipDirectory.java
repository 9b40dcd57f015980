package jp.sekisho.audit.bundle;

import static jp.sekisho.audit.FormatException.Code.BUNDLE_MALFORMED;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;

/**
 * The strict reading of a ZIP's central directory (APPNOTE 4.3.12, 4.3.16): the JDK's reader is
 * lenient, and a file that two programs read differently is no evidence. Members must lie one after
 * another from the first byte to the directory, the directory must reach the end of the file, both
 * headers of a member must agree, and neither may have anything but times and owners beside: an
 * extra field can give a member another name (Unicode Path, 0x7075), which other programs show.
 */
final class ZipDirectory {
  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int LOCAL_SIZE = 30;
  private static final int CENTRAL_SIZE = 46;
  private static final int END_SIZE = 22;
  private static final int MAX_MEMBERS = 65_534;
  private static final long ZIP64 = 0xFFFFFFFFL;
  private static final int FLAG_ENCRYPTED = 1;
  private static final int FLAG_DESCRIPTOR = 1 << 3;
  private static final int METHOD_STORED = 0;
  private static final int METHOD_DEFLATED = 8;
  private static final int UNIX_TYPE = 0xF000;
  private static final int UNIX_FILE = 0x8000;
  private static final int MAX_NAME = 100;
  private static final int MAX_EXTRA = 128; // times and owners, as archivers add them
  private static final Set<Integer> EXTRAS = Set.of(0x5455, 0x7875, 0x000a);
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

  /** A member: where its local header is and what it unpacks to. */
  record Entry(
      String name,
      long offset,
      long data,
      long compressed,
      long size,
      long crc,
      boolean stored,
      boolean described) {
    /** As the other, with the place where its bytes begin. */
    Entry at(long begin) {
      return new Entry(name, offset, begin, compressed, size, crc, stored, described);
    }
  }

  private final FileChannel file;

  private ZipDirectory(FileChannel file) {
    this.file = file;
  }

  /**
   * Reads the directory.
   *
   * @throws FormatException if the file is not a ZIP of the strict kind above
   */
  static Map<String, Entry> read(FileChannel file) throws IOException, FormatException {
    try {
      return new ZipDirectory(file).entries();
    } catch (EOFException e) {
      throw malformed("the ZIP file ends too early");
    }
  }

  private Map<String, Entry> entries() throws IOException, FormatException {
    if (file.size() < END_SIZE) {
      throw malformed("neither a directory nor a ZIP file");
    }
    long endAt = file.size() - END_SIZE;
    ByteBuffer end = bytes(endAt, END_SIZE);
    int count = Short.toUnsignedInt(end.getShort(10));
    long length = Integer.toUnsignedLong(end.getInt(12));
    long start = Integer.toUnsignedLong(end.getInt(16));
    boolean oneVolume = end.getInt(4) == 0 && end.getShort(8) == end.getShort(10);
    if (end.getInt(0) != END || end.getShort(20) != 0 || !oneVolume) {
      throw malformed(
          "not a ZIP file, or it has a comment, several volumes or bytes after its end");
    }
    long longest = (long) count * (CENTRAL_SIZE + MAX_NAME + MAX_EXTRA);
    if (count > MAX_MEMBERS || length > longest || start + length != endAt) {
      throw malformed("too many or too long members, ZIP64, or bytes between directory and end");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    ByteBuffer directory = bytes(start, length);
    for (int i = 0; i < count; i++) {
      Entry entry = central(directory);
      if (entries.put(entry.name(), entry) != null) {
        throw malformed("a member is there twice");
      }
    }
    if (directory.hasRemaining()) {
      throw malformed("the ZIP directory is longer than its members");
    }
    return checkLayout(entries.values(), start);
  }

  private static Entry central(ByteBuffer in) throws FormatException {
    if (in.remaining() < CENTRAL_SIZE || in.getInt(in.position()) != CENTRAL) {
      throw malformed("the ZIP directory is damaged");
    }
    int at = in.position();
    int flags = Short.toUnsignedInt(in.getShort(at + 8));
    int method = Short.toUnsignedInt(in.getShort(at + 10));
    long crc = Integer.toUnsignedLong(in.getInt(at + 16));
    long compressed = Integer.toUnsignedLong(in.getInt(at + 20));
    long size = Integer.toUnsignedLong(in.getInt(at + 24));
    int nameLength = Short.toUnsignedInt(in.getShort(at + 28));
    int extra = Short.toUnsignedInt(in.getShort(at + 30));
    int tail = extra + Short.toUnsignedInt(in.getShort(at + 32));
    int type = (in.getInt(at + 38) >>> 16) & UNIX_TYPE;
    long offset = Integer.toUnsignedLong(in.getInt(at + 42));
    if (in.remaining() < CENTRAL_SIZE + nameLength + tail || nameLength > MAX_NAME) {
      throw malformed("the ZIP directory is damaged or a name is too long");
    }
    byte[] name = new byte[nameLength];
    in.position(at + CENTRAL_SIZE).get(name);
    checkExtra(in.slice(in.position(), extra).order(ByteOrder.LITTLE_ENDIAN));
    in.position(in.position() + tail);
    String text = new String(name, StandardCharsets.US_ASCII);
    if (!NAME.matcher(text).matches()) {
      throw malformed("a name is absolute, climbs, is a directory or has odd characters");
    }
    if (type != 0 && type != UNIX_FILE) {
      throw malformed("a member is a link or a special file");
    }
    boolean stored = method == METHOD_STORED && compressed == size;
    if ((flags & FLAG_ENCRYPTED) != 0 || (method != METHOD_DEFLATED && !stored)) {
      throw malformed("a member is encrypted or packed in an unusual way");
    }
    if (compressed == ZIP64 || size == ZIP64 || offset == ZIP64) {
      throw malformed("ZIP64 is not supported; use a directory");
    }
    boolean described = (flags & FLAG_DESCRIPTOR) != 0;
    return new Entry(text, offset, 0, compressed, size, crc, method == METHOD_STORED, described);
  }

  /** Takes times and owners only, and few of them. */
  private static void checkExtra(ByteBuffer extra) throws FormatException {
    boolean good = extra.remaining() <= MAX_EXTRA;
    while (good && extra.hasRemaining()) {
      good = extra.remaining() >= 4 && EXTRAS.contains(Short.toUnsignedInt(extra.getShort()));
      int length = good ? Short.toUnsignedInt(extra.getShort()) : 0;
      good &= length <= extra.remaining();
      extra.position(extra.position() + (good ? length : 0));
    }
    if (!good) {
      throw malformed("a member has an extra field that is no time and no owner");
    }
  }

  /** Refuses overlaps (how small ZIPs unpack to petabytes) and gaps (where things can hide). */
  private Map<String, Entry> checkLayout(Iterable<Entry> entries, long directoryAt)
      throws IOException, FormatException {
    Map<String, Entry> placed = new LinkedHashMap<>();
    List<Entry> inOrder = new ArrayList<>();
    entries.forEach(inOrder::add);
    inOrder.sort(Comparator.comparingLong(Entry::offset));
    long at = 0;
    for (Entry entry : inOrder) {
      if (entry.offset() != at) {
        throw malformed("members overlap or something lies between them");
      }
      Entry found = entry.at(data(entry));
      placed.put(found.name(), found);
      at = end(found);
    }
    if (at != directoryAt) {
      throw malformed("something lies between the members and the ZIP directory");
    }
    return placed;
  }

  /** Returns where a member's bytes begin, having compared the local header. */
  private long data(Entry entry) throws IOException, FormatException {
    ByteBuffer local = bytes(entry.offset(), LOCAL_SIZE);
    int nameLength = Short.toUnsignedInt(local.getShort(26));
    int extraLength = Short.toUnsignedInt(local.getShort(28));
    int flags = Short.toUnsignedInt(local.getShort(6));
    if (local.getInt(0) != LOCAL
        || nameLength != entry.name().length()
        || extraLength > MAX_EXTRA
        || (flags & FLAG_ENCRYPTED) != 0
        || ((flags & FLAG_DESCRIPTOR) != 0) != entry.described()
        || local.getShort(8) != (entry.stored() ? METHOD_STORED : METHOD_DEFLATED)
        || !isSame(local.getInt(14), entry.crc(), entry)
        || !isSame(local.getInt(18), entry.compressed(), entry)
        || !isSame(local.getInt(22), entry.size(), entry)) {
      throw malformed("the two headers of a member differ");
    }
    byte[] name = new byte[nameLength];
    bytes(entry.offset() + LOCAL_SIZE, nameLength).get(name);
    if (!new String(name, StandardCharsets.US_ASCII).equals(entry.name())) {
      throw malformed("the two names of a member differ");
    }
    long extraAt = entry.offset() + LOCAL_SIZE + nameLength;
    checkExtra(bytes(extraAt, extraLength));
    return extraAt + extraLength;
  }

  /** Whether a local header says the same, or leaves it to the data descriptor. */
  private static boolean isSame(int local, long central, Entry entry) {
    return Integer.toUnsignedLong(local) == central || (entry.described() && local == 0);
  }

  /** Returns where the next member must begin, having compared the data descriptor. */
  private long end(Entry entry) throws IOException, FormatException {
    long end = entry.data() + entry.compressed();
    if (!entry.described()) {
      return end;
    }
    // It has its signature or not (4.3.9.3).
    int from = bytes(end, Integer.BYTES).getInt(0) == 0x08074b50 ? Integer.BYTES : 0;
    ByteBuffer descriptor = bytes(end + from, 3L * Integer.BYTES);
    if (Integer.toUnsignedLong(descriptor.getInt()) != entry.crc()
        || Integer.toUnsignedLong(descriptor.getInt()) != entry.compressed()
        || Integer.toUnsignedLong(descriptor.getInt()) != entry.size()) {
      throw malformed("a member's data descriptor contradicts the ZIP directory");
    }
    return end + from + 3L * Integer.BYTES;
  }

  private ByteBuffer bytes(long at, long length) throws IOException {
    if (at + length > file.size()) {
      throw new EOFException();
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, at + buffer.position()) < 0) {
        throw new EOFException();
      }
    }
    return buffer.flip();
  }

  private static FormatException malformed(String detail) {
    return new FormatException(BUNDLE_MALFORMED, detail);
  }
}
