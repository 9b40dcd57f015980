package jp.sekisho.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Base64UrlTest {

  @Test
  @DisplayName("RFC 4648 §10 vectors, without padding")
  void vectors() throws MalformedException {
    String[] texts = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    for (int length = 0; length < texts.length; length++) {
      byte[] bytes =
          "foobar".substring(0, length).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      assertEquals(texts[length], Base64Url.encode(bytes));
      assertArrayEquals(bytes, Base64Url.decode(texts[length], length));
    }
    assertEquals("-_8", Base64Url.encode(new byte[] {(byte) 0xFB, (byte) 0xFF}));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Zh", "Zm9", "Zm9vYh", "Zg==", "Zm8=", "+/8", "Zg\n", " Zg", "Z", "Zｇ", "Z-g*"})
  @DisplayName("trailing bits, padding, the other alphabet and white space are refused")
  void strict(String text) {
    assertThrows(MalformedException.class, () -> Base64Url.decode(text));
  }

  @Test
  @DisplayName("a length that was demanded is checked")
  void length() throws MalformedException {
    Random random = new Random(7);
    for (int length = 0; length < 100; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      String text = Base64Url.encode(bytes);
      assertArrayEquals(bytes, Base64Url.decode(text, length));
      int other = length + 1;
      assertThrows(MalformedException.class, () -> Base64Url.decode(text, other));
    }
  }
}
