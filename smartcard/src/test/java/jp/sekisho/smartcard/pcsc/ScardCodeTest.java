package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Scanner;
import jp.sekisho.smartcard.CardFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScardCodeTest {
  /** Every SCARD code of pcsclite.h and winerror.h, the last two digits first. */
  private static final String ALL =
      """
      01 CARD_ERROR    02 CARD_ERROR    03 SERVICE_DOWN  04 CARD_ERROR    05 SERVICE_DOWN
      06 SERVICE_DOWN  07 CARD_TIMEOUT  08 CARD_ERROR    09 NO_READER     0A CARD_TIMEOUT
      0B CARD_BUSY     0C NO_CARD       0D UNKNOWN_CARD  0E CARD_ERROR    0F UNKNOWN_CARD
      10 CARD_BUSY     11 CARD_ERROR    12 SERVICE_DOWN  13 SERVICE_DOWN  14 CARD_ERROR
      15 UNKNOWN_CARD  16 CARD_REMOVED  17 NO_READER     18 SERVICE_DOWN  19 CARD_ERROR
      1A NO_READER     1B NO_READER     1C UNKNOWN_CARD  1D SERVICE_DOWN  1E SERVICE_DOWN
      1F CARD_ERROR    20 UNKNOWN_CARD  21 CARD_ERROR    22 CARD_ERROR    23 CARD_ERROR
      24 CARD_ERROR    25 CARD_ERROR    26 CARD_ERROR    27 CARD_ERROR    28 CARD_ERROR
      29 CARD_ERROR    2A PIN_WRONG     2B SERVICE_DOWN  2C UNKNOWN_CARD  2D UNKNOWN_CARD
      2E NO_READER     2F CARD_ERROR    30 UNKNOWN_CARD  31 CARD_BUSY     32 CARD_ERROR
      33 CARD_ERROR    34 CARD_ERROR    65 UNKNOWN_CARD  66 UNKNOWN_CARD  67 UNKNOWN_CARD
      68 CARD_BUSY     69 CARD_REMOVED  6A SERVICE_DOWN  6B PIN_WRONG     6C PIN_BLOCKED
      6D CARD_ERROR    6E CARD_ERROR    6F CARD_ERROR    70 CARD_ERROR    71 CARD_ERROR
      72 CARD_ERROR
      """;

  @Test
  void everyCodeHasItsMeaning() {
    Map<Integer, CardFailure> expected = new HashMap<>();
    Map<Integer, CardFailure> actual = new HashMap<>();
    try (Scanner in = new Scanner(ALL)) {
      while (in.hasNext()) {
        int code = 0x80100000 | in.nextInt(16);
        expected.put(code, CardFailure.valueOf(in.next()));
        actual.put(code, ScardCode.failure(code, RemoteSession.LOCAL));
      }
    }
    assertEquals(0x34 + 14, expected.size());
    assertEquals(expected, actual);
  }

  @ParameterizedTest
  @CsvSource({
    "6,SERVICE_DOWN",
    "1722,SERVICE_DOWN",
    "1726,SERVICE_DOWN",
    "109,REMOTE_SESSION",
    "21,CARD_BUSY",
    "121,CARD_TIMEOUT",
    "433,NO_READER",
    "995,NO_READER",
    "1167,NO_READER",
    "31,CARD_ERROR",
    "22,CARD_ERROR",
  })
  void codesOfWindowsDriversToo(int code, CardFailure failure) {
    assertEquals(failure, ScardCode.failure(code, RemoteSession.LOCAL));
  }

  @ParameterizedTest
  @CsvSource({"1D", "1E", "2E", "13", "09", "17"})
  void inARedirectedSessionAMissingServiceOrReaderIsTheOtherComputers(String code) {
    assertEquals(
        CardFailure.REMOTE_SESSION,
        ScardCode.failure(0x80100000 | Integer.parseInt(code, 16), RemoteSession.REDIRECTED));
  }

  @Test
  void overSshTheReadersAreThisComputersAndOnlyPolkitsRefusalIsAboutTheSession() {
    assertEquals(CardFailure.SERVICE_DOWN, ScardCode.failure(0x8010001D, RemoteSession.FORWARDED));
    assertEquals(
        CardFailure.REMOTE_SESSION, ScardCode.failure(0x8010006A, RemoteSession.FORWARDED));
  }
}
