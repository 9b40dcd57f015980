package jp.sekisho.e2e.vm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A USB drive with a CD in it.
 *
 * @param image ISO 9660, level 1, without extensions
 */
public record UsbDisc(Path image) implements Pluggable {
  private static final int SECTOR = 2048;
  private static final int DESCRIPTOR = 16;
  private static final int ROOT = 18;
  private static final int LITTLE_TABLE = 19;
  private static final int BIG_TABLE = 20;
  private static final int FIRST_FILE = 21;

  /** A directory record without its name. */
  private static final int RECORD = 33;

  /** Makes one with these files in its root directory; names are 8.3 in capitals. */
  public static UsbDisc make(Path image, Map<String, byte[]> files) throws IOException {
    List<byte[]> contents = new ArrayList<>();
    ByteBuffer root = ByteBuffer.allocate(SECTOR);
    record(root, new byte[] {0}, ROOT, SECTOR, 2);
    record(root, new byte[] {1}, ROOT, SECTOR, 2);
    int sector = FIRST_FILE;
    for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
      byte[] name = (file.getKey() + ";1").getBytes(StandardCharsets.US_ASCII);
      record(root, name, sector, file.getValue().length, 0);
      contents.add(file.getValue());
      sector += sectors(file.getValue().length);
    }
    // Linux takes nothing shorter for a disc's end than what readers read ahead.
    ByteBuffer all = ByteBuffer.allocate((sector + 150) * SECTOR);
    all.position(DESCRIPTOR * SECTOR);
    all.put(descriptor(all.capacity() / SECTOR));
    all.position((DESCRIPTOR + 1) * SECTOR);
    all.put(new byte[] {(byte) 0xFF, 'C', 'D', '0', '0', '1', 1});
    all.position(ROOT * SECTOR).put(root.array());
    all.position(LITTLE_TABLE * SECTOR).put(path(ByteOrder.LITTLE_ENDIAN));
    all.position(BIG_TABLE * SECTOR).put(path(ByteOrder.BIG_ENDIAN));
    int at = FIRST_FILE;
    for (byte[] content : contents) {
      all.position(at * SECTOR).put(content);
      at += sectors(content.length);
    }
    return new UsbDisc(Files.write(image, all.array()));
  }

  private static int sectors(int bytes) {
    return (bytes + SECTOR - 1) / SECTOR;
  }

  private static void both(ByteBuffer to, int number) {
    to.order(ByteOrder.LITTLE_ENDIAN).putInt(number).order(ByteOrder.BIG_ENDIAN).putInt(number);
  }

  private static void bothShort(ByteBuffer to, int number) {
    to.order(ByteOrder.LITTLE_ENDIAN).putShort((short) number);
    to.order(ByteOrder.BIG_ENDIAN).putShort((short) number);
  }

  private static void record(ByteBuffer to, byte[] name, int sector, int bytes, int flags) {
    int length = (RECORD + name.length + 1) / 2 * 2;
    int start = to.position();
    to.put((byte) length).put((byte) 0);
    both(to, sector);
    both(to, bytes);
    to.put(new byte[] {126, 11, 23, 0, 0, 0, 0}).put((byte) flags).put((byte) 0).put((byte) 0);
    bothShort(to, 1);
    to.put((byte) name.length).put(name);
    to.position(start + length);
  }

  private static byte[] path(ByteOrder order) {
    ByteBuffer table = ByteBuffer.allocate(10).order(order);
    return table.put((byte) 1).put((byte) 0).putInt(ROOT).putShort((short) 1).array();
  }

  private static byte[] descriptor(int sectors) {
    ByteBuffer out = ByteBuffer.allocate(SECTOR);
    out.put(new byte[] {1, 'C', 'D', '0', '0', '1', 1, 0});
    out.put(blank(32)).put(blank(32)).putLong(0);
    both(out, sectors);
    out.position(120);
    bothShort(out, 1);
    bothShort(out, 1);
    bothShort(out, SECTOR);
    both(out, 10);
    out.order(ByteOrder.LITTLE_ENDIAN).putInt(LITTLE_TABLE).putInt(0);
    out.order(ByteOrder.BIG_ENDIAN).putInt(BIG_TABLE).putInt(0);
    record(out, new byte[] {0}, ROOT, SECTOR, 2);
    out.put(blank(623));
    out.position(881);
    out.put((byte) 1);
    return out.array();
  }

  private static byte[] blank(int length) {
    return " ".repeat(length).getBytes(StandardCharsets.US_ASCII);
  }
}
