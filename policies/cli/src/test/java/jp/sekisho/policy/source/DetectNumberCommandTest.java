package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DetectNumberCommandTest {
  private static final String TEXT = "氏名,𠮷田\r\n個人番号,１２３４－５６７８－９０１８\r\n法人番号,8040001079502\r\n";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;

  @Test
  @DisplayName("counts, places and scores, on standard input too")
  void places() {
    Program program = Program.runWithInput(TEXT, "detect-number", "-", "--json");
    assertEquals(1, program.exit());
    JsonNode json = program.json();
    assertEquals("-", json.path("file").asString());
    assertEquals(1, json.path("count").asInt());
    assertEquals("high", json.path("score").asString());
    assertEquals(1, json.path("positions").size());
    assertEquals(1, json.path("corporate").asInt());
    JsonNode finding = json.at("/positions/0");
    assertEquals(2, finding.path("line").asInt());
    assertEquals(6, finding.path("column").asInt());
    assertEquals("high", finding.path("score").asString());
    assertEquals(
        "１２３４－５６７８－９０１８",
        TEXT.substring(finding.path("start").asInt(), finding.path("end").asInt()));
  }

  @Test
  @DisplayName("a column counts characters as an editor does")
  void columns() {
    Program program = Program.runWithInput("𠮷𠮷123456789018", "detect-number", "-", "--json");
    assertEquals(3, program.json().at("/positions/0/column").asInt());
    assertEquals(4, program.json().at("/positions/0/start").asInt());
  }

  @Test
  @DisplayName("the digits are never printed, in neither form nor language")
  void neverTheDigits() {
    for (String[] arguments :
        new String[][] {
          {"detect-number", "-", "--json"},
          {"detect-number", "-", "--lang", "ja"},
          {"detect-number", "-", "--lang", "en"}
        }) {
      Program program = Program.runWithInput("マイナンバー 123456789018 １２３４５６７８９０１８", arguments);
      assertEquals(1, program.exit());
      String all = program.out() + program.err();
      assertFalse(all.matches("(?s).*[0-9]{5}.*"), all);
      assertFalse(all.contains("１２"), all);
    }
  }

  @Test
  @DisplayName("a text without one is exit code 0")
  void none() {
    Program program = Program.runWithInput("法人番号 8040001079502", "detect-number", "-", "--json");
    assertEquals(0, program.exit());
    assertEquals(0, program.json().path("count").asInt());
    assertEquals("none", program.json().path("score").asString());
    assertEquals(0, program.json().path("positions").size());
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-8, UTF-8",
    "windows-31j, windows-31j",
    "UTF-16, UTF-16",
    "x-UTF-16LE-BOM, UTF-16"
  })
  @DisplayName("the encodings of Japanese offices are recognised")
  void charsets(String written, String read) throws IOException {
    String text = "氏名,山田\r\nマイナンバー,１２３４５６７８９０１８\r\n";
    Path file = Files.write(folder.resolve("a.csv"), text.getBytes(Charset.forName(written)));
    Program program = Program.run("detect-number", file.toString(), "--json");
    assertEquals(Charset.forName(read).name(), program.json().path("charset").asString());
    assertEquals("high", program.json().path("score").asString());
    assertEquals(2, program.json().at("/positions/0/line").asInt());
  }

  @Test
  @DisplayName("of several files each has its line, also behind one that cannot be read")
  void severalFiles() throws IOException {
    Path none = Files.writeString(folder.resolve("none.txt"), "法人番号 8040001079502");
    Path low = Files.writeString(folder.resolve("low.txt"), "123456789018");
    Path high = Files.writeString(folder.resolve("high.txt"), "個人番号 123456789018 123456789018");
    Path gone = folder.resolve("gone.txt");
    Program program =
        Program.run(
            "detect-number",
            "--json",
            none.toString(),
            gone.toString(),
            low.toString(),
            high.toString());
    assertEquals(3, program.exit());
    List<JsonNode> lines = program.out().lines().map(JSON::readTree).toList();
    assertEquals(
        List.of(none.toString(), gone.toString(), low.toString(), high.toString()),
        lines.stream().map(line -> line.path("file").asString()).toList());
    assertEquals("UNREADABLE", lines.get(1).path("code").asString());
    assertEquals(
        List.of("none 0", " 0", "low 1", "high 2"),
        lines.stream()
            .map(line -> line.path("score").asString() + " " + line.path("count").asInt())
            .toList());
    assertEquals(0, Program.run("detect-number", none.toString(), none.toString()).exit());
    Program words = Program.run("detect-number", "--lang", "ja", none.toString(), low.toString());
    assertEquals(1, words.exit());
    assertTrue(words.out().contains(low + ":1:1: "), words.out());
    assertTrue(words.out().contains(none + "："), words.out());
  }

  @Test
  @DisplayName("bytes that are no text in the encoding are refused, not guessed")
  void notText() throws IOException {
    Path file = Files.write(folder.resolve("a.bin"), new byte[] {(byte) 0x81, 0x20, (byte) 0xFF});
    Program program = Program.run("detect-number", file.toString(), "--json");
    assertEquals(1, program.exit());
    assertEquals("NOT_TEXT", program.json().path("code").asString());
    Path sjis = Files.write(folder.resolve("b.txt"), "個人".getBytes(Charset.forName("windows-31j")));
    assertEquals(
        1, Program.run("detect-number", sjis.toString(), "--charset", "utf-8", "--json").exit());
  }

  @Test
  @DisplayName("over 16 MiB is refused, a missing file is exit code 3")
  void limits() throws IOException {
    Path file = Files.write(folder.resolve("large.txt"), new byte[16 * 1024 * 1024 + 1]);
    Program program = Program.run("detect-number", file.toString(), "--json");
    assertEquals(1, program.exit());
    assertEquals("TOO_LARGE", program.json().path("code").asString());
    assertEquals(3, Program.run("detect-number", folder.resolve("none").toString()).exit());
  }

  @Test
  @DisplayName("an encoding it does not know is wrong usage")
  void usage() {
    Program program = Program.run("detect-number", "-", "--charset", "ebcdic");
    assertEquals(2, program.exit());
    assertTrue(program.err().contains("windows-31j"), program.err());
  }
}
