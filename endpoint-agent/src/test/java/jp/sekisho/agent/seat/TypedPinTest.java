package jp.sekisho.agent.seat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TypedPinTest {
  private static TypedPin pin(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return TypedPin.copyOf(bytes, 0, bytes.length);
  }

  @Test
  void closingOverwritesTheBytes() throws Exception {
    TypedPin pin = pin("123456");
    Field field = TypedPin.class.getDeclaredField("utf8");
    field.setAccessible(true);
    pin.close();
    assertArrayEquals(new byte[6], (byte[]) field.get(pin));
    assertThrows(IllegalStateException.class, pin::bytes);
    assertThrows(IllegalStateException.class, pin::characters);
  }

  @Test
  void textNeverShowsIt() {
    assertEquals("TypedPin[******]", pin("123456").toString());
  }

  @Test
  void charactersAreThoseTyped() {
    assertArrayEquals("１2𠮷".toCharArray(), pin("１2𠮷").characters().orElseThrow());
    assertArrayEquals(new char[0], pin("").characters().orElseThrow());
  }

  @Test
  void whatIsNotUtf8HasNoCharacters() {
    assertTrue(TypedPin.copyOf(new byte[] {'1', (byte) 0xFF}, 0, 2).characters().isEmpty());
    assertTrue(TypedPin.copyOf(new byte[] {(byte) 0xE3, (byte) 0x81}, 0, 2).characters().isEmpty());
  }

  @Test
  void longerInputIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> TypedPin.copyOf(new byte[300], 0, TypedPin.MAX_BYTES + 1));
  }
}
