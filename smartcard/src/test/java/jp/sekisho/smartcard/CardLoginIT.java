package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import jp.sekisho.smartcard.cli.CardCommand;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.PromptScope;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.PcscService;
import jp.sekisho.smartcard.testing.VirtualCard;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading and signing through a real pcscd. */
@Tag("pcsc")
class CardLoginIT {
  private static final byte[] STATEMENT = "statement".getBytes(StandardCharsets.UTF_8);
  private static final Duration PRESENCE = Duration.ofSeconds(10);
  private static final ReaderRoles ROLES =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse(PcscService.READER_0 + "=staff")));

  @TempDir static Path directory;
  private static PcscService service;
  private static VirtualCard card;
  private static int cards;

  @BeforeAll
  static void start() throws IOException {
    service = PcscService.start();
    card = service.card(0, directory.resolve("s0"));
  }

  @AfterAll
  static void stop() {
    card.close();
    service.close();
  }

  @BeforeEach
  void freshCard() throws IOException {
    card.swap(directory.resolve("c" + ++cards));
  }

  @Test
  void aStaffCardSignsWithItsPinAndTheJdkVerifies() throws Exception {
    CardReading.Present reading = read();
    SignOutcome outcome = sign(reading, "123456", false);
    byte[] signature = assertInstanceOf(SignOutcome.Signed.class, outcome).signature();
    assertTrue(
        SignatureVerifier.verifies(reading.certificate().getPublicKey(), STATEMENT, signature));
    assertEquals(3, reading.triesLeft());
    List<String> trace = card.trace();
    assertTrue(trace.contains("> 00 20 00 80 08 XXXXXXXXXXXXXXXX"), "VERIFY is masked");
    assertFalse(trace.toString().contains("313233343536"), "no PIN in the trace");
  }

  @Test
  void fullWidthDigitsAreThePin() throws Exception {
    assertInstanceOf(SignOutcome.Signed.class, sign(read(), "１２３４５６", false));
  }

  @Test
  void theCardIsLeftResetSoThatNobodySignsWithOurPin() throws Exception {
    assertInstanceOf(SignOutcome.Signed.class, sign(read(), "123456", false));
    assertEquals(3, read().triesLeft());
    try (PcscContext context = PcscContext.establish();
        PcscCard other = connect(context)) {
      other.transmit(Apdu.select(HexFormat.of().parseHex("A000000308000010000100")));
      assertEquals(0x63C3, other.transmit(new Apdu(0, Apdu.VERIFY, 0, 0x80, new byte[0], 0)).sw());
    }
  }

  @Test
  void wrongPinsCountDownToBlockedAndTheLastTryNeedsConfirmation() throws Exception {
    CardReading.Present reading = read();
    assertRefused(CardFailure.PIN_WRONG, OptionalInt.of(2), sign(reading, "000000", false));
    assertRefused(CardFailure.PIN_WRONG, OptionalInt.of(1), sign(reading, "000000", false));
    assertRefused(CardFailure.PIN_LAST_TRY, OptionalInt.of(1), sign(reading, "123456", false));
    assertEquals(1, read().triesLeft());
    assertRefused(CardFailure.PIN_BLOCKED, OptionalInt.of(0), sign(reading, "000000", true));
    assertRefused(CardFailure.PIN_BLOCKED, OptionalInt.of(0), sign(reading, "123456", true));
    assertEquals(0, read().triesLeft());
  }

  @Test
  void triesSurviveAPowerCutOfTheSimulator() throws Exception {
    assertRefused(CardFailure.PIN_WRONG, OptionalInt.of(2), sign(read(), "000000", false));
    Path used = directory.resolve("c" + cards);
    card.restart();
    card.swap(used);
    assertEquals(2, read().triesLeft());
  }

  @Test
  void anotherCardThanBeforeThePinIsRefusedUntouched() throws Exception {
    CardReading.Present reading = read();
    freshCard();
    CardReading.Present other = read();
    assertRefused(CardFailure.CARD_SWAPPED, OptionalInt.empty(), sign(reading, "123456", false));
    assertEquals(3, other.triesLeft());
    assertEquals(3, read().triesLeft());
  }

  @Test
  void aProgramThatNeverEndsItsTransactionMakesUsBusyNotHang() throws Exception {
    read();
    try (PcscContext hog = PcscContext.establish();
        PcscCard held = connect(hog);
        PcscContext ours = PcscContext.establish();
        PcscCard waiting = connect(ours)) {
      held.begin();
      CardReading reading = new PivCard(waiting, Duration.ofMillis(500)).read();
      assertEquals(
          CardFailure.CARD_BUSY, assertInstanceOf(CardReading.Refused.class, reading).failure());
      held.endAndReset();
    }
    assertEquals(3, read().triesLeft());
  }

  @Test
  void noCommandEverTouchesAResidentsReader() throws Exception {
    try (VirtualCard resident = service.card(1, directory.resolve("resident" + cards))) {
      Await.until(
          "pcscd powers the resident's card",
          PRESENCE,
          () -> {
            // Status of reader 1 as pcscd sees it; asking does not connect.
            return CardEvents.present(PcscService.READER_1);
          });
      String role = "--reader-role=" + PcscService.READER_0 + "=staff";
      assertEquals(0, CardCommand.run("readers"));
      assertEquals(1, CardCommand.run("status"));
      assertEquals(0, CardCommand.run("readers", role));
      assertEquals(0, CardCommand.run("status", role, "--json"));
      assertEquals(1, CardCommand.run("status", "--reader-role=*=shared"));
      sign(read(), "123456", false);
      assertTrue(ROLES.grant(PcscService.READER_1).isEmpty());
      assertEquals(List.of(), resident.trace(), "not one APDU");
      assertFalse(card.trace().isEmpty(), "while the staff reader was used");
    }
  }

  @Test
  void aSharedReaderSeesOneSelectOfPivWhileThePromptIsOpenAndNothingAfter() throws Exception {
    ReaderRoles shared =
        new ReaderRoles(List.of(ReaderRoles.Rule.parse(PcscService.READER_1 + "=shared")));
    try (VirtualCard resident = service.card(1, directory.resolve("shared" + cards), "--not-piv");
        PcscContext context = PcscContext.establish()) {
      Await.until(
          "pcscd powers the card", PRESENCE, () -> CardEvents.present(PcscService.READER_1));
      PromptScope prompt = new PromptScope();
      var granted = shared.grant(PcscService.READER_1, prompt).orElseThrow();
      try (PcscCard connected = context.connect(granted)) {
        CardReading reading = new PivCard(connected).read();
        assertEquals(
            CardFailure.UNKNOWN_CARD,
            assertInstanceOf(CardReading.Refused.class, reading).failure());
        prompt.close();
        assertEquals(
            CardFailure.READER_NOT_GRANTED,
            assertInstanceOf(CardReading.Refused.class, new PivCard(connected).read()).failure());
      }
      assertEquals(
          List.of("> 00 A4 04 00 0B A000000308000010000100 00", "< 6A82"), resident.trace());
    }
  }

  private static PcscCard connect(PcscContext context) throws CardException {
    return context.connect(ROLES.grant(PcscService.READER_0).orElseThrow());
  }

  /** Reads the fresh card as soon as pcscd has noticed it. */
  private static CardReading.Present read() {
    CardReading[] reading = new CardReading[1];
    Path memory = directory.resolve("c" + cards);
    Fingerprint expected = certificate(memory);
    Await.until(
        "the card is readable",
        PRESENCE,
        () -> {
          try (PcscContext context = PcscContext.establish();
              PcscCard connected = connect(context)) {
            reading[0] = new PivCard(connected).read();
          }
          return reading[0] instanceof CardReading.Present present
              && present.fingerprint().equals(expected);
        });
    return (CardReading.Present) reading[0];
  }

  private static Fingerprint certificate(Path memory) {
    try {
      return Fingerprint.ofDer(Files.readAllBytes(memory.resolve("9a.der")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SignOutcome sign(CardReading.Present reading, String pin, boolean confirmed)
      throws CardException {
    try (PcscContext context = PcscContext.establish();
        PcscCard connected = connect(context);
        Pin typed = Pin.of(pin.toCharArray()).orElseThrow()) {
      return new PivCard(connected)
          .sign(new SignRequest(reading.fingerprint(), typed, STATEMENT, confirmed));
    }
  }

  private static void assertRefused(CardFailure failure, OptionalInt tries, SignOutcome outcome) {
    SignOutcome.Refused refused = assertInstanceOf(SignOutcome.Refused.class, outcome);
    assertEquals(failure, refused.failure(), refused.detail());
    assertEquals(tries, refused.triesLeft());
  }
}
