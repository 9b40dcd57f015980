package jp.sekisho.smartcard.piv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import jp.sekisho.smartcard.CardException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlvTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 255, 256, 65535})
  void everyLengthFormReadsBack(int length) throws CardException {
    for (int tag : new int[] {0x53, 0x7F49, 0x5FC105}) {
      List<Tlv> read = Tlv.parse(new Tlv(tag, new byte[length]).encode());
      assertEquals(tag, read.get(0).tag());
      assertEquals(length, read.get(0).value().length);
    }
  }

  @Test
  void objectsStandInARow() throws CardException {
    byte[] value = Tlv.require(HexFormat.of().parseHex("7001AA710100FE00"), 0x71);
    assertArrayEquals(new byte[1], value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"53", "5F", "5FC1", "5302AA", "5380", "5381", "538200", "538300000100"})
  void whatIsCutOffOrOfAnUnknownFormIsRefused(String hex) {
    assertThrows(CardException.class, () -> Tlv.parse(HexFormat.of().parseHex(hex)));
  }

  @Test
  void moreThanSixtyFourObjectsAreRefused() {
    assertThrows(CardException.class, () -> Tlv.parse(new byte[2 * 65]));
  }
}
