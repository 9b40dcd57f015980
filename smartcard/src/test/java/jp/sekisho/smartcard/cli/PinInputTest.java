package jp.sekisho.smartcard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PinInputTest {
  private static InputStream input(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> line(InputStream in) throws IOException {
    return PinInput.line(in).map(String::new);
  }

  @Test
  void eachCallTakesOneLineAndNoMore() throws IOException {
    InputStream in = input("123456\n１２３４５６\r\n\nlast");
    assertEquals(Optional.of("123456"), line(in));
    assertEquals(Optional.of("１２３４５６"), line(in));
    assertEquals(Optional.of(""), line(in));
    assertEquals(Optional.of("last"), line(in));
    assertEquals(Optional.empty(), line(in));
  }

  @Test
  void aLineTooLongOrNoUtf8IsNoPin() throws IOException {
    assertEquals(Optional.empty(), line(input("1".repeat(65) + "\n")));
    assertEquals(Optional.empty(), line(new ByteArrayInputStream(new byte[] {(byte) 0xFF, '\n'})));
  }
}
