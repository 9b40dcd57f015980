package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApduTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"00200080", "00C0000010", "00C0000000", "002000800131", "00A404000201020A"})
  void theFourCasesReadBack(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertArrayEquals(bytes, Apdu.parse(bytes).encode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "002000", "00200080050102", "002000800101020304"})
  void bytesWhoseLengthsDisagreeAreNoCommand(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThrows(IllegalArgumentException.class, () -> Apdu.parse(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        Apdu.VERIFY,
        Apdu.CHANGE_REFERENCE_DATA,
        Apdu.RESET_RETRY_COUNTER,
        Apdu.IMPORT_KEY,
        Apdu.SET_MANAGEMENT_KEY
      })
  void commandsThatCarryAPinOrAKeyShowOnlyTheirHeader(int ins) {
    String text = Apdu.of(0, ins, 0, 0x80, HexFormat.of().parseHex("313233343536FFFF")).toString();
    assertEquals("00 %02X 00 80 08 XXXXXXXXXXXXXXXX 00".formatted(ins), text);
  }

  @Test
  void wipingClearsTheData() {
    byte[] data = {1, 2, 3};
    Apdu command = Apdu.of(0, Apdu.VERIFY, 0, 0x80, data);
    command.wipe();
    assertArrayEquals(new byte[3], data);
    assertFalse(command.toString().contains("01"));
  }
}
