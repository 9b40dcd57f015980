package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jp.sekisho.smartcard.CardFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScardCodeTest {
  @ParameterizedTest
  @CsvSource({
    "0x8010000B,CARD_BUSY",
    "0x80100068,CARD_BUSY",
    "0x8010000C,NO_CARD",
    "0x8010000D,UNKNOWN_CARD",
    "0x80100066,UNKNOWN_CARD",
    "0x80100016,CARD_REMOVED",
    "0x80100069,CARD_REMOVED",
    "0x80100009,NO_READER",
    "0x8010002E,NO_READER",
    "0x80100013,SERVICE_DOWN",
    "0x8010001D,SERVICE_DOWN",
    "0x8010001E,SERVICE_DOWN",
    "0x80100003,SERVICE_DOWN",
    "0x8010000A,CARD_TIMEOUT",
    "0x8010001F,CARD_ERROR",
    "0x80100001,CARD_ERROR",
  })
  void codesMeanWhatWasMeasured(String code, CardFailure failure) {
    assertEquals(failure, ScardCode.failure(Long.decode(code).intValue(), false));
  }

  @ParameterizedTest
  @CsvSource({"0x8010001D", "0x8010001E", "0x8010002E"})
  void inARemoteSessionAMissingServiceIsTheOtherComputers(String code) {
    assertEquals(CardFailure.REMOTE_SESSION, ScardCode.failure(Long.decode(code).intValue(), true));
  }
}
