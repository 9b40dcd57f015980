package jp.sekisho.agent.enforce.clipboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.number.Score;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeldCopyTest {
  private static final String NUMBER = "123456789018";

  private static Content content(byte[] bytes) {
    Content content = new Content();
    content.append(ByteBuffer.wrap(bytes));
    return content;
  }

  private static HeldCopy copy(String form, String text) {
    return copy(form, text, StandardCharsets.UTF_8);
  }

  private static HeldCopy copy(String form, String text, Charset charset) {
    HeldCopy copy = new HeldCopy("juki");
    copy.add(form, content(text.getBytes(charset)));
    return copy;
  }

  private static void assertFound(@Nullable Score score, HeldCopy copy, String form) {
    Crossing crossing = copy.crossing(Board.CLIPBOARD, form, "");
    assertTrue(crossing.searched(), form);
    assertEquals(score, crossing.number(), form);
  }

  @ParameterizedTest
  @DisplayName("R15: a 個人番号 is found however it is written and in whatever form it is copied")
  @ValueSource(
      strings = {
        "個人番号 123456789018",
        "マイナンバー：1234-5678-9018",
        "個人番号 １２３４－５６７８－９０１８",
        "個人番号\t1 2 3 4 5 6 7 8 9 0 1 8",
      })
  void numbers(String text) {
    for (String form : List.of("UTF8_STRING", "text/plain", "text/plain;charset=utf-8")) {
      assertFound(Score.HIGH, copy(form, text), form);
    }
    assertFound(
        Score.HIGH, copy("text/plain", "\uFEFF" + text, StandardCharsets.UTF_16LE), "text/plain");
    assertFound(Score.HIGH, copy("text/html", "<p>" + text + "</p>"), "text/html");
    assertFound(Score.HIGH, copy("text/csv", text), "text/csv");
  }

  @Test
  @DisplayName("R15: a bare number scores low, a 法人番号 and other digits nothing")
  void others() {
    assertFound(Score.LOW, copy("UTF8_STRING", NUMBER), "UTF8_STRING");
    assertFound(null, copy("UTF8_STRING", "法人番号 8040001079502"), "UTF8_STRING");
    assertFound(null, copy("UTF8_STRING", "個人番号 123456789012"), "UTF8_STRING");
    assertFound(Score.LOW, copy("STRING", NUMBER, StandardCharsets.ISO_8859_1), "STRING");
  }

  @ParameterizedTest
  @DisplayName("R15: tags and references inside a number hide nothing")
  @ValueSource(
      strings = {
        "個人番号 1234<b>5678</b>9018",
        "個人番号 &#49;&#50;3456789018",
        "個人番号 &#x31;234567890<span style='x'>1</span>8",
      })
  void tags(String html) {
    assertFound(Score.HIGH, copy("text/html", html), "text/html");
  }

  @Test
  @DisplayName("with a layout the text beside it counts too")
  void beside() {
    HeldCopy copy = copy("text/html", "<table>");
    copy.add("UTF8_STRING", content(("個人番号 " + NUMBER).getBytes(StandardCharsets.UTF_8)));
    assertFound(Score.HIGH, copy, "text/html");
  }

  @Test
  @DisplayName("what cannot be read to the end is not searched, and so counts as a number")
  void unsearched() {
    HeldCopy copy = copy("image/png", "x");
    copy.add("text/uri-list", content("file:///a".getBytes(StandardCharsets.UTF_8)));
    copy.add("text/rtf", content("{}".getBytes(StandardCharsets.UTF_8)));
    copy.add("COMPOUND_TEXT", content("x".getBytes(StandardCharsets.UTF_8)));
    copy.add("UTF8_STRING", content(new byte[] {(byte) 0xC3, 0x28}));
    copy.add("text/plain;charset=shift_jis", content(new byte[] {0x31}));
    copy.add("text/plain", content(new byte[HeldCopy.MOST_SEARCHED + 1]));
    copy.add("application/x-office", content(new byte[1]));
    for (String form : copy.forms()) {
      assertFalse(copy.crossing(Board.CLIPBOARD, form, "").searched(), form);
    }
    assertEquals(List.of(), copy.crossing(Board.CLIPBOARD, "application/x-office", "").formats());
  }

  @Test
  @DisplayName(
      "contents of any size come back as they were, and are overwritten by the last holder")
  void wiped() {
    byte[] bytes = new byte[200_001];
    new Random(7).nextBytes(bytes);
    Content content = content(bytes);
    assertEquals(bytes.length, content.size());
    byte[] back = new byte[bytes.length];
    for (int at = 0; at < bytes.length; ) {
      ByteBuffer part = ByteBuffer.allocate(70_001);
      content.read(at, part);
      part.flip().get(back, at, part.limit());
      at += part.limit();
    }
    assertTrue(Arrays.equals(bytes, back));
    HeldCopy copy = new HeldCopy("juki");
    copy.add("image/png", content.hold());
    content.release();
    assertFalse(content.isWiped());
    copy.release();
    assertTrue(content.isWiped());
    assertThrows(IllegalStateException.class, () -> content.read(0, ByteBuffer.allocate(1)));
    assertThrows(IllegalStateException.class, content::hold);
  }

  @ParameterizedTest
  @CsvSource({
    "UTF8_STRING, TEXT",
    "text/plain;charset=utf-8, TEXT",
    "text/html, RICH_TEXT",
    "image/bmp, IMAGE",
    "text/uri-list, FILES",
    "x-special/gnome-copied-files, FILES",
    "application/x-office, ",
    "TIMESTAMP, ",
  })
  void formats(String name, @Nullable CopyFormat format) {
    assertEquals(format, CopyForms.formatOf(name).orElse(null));
  }

  @Test
  @DisplayName(
      "of one text one encoding is held, of one picture the best, questions none, and no more than a few")
  void chosen() {
    assertEquals(
        List.of("UTF8_STRING", "text/plain", "text/html", "image/png", "application/x-office"),
        CopyForms.choose(
            List.of(
                "TIMESTAMP",
                "TARGETS",
                "MULTIPLE",
                "SAVE_TARGETS",
                "text/plain",
                "image/bmp",
                "TEXT",
                "COMPOUND_TEXT",
                "image/png",
                "UTF8_STRING",
                "text/html",
                "application/x-office")));
    assertEquals(
        CopyForms.MOST,
        CopyForms.choose(new Random(3).ints(100).mapToObj(i -> "application/x-" + i).toList())
            .size());
  }
}
