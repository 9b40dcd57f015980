package jp.sekisho.protocol.statement;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementLinesTest {

  @Test
  @DisplayName("Japanese values are kept byte for byte")
  void japanese() throws MalformedException {
    byte[] bytes = StatementLines.write("grant").line("reason", "税務署への提出 𠮷田").bytes();
    assertArrayEquals(
        "sekisho/grant/v1\nreason 税務署への提出 𠮷田\n".getBytes(StandardCharsets.UTF_8), bytes);
    StatementLines lines = StatementLines.read(bytes, "grant");
    assertEquals("税務署への提出 𠮷田", lines.value("reason"));
    lines.end();
  }

  @Test
  @DisplayName("exactly 64 KiB are read, one byte more is not")
  void limit() throws MalformedException {
    String head = "sekisho/grant/v1\nreason ";
    String largest = head + "x".repeat(StatementLines.MAX_BYTES - head.length() - 1) + "\n";
    StatementLines lines = StatementLines.read(largest.getBytes(StandardCharsets.UTF_8), "grant");
    assertEquals(StatementLines.MAX_BYTES - head.length() - 1, lines.value("reason").length());
    byte[] larger = largest.replace("reason ", "reason x").getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedException.class, () -> StatementLines.read(larger, "grant"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "a\rb", "a\u202Eb", "a\u200Bb", "か\u3099", "\uD842"})
  @DisplayName("a value that could not be read is not written either")
  void writing(String value) {
    assertThrows(
        IllegalArgumentException.class, () -> StatementLines.write("grant").line("reason", value));
  }
}
