package jp.sekisho.smartcard.pcsc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PC/SC part 10 over a scripted driver, in both platforms' layouts. */
class PinPadTest {
  /** VERIFY_PIN_DIRECT at 0x42330006, IFD_PIN_PROPERTIES at 0x4233000A. */
  private static final byte[] FEATURES = HexFormat.of().parseHex("0604423300060A044233000A");

  private static final ReaderRoles STAFF =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  private static PcscCard connect(ScriptedService service) throws CardException {
    service.reader("Pad 0", 0x10020);
    return PcscContext.establish(service.winscard()).connect(STAFF.grant("Pad 0").orElseThrow());
  }

  private static PinPadOutcome verify(ScriptedService service, byte[] answer) throws CardException {
    service.driver = (code, input) -> code == 0x42330006 ? answer : FEATURES;
    try (PcscCard card = connect(service)) {
      return card.pinPad().orElseThrow().verify(PinPadEntry.piv(Locale.JAPANESE));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theFeaturesAreAskedForAtThePlatformsCodeAndTheEntryIsTheStructureOfPart10(boolean windows)
      throws Exception {
    ScriptedService service = windows ? ScriptedService.windows() : ScriptedService.linux();
    byte[][] sent = new byte[1][];
    service.driver =
        (code, input) -> {
          if (code == 0x42330006) {
            sent[0] = input;
            return hex("9000");
          }
          assertEquals(windows ? 0x313520 : 0x42000D48, code);
          assertEquals(0, input.length);
          return FEATURES;
        };
    try (PcscCard card = connect(service)) {
      PinPadOutcome outcome = card.pinPad().orElseThrow().verify(PinPadEntry.piv(Locale.JAPANESE));
      assertTrue(((PinPadOutcome.Answered) outcome).response().ok());
    }
    // Twice 30 s; bytes, left, ASCII; a block of 8; 8 to 6 digits; enter key; one message in
    // Japanese; 13 bytes: VERIFY 80 with eight bytes of padding.
    assertArrayEquals(
        hex("1E1E82080008060201110400000000" + "0D000000" + "0020008008FFFFFFFFFFFFFFFF"), sent[0]);
  }

  @Test
  void anUnpaddedPinIsACommandWithoutData() {
    byte[] structure =
        new PinPadEntry(0x80, 4, 4, 0, Duration.ofSeconds(15), Locale.ENGLISH).structure();
    assertArrayEquals(hex("0F0F82000004040201090400000000" + "05000000" + "0020008000"), structure);
  }

  @ParameterizedTest
  @CsvSource({"5,4,8,30", "0,4,8,30", "6,16,0,30", "6,8,6,30", "6,8,8,0", "6,8,8,256"})
  void lengthsThatCannotBeAreRefused(int shortest, int longest, int block, int seconds) {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new PinPadEntry(
                0x80, shortest, longest, block, Duration.ofSeconds(seconds), Locale.JAPANESE));
  }

  @ParameterizedTest
  @CsvSource({"6400,TIMED_OUT", "6401,CANCELLED", "6403,WRONG_LENGTH"})
  void whatTheReaderSaysItselfIsNoAnswerOfTheCard(String sw, PinPadOutcome.Reason reason)
      throws Exception {
    assertEquals(new PinPadOutcome.NotEntered(reason), verify(ScriptedService.linux(), hex(sw)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x63C2, 0x6983, 0x63C0, 0x9000, 0x6982})
  void theCardsAnswerIsGivenAsItIs(int sw) throws Exception {
    PinPadOutcome outcome = verify(ScriptedService.windows(), Response.of(sw).encode());
    assertEquals(sw, ((PinPadOutcome.Answered) outcome).response().sw());
  }

  @ParameterizedTest
  @CsvSource({"6B80,CARD_ERROR", "90,CARD_ERROR", "'',CARD_REMOVED", "00009000,CARD_ERROR"})
  void anAnswerOfTheWrongLengthOrARefusedRequestIsAnError(String answer, CardFailure failure) {
    CardException e =
        assertThrows(CardException.class, () -> verify(ScriptedService.linux(), hex(answer)));
    assertEquals(failure, e.failure());
  }

  @ParameterizedTest
  @CsvSource({
    "0x80100002,CANCELLED",
    "0x8010000A,TIMED_OUT",
  })
  void someDriversSayItByCode(String code, PinPadOutcome.Reason reason) throws Exception {
    ScriptedService service = ScriptedService.linux();
    service.driver = (asked, input) -> asked == 0x42330006 ? null : FEATURES;
    service.unsupported = Long.decode(code).intValue();
    try (PcscCard card = connect(service)) {
      assertEquals(
          new PinPadOutcome.NotEntered(reason),
          card.pinPad().orElseThrow().verify(PinPadEntry.piv(Locale.JAPANESE)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0x8010001FL, 0x80100022L, 0x80100016L, 0x80100004L, 1, 50})
  void aReaderWithoutKeysHasNoPinPad(long code) throws Exception {
    ScriptedService service = ScriptedService.linux();
    service.unsupported = (int) code;
    try (PcscCard card = connect(service)) {
      assertTrue(card.pinPad().isEmpty());
    }
    service.driver = (asked, input) -> hex("0A044233000A");
    try (PcscCard card = connect(service)) {
      assertTrue(card.pinPad().isEmpty(), "a feature list without VERIFY_PIN_DIRECT");
    }
  }

  @Test
  void aCardThatLeftMeanwhileIsNoMissingPinPad() throws Exception {
    ScriptedService service = ScriptedService.linux();
    service.unsupported = 0x80100069;
    try (PcscCard card = connect(service)) {
      CardException e = assertThrows(CardException.class, card::pinPad);
      assertEquals(CardFailure.CARD_REMOVED, e.failure());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"06", "0604423300", "060542330006", "060442330006060442330007"})
  void aFeatureListOfTheWrongShapeIsAnError(String answer) {
    CardException e = assertThrows(CardException.class, () -> PinPadFeatures.parse(hex(answer)));
    assertEquals(CardFailure.CARD_ERROR, e.failure());
  }

  @Test
  void inASharedReaderNoPinIsAskedForBeforeThePivApplicationIsSelected() throws Exception {
    ScriptedService service = ScriptedService.linux().reader("Only 0", 0x10020);
    service.driver = (code, input) -> code == 0x42330006 ? hex("9000") : FEATURES;
    ReaderRoles shared = new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=shared")));
    PromptScope prompt = new PromptScope();
    try (PcscCard card =
        PcscContext.establish(service.winscard())
            .connect(shared.grant("Only 0", prompt).orElseThrow())) {
      PinPad pad = card.pinPad().orElseThrow();
      PinPadEntry entry = PinPadEntry.piv(Locale.JAPANESE);
      CardException e = assertThrows(CardException.class, () -> pad.verify(entry));
      assertEquals(CardFailure.READER_NOT_GRANTED, e.failure());
      card.transmit(Apdu.select(hex("A000000308000010000100")));
      assertTrue(((PinPadOutcome.Answered) pad.verify(entry)).response().ok());
      prompt.close();
      assertThrows(CardException.class, card::pinPad);
    }
  }

  @Test
  void aUsedCardIsResetWhenLeftAndAnUnusedOneIsLeftAlone() throws Exception {
    ScriptedService service = ScriptedService.windows();
    connect(service).close();
    assertEquals(List.of(0), service.asked(), "another program may be at work with it");
    try (PcscCard card = connect(service)) {
      card.begin();
      card.transmit(Apdu.select(hex("A000000308")));
      card.endAndReset();
    }
    assertEquals(List.of(0, 1, 0), service.asked(), "reset once, at the transaction's end");
    try (PcscCard card = connect(service)) {
      card.transmit(Apdu.select(hex("A000000308")));
    }
    assertEquals(List.of(0, 1, 0, 1), service.asked());
    verify(service, hex("9000"));
    assertEquals(List.of(0, 1, 0, 1, 1), service.asked());
    assertFalse(service.called().contains("SCardConnect"), "text functions end in W");
  }
}
