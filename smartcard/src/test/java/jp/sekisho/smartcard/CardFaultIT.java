package jp.sekisho.smartcard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import jp.sekisho.smartcard.jpki.DocumentSigner;
import jp.sekisho.smartcard.jpki.JpkiCard;
import jp.sekisho.smartcard.jpki.JpkiPin;
import jp.sekisho.smartcard.jpki.JpkiReading;
import jp.sekisho.smartcard.jpki.LoginRequest;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both clients through a real pcscd, with cards that fail in the middle. */
@Tag("pcsc")
class CardFaultIT {
  private static final byte[] DATA = "statement".getBytes(StandardCharsets.UTF_8);
  private static final Duration PRESENCE = Duration.ofSeconds(20);
  private static final ReaderRoles ROLES =
      new ReaderRoles(List.of(ReaderRoles.Rule.parse("*=staff")));

  @TempDir static Path directory;
  private static PcscService service;
  private static VirtualCard piv;
  private static VirtualCard jpki;
  private CardReading.Present reading;

  @BeforeAll
  static void start() throws IOException {
    service = PcscService.start();
    piv = service.card(0, directory.resolve("piv"));
    jpki = service.jpki(1, directory.resolve("jpki"));
  }

  @AfterAll
  static void stop() {
    jpki.close();
    piv.close();
    service.close();
  }

  @BeforeEach
  void readable() throws Exception {
    piv.fault("clear");
    jpki.fault("clear");
    back(piv, PcscService.READER_0);
    back(jpki, PcscService.READER_1);
    reading = assertInstanceOf(CardReading.Present.class, read());
  }

  private static void back(VirtualCard card, String reader) throws Exception {
    if (!CardEvents.present(reader)) {
      card.insert();
    }
    Await.until("card present", PRESENCE, () -> CardEvents.present(reader));
  }

  private interface Use<T> {
    T with(PcscCard card) throws CardException;
  }

  private static <T> T connected(String reader, Use<T> use) throws CardException {
    try (PcscContext context = PcscContext.establish();
        PcscCard card = context.connect(ROLES.grant(reader).orElseThrow())) {
      return use.with(card);
    }
  }

  private static CardReading read() {
    try {
      return connected(PcscService.READER_0, card -> new PivCard(card).read());
    } catch (CardException e) {
      return new CardReading.Refused(e.failure(), "connect");
    }
  }

  private SignOutcome sign(String typed, Duration limit) throws CardException {
    return connected(
        PcscService.READER_0,
        card -> {
          try (Pin pin = Pin.of(typed.toCharArray()).orElseThrow()) {
            return new PivCard(card, limit)
                .sign(new SignRequest(reading.fingerprint(), pin, DATA, false));
          }
        });
  }

  private static SignOutcome.Refused refused(SignOutcome outcome) {
    return assertInstanceOf(SignOutcome.Refused.class, outcome);
  }

  /** Number of the command with the PIN, 1 the first, as the last login's trace shows it. */
  private int verifyCommand() throws Exception {
    int before = commands().size();
    assertInstanceOf(SignOutcome.Signed.class, sign("123456", PivCard.LIMIT));
    List<String> login = commands().subList(before, commands().size());
    for (int i = 0; i < login.size(); i++) {
      if (login.get(i).startsWith("> 00 20 00 80 08 XX")) {
        return i + 1;
      }
    }
    throw new AssertionError(login);
  }

  private static List<String> commands() throws IOException {
    return piv.trace().stream().filter(line -> line.startsWith(">")).toList();
  }

  @ParameterizedTest
  @CsvSource({"remove,3", "tear,2"})
  void aCardThatLeavesAtVerifyIsSaidToBeRemovedAndItsOwnCounterSaysWhatItCost(
      String fault, int triesLater) throws Exception {
    piv.fault(fault + " " + verifyCommand());
    SignOutcome.Refused refused = refused(sign("000000", PivCard.LIMIT));
    assertEquals(CardFailure.CARD_REMOVED, refused.failure(), refused.detail());
    assertEquals(OptionalInt.empty(), refused.triesLeft(), "nobody can ask it");
    Await.until("reader empty", PRESENCE, () -> !CardEvents.present(PcscService.READER_0));
    back(piv, PcscService.READER_0);
    assertEquals(triesLater, assertInstanceOf(CardReading.Present.class, read()).triesLeft());
    assertInstanceOf(SignOutcome.Signed.class, sign("123456", PivCard.LIMIT));
  }

  @Test
  void aCardThatLosesItsPowerBeforeVerifyIsAnErrorAndNoTryIsLost() throws Exception {
    piv.fault("reset " + verifyCommand());
    SignOutcome.Refused refused = refused(sign("123456", PivCard.LIMIT));
    assertEquals(CardFailure.CARD_ERROR, refused.failure(), refused.detail());
    assertEquals(OptionalInt.of(3), refused.triesLeft());
  }

  @ParameterizedTest
  @CsvSource({"DEADBEEF,CARD_ERROR", "00,CARD_ERROR", "63C1,PIN_WRONG"})
  void garbageForAnAnswerToVerifyNeverBecomesASignature(String answer, CardFailure failure)
      throws Exception {
    piv.fault("garbage " + verifyCommand() + " " + answer);
    SignOutcome.Refused refused = refused(sign("123456", PivCard.LIMIT));
    assertEquals(failure, refused.failure(), refused.detail());
    assertEquals(3, assertInstanceOf(CardReading.Present.class, read()).triesLeft());
  }

  @Test
  void aSlowCardIsWaitedForUpToTheLimitOnly() throws Exception {
    piv.fault("slow 100");
    assertInstanceOf(SignOutcome.Signed.class, sign("123456", PivCard.LIMIT));
    piv.fault("slow 1000");
    assertEquals(
        CardFailure.CARD_TIMEOUT, refused(sign("123456", Duration.ofMillis(1500))).failure());
    piv.fault("clear");
    Await.until("the card is free", PRESENCE, () -> read() instanceof CardReading.Present);
  }

  @Test
  void aJpkiCardSignsALoginAndADocumentBesideTheStaffCard() throws Exception {
    JpkiReading.Present present =
        assertInstanceOf(
            JpkiReading.Present.class,
            connected(PcscService.READER_1, card -> new JpkiCard(card).read()));
    SignOutcome login = jpkiLogin("１２３４", present);
    assertTrue(
        SignatureVerifier.verifies(
            present.certificate().getPublicKey(),
            DATA,
            assertInstanceOf(SignOutcome.Signed.class, login).signature()));
    assertEquals(OptionalInt.of(2), refused(jpkiLogin("9999", present)).triesLeft());
    assertInstanceOf(SignOutcome.Signed.class, jpkiLogin("1234", present));
    SignOutcome document =
        connected(
            PcscService.READER_1,
            card -> {
              try (JpkiPin.Signature password =
                  JpkiPin.signature("abc123".toCharArray()).orElseThrow()) {
                return new DocumentSigner(card)
                    .sign(password, certificate -> Optional.of(DATA), false);
              }
            });
    assertInstanceOf(SignOutcome.Signed.class, document);
    String trace = jpki.trace().toString();
    assertFalse(trace.contains("31323334") || trace.contains("414243"), "PINs are masked");
    assertFalse(trace.contains("D3921000310001"), "no card-face application was selected");
  }

  private static SignOutcome jpkiLogin(String typed, JpkiReading.Present present)
      throws CardException {
    return connected(
        PcscService.READER_1,
        card -> {
          try (JpkiPin.Authentication pin =
              JpkiPin.authentication(typed.toCharArray()).orElseThrow()) {
            return new JpkiCard(card)
                .sign(
                    new LoginRequest(
                        Optional.of(present.fingerprint()),
                        pin,
                        certificate -> Optional.of(DATA),
                        false));
          }
        });
  }
}
