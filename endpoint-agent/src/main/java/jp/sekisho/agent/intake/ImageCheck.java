package jp.sekisho.agent.intake;

import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import jp.sekisho.protocol.Refusal;

/** Pictures by their own structure, with nothing after their end. */
final class ImageCheck {
  private static final int MOST_PAGES = 10_000;
  private static final int ENTRY = 12;

  private ImageCheck() {}

  private static NotImported broken() {
    return new NotImported(Refusal.IMPORT_KIND);
  }

  /** JPEG (ITU-T T.81): markers to the end of the image, and no byte behind it. */
  static void jpeg(Content content) throws NotImported {
    int at = 2;
    while (true) {
      if (at + 1 >= content.length() || content.at(at) != 0xFF) {
        throw broken();
      }
      int marker = content.at(at + 1);
      at++;
      if (marker == 0xFF) {
        continue; // Fill bytes.
      }
      at++;
      if (marker == 0xD9) {
        if (at != content.length()) {
          throw broken();
        }
        return;
      }
      if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
        continue;
      }
      if (marker == 0x00 || marker == 0xD8 || at + 2 > content.length()) {
        throw broken();
      }
      int length = content.short2(at);
      if (length < 2 || length > content.length() - at) {
        throw broken();
      }
      at += length;
      if (marker == 0xDA) {
        at = afterScan(content, at);
      }
    }
  }

  /** Where the next marker is after coded data. */
  private static int afterScan(Content content, int from) throws NotImported {
    for (int at = from; at + 1 < content.length(); at++) {
      if (content.at(at) == 0xFF) {
        int next = content.at(at + 1);
        if (next != 0 && (next < 0xD0 || next > 0xD7)) {
          return at;
        }
      }
    }
    throw broken();
  }

  /** PNG (ISO 15948): chunks with their sums, the last one IEND and no byte behind it. */
  static void png(Content content) throws NotImported {
    int at = 8;
    boolean first = true;
    while (true) {
      if (content.length() - at < 12) {
        throw broken();
      }
      long length = content.long4(at);
      if (length > content.length() - at - 12) {
        throw broken();
      }
      int data = at + 8;
      int end = data + (int) length;
      CRC32 sum = new CRC32();
      sum.update(content.part(at + 4, end));
      if (sum.getValue() != content.long4(end) || first != content.isAt(at + 4, "IHDR")) {
        throw broken();
      }
      first = false;
      if (content.isAt(at + 4, "IEND")) {
        if (end + 4 != content.length()) {
          throw broken();
        }
        return;
      }
      at = end + 4;
    }
  }

  /** TIFF 6.0: every page's directory, each within the file. */
  static void tiff(Content content) throws NotImported {
    boolean little = content.at(0) == 'I';
    Set<Long> seen = new HashSet<>();
    if (content.length() < 8) {
      throw broken();
    }
    long at = long4(content, 4, little);
    while (at != 0) {
      if (at < 8 || at + 2 > content.length() || !seen.add(at) || seen.size() > MOST_PAGES) {
        throw broken();
      }
      int entries = short2(content, (int) at, little);
      long next = at + 2 + (long) entries * ENTRY;
      if (entries == 0 || next + 4 > content.length()) {
        throw broken();
      }
      at = long4(content, (int) next, little);
    }
    if (seen.isEmpty()) {
      throw broken();
    }
  }

  private static ByteOrder order(boolean little) {
    return little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  private static long long4(Content content, int at, boolean little) {
    return content.part(at, at + 4).order(order(little)).getInt() & 0xFFFFFFFFL;
  }

  private static int short2(Content content, int at, boolean little) {
    return content.part(at, at + 2).order(order(little)).getShort() & 0xFFFF;
  }
}
