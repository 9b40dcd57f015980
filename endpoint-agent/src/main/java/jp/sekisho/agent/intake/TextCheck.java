package jp.sekisho.agent.intake;

import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import jp.sekisho.protocol.Refusal;

/**
 * Plain text: UTF-8 or CP932 from the first byte to the last, no control characters, and nothing at
 * its beginning by which a program takes it for something else than text. What a spreadsheet makes
 * of its cells is not looked at.
 */
final class TextCheck {
  /** Programs go by these whatever a name ends in, SYLK (ID;) and pages of the web among them. */
  private static final List<String> NO_TEXT =
      List.of("id;", "<", "{\\rtf", "%pdf-", "#!", "mime-version:", "\u007Felf", "mscf");

  private static final String MARK = "\u00EF\u00BB\u00BF";

  private TextCheck() {}

  static void check(Content content) throws NotImported {
    for (int at = 0; at < content.length(); at++) {
      int one = content.at(at);
      if ((one < ' ' && one != '\t' && one != '\n' && one != '\r' && one != '\f') || one == 0x7F) {
        throw new NotImported(
            content.looksKnown() ? Refusal.IMPORT_DISGUISED : Refusal.IMPORT_KIND);
      }
    }
    if (!isUtf8(content) && !isCp932(content)) {
      throw new NotImported(content.looksKnown() ? Refusal.IMPORT_DISGUISED : Refusal.IMPORT_KIND);
    }
    int from = content.startsWith(MARK) ? MARK.length() : 0;
    while (from < content.length() && content.at(from) <= ' ') {
      from++;
    }
    StringBuilder beginning = new StringBuilder();
    for (int at = from; at < content.length() && at < from + 16; at++) {
      beginning.append((char) content.at(at));
    }
    String low = beginning.toString().toLowerCase(Locale.ROOT);
    if (NO_TEXT.stream().anyMatch(low::startsWith)) {
      throw new NotImported(Refusal.IMPORT_DISGUISED);
    }
  }

  static boolean isUtf8(Content content) {
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      var out = java.nio.CharBuffer.allocate(8192);
      var in = content.part(0, content.length());
      while (true) {
        var result = decoder.decode(in, out, true);
        if (result.isError()) {
          result.throwException();
        }
        out.clear();
        if (result.isUnderflow()) {
          return true;
        }
      }
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** By its bytes alone: that every pair is a character is not looked at. */
  private static boolean isCp932(Content content) {
    int at = 0;
    while (at < content.length()) {
      int one = content.at(at);
      if (one < 0x80 || (one >= 0xA1 && one <= 0xDF)) {
        at++;
        continue;
      }
      int next = at + 1 < content.length() ? content.at(at + 1) : 0;
      boolean lead = (one >= 0x81 && one <= 0x9F) || (one >= 0xE0 && one <= 0xFC);
      boolean trail = next >= 0x40 && next <= 0xFC && next != 0x7F;
      if (!lead || !trail) {
        return false;
      }
      at += 2;
    }
    return true;
  }
}
