package jp.sekisho.agent.intake;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The bytes of a file that is looked at. Not thread-safe. */
final class Content {
  /**
   * How well-known kinds begin, those that run among them; a character for each byte. Text begins
   * like none of them.
   */
  private static final List<String> KNOWN =
      List.of(
          "MZ", // Windows
          "\u007FELF",
          "\u00CF\u00FA\u00ED\u00FE", // macOS
          "\u00CE\u00FA\u00ED\u00FE",
          "\u00CA\u00FE\u00BA\u00BE", // macOS, Java
          "#!",
          "L\0\0\0\1\u0014\2\0", // a shortcut
          "PK\3\4",
          "PK\5\6",
          "Rar!",
          "7z\u00BC\u00AF'\u001C",
          "\u001F\u008B", // gzip
          "\u00FD7zXZ",
          "BZh",
          "MSCF", // a cabinet
          "\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1", // Office before 2007, and encrypted
          "%PDF-",
          "{\\rt", // up to here no part of a document is one
          "\u00FF\u00D8\u00FF",
          "\u0089PNG",
          "GIF8",
          "II*\0",
          "MM\0*");

  private static final int NESTED = KNOWN.indexOf("{\\rt") + 1;

  private final ByteBuffer bytes;

  Content(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  int length() {
    return bytes.limit();
  }

  /** The byte at {@code at}, 0 to 255. */
  int at(int at) {
    return bytes.get(at) & 0xFF;
  }

  /** Four bytes, the highest first; they must be there. */
  long long4(int at) {
    return bytes.getInt(at) & 0xFFFFFFFFL;
  }

  /** Two bytes, the highest first; they must be there. */
  int short2(int at) {
    return bytes.getShort(at) & 0xFFFF;
  }

  /** A part of it; its own position and limit. */
  ByteBuffer part(int from, int to) {
    return bytes.slice(from, to - from);
  }

  /** Whether it begins with these, a character for each byte. */
  boolean startsWith(String mark) {
    return isAt(0, mark);
  }

  boolean isAt(int at, String mark) {
    byte[] wanted = mark.getBytes(StandardCharsets.ISO_8859_1);
    if (at < 0 || wanted.length > length() - at) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes.get(at + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  /** Where these begin, at or after {@code from} and before {@code to}; -1 where nowhere. */
  int find(String mark, int from, int to) {
    byte first = (byte) mark.charAt(0);
    int end = Math.min(to, length() - mark.length() + 1);
    for (int at = Math.max(0, from); at < end; at++) {
      if (bytes.get(at) == first && isAt(at, mark)) {
        return at;
      }
    }
    return -1;
  }

  /** Whether, as a part of a document, it is a program, an archive or another document. */
  boolean looksNested() {
    return KNOWN.stream().limit(NESTED).anyMatch(this::startsWith);
  }

  /** Whether it begins like something well known. */
  boolean looksKnown() {
    return KNOWN.stream().anyMatch(this::startsWith);
  }
}
