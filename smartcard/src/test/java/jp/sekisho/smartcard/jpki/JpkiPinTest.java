package jp.sekisho.smartcard.jpki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JpkiPinTest {
  @ParameterizedTest
  @CsvSource({"1234,1234", "１２３４,1234", "0０9９,0099"})
  void fourDigitsOfEitherWidthAreTheLoginPin(String typed, String meant) {
    try (JpkiPin pin = JpkiPin.authentication(typed.toCharArray()).orElseThrow()) {
      assertArrayEquals(meant.getBytes(StandardCharsets.US_ASCII), pin.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "123", "12345", "12 4", "123a", "１２３", "一二三四", "١٢٣٤", "12３\u0000"})
  void anythingElseIsNotAndCostsNoTry(String typed) {
    assertTrue(JpkiPin.authentication(typed.toCharArray()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "ABC123,ABC123",
    "abc123,ABC123",
    "ＡＢｃ１２３,ABC123",
    "0123456789ABCDEF,0123456789ABCDEF"
  })
  void lettersAndDigitsAreTheSignaturePasswordAsCapitals(String typed, String meant) {
    try (JpkiPin pin = JpkiPin.signature(typed.toCharArray()).orElseThrow()) {
      assertArrayEquals(meant.getBytes(StandardCharsets.US_ASCII), pin.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ABC12", "0123456789ABCDEFG", "ABC-123", "ABC 123", "ÄBC123", "ｱABC123"})
  void anythingElseIsNoPasswordAndCostsNoTry(String typed) {
    assertTrue(JpkiPin.signature(typed.toCharArray()).isEmpty());
  }

  @Test
  void aClosedPinIsGoneAndNoPinIsEverShown() {
    JpkiPin pin = JpkiPin.authentication("1234".toCharArray()).orElseThrow();
    assertEquals("Authentication[******]", pin.toString());
    pin.close();
    assertThrows(IllegalStateException.class, pin::bytes);
  }
}
