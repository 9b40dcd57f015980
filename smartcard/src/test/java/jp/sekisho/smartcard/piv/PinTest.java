package jp.sekisho.smartcard.piv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.Normalizer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinTest {
  private static Pin pin(String typed) {
    return Pin.of(typed.toCharArray()).orElseThrow();
  }

  @Test
  void sixToEightDigitsArePaddedWithFf() {
    assertArrayEquals(HexFormat.of().parseHex("313233343536FFFF"), pin("123456").padded());
    assertArrayEquals(HexFormat.of().parseHex("3132333435363738"), pin("12345678").padded());
  }

  @Test
  void fullWidthDigitsMeanWhatNfkcSays() {
    String typed = "０１２３４５６７";
    String nfkc = Normalizer.normalize(typed, Normalizer.Form.NFKC);
    assertArrayEquals(pin(nfkc).padded(), pin(typed).padded());
    assertArrayEquals(pin("890189").padded(), pin("８９01８９").padded());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "12345",
        "123456789",
        "12345a",
        "１２３４５",
        "12 345",
        "12345／",
        "12345：",
        "①②③④⑤⑥"
      })
  void anythingElseIsNoPin(String typed) {
    assertTrue(Pin.of(typed.toCharArray()).isEmpty());
  }

  @Test
  void neitherTextNorUseAfterWipingGivesThePinAway() {
    Pin pin = pin("135790");
    assertFalse(pin.toString().contains("1"));
    pin.close();
    assertTrue(pin.isClosed());
    assertThrows(IllegalStateException.class, pin::padded);
  }
}
