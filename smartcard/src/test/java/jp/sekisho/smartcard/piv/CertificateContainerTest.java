package jp.sekisho.smartcard.piv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateContainerTest {
  private static CardFailure refusal(byte[] object) {
    return assertThrows(CardException.class, () -> CertificateContainer.open(object)).failure();
  }

  @ParameterizedTest
  @CsvSource({
    "5300,UNKNOWN_CARD",
    "53037101 00,UNKNOWN_CARD",
    "53057000710100,UNKNOWN_CARD",
    "5306700130710100,CARD_ERROR",
    "5306700130710101,CARD_ERROR",
    "5305,CARD_ERROR",
    "7E00,CARD_ERROR",
    "5304700230FF,CARD_ERROR",
  })
  void emptyIsNoStaffCardAndMalformedIsAnError(String hex, CardFailure failure) {
    assertEquals(failure, refusal(HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  /** 60 kB that would unpack to 60 MB. */
  @Test
  void aCompressedCertificateThatGrowsBeyondItsLimitIsRefused() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      for (int i = 0; i < 60; i++) {
        gzip.write(new byte[1 << 20]);
      }
    }
    byte[] bomb =
        Tlv.of(0x53, new Tlv(0x70, zipped.toByteArray()), new Tlv(0x71, new byte[] {1})).encode();
    assertEquals(CardFailure.CARD_ERROR, refusal(bomb));
  }
}
