package jp.sekisho.smartcard.jpki;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.PinRequest;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.testing.LoginFaults;
import jp.sekisho.smartcard.testing.ScriptedChannel;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JpkiCardTest {
  private static final byte[] DATA = "statement".getBytes(StandardCharsets.UTF_8);
  private static final String AID = "D392F000260100000001";

  /** As on a card: the file selected last, then VERIFY. */
  private static final List<String> FULL_TRIES =
      List.of("00A4040C0A" + AID, "00A4020C020018", "002000800431323334");

  @TempDir static Path directory;
  private ScriptedChannel card;

  @BeforeEach
  void insert() {
    card = channel(NewCard.Kind.JPKI, CardKey.RSA2048);
  }

  private static Path memory(NewCard.Kind kind, CardKey key) {
    return directory.resolve(kind + "-" + key);
  }

  /** The card of that kind with full tries. */
  private static ScriptedChannel channel(NewCard.Kind kind, CardKey key) {
    try {
      Applet applet =
          Applet.open(
              memory(kind, key),
              new NewCard(kind, "100042", Optional.of(directory.resolve("ca")), Optional.empty())
                  .with(key));
      FULL_TRIES.forEach(command -> applet.process(HexFormat.of().parseHex(command)));
      applet.reset();
      return new ScriptedChannel(applet);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static X509Certificate certificate(NewCard.Kind kind, CardKey key, String name) {
    try {
      return PathVerifier.parse(Files.readAllBytes(memory(kind, key).resolve(name)));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<Fingerprint> expected() {
    return Optional.of(Fingerprint.of(certificate(NewCard.Kind.JPKI, CardKey.RSA2048, "auth.der")));
  }

  private static SignOutcome sign(
      JpkiCard jpki, String typed, Optional<Fingerprint> expected, boolean lastTry) {
    try (JpkiPin.Authentication pin = JpkiPin.authentication(typed.toCharArray()).orElseThrow()) {
      return jpki.sign(new LoginRequest(expected, pin, certificate -> Optional.of(DATA), lastTry));
    }
  }

  private SignOutcome sign(String typed) {
    return sign(new JpkiCard(card), typed, expected(), false);
  }

  private static SignOutcome.Refused refused(SignOutcome outcome) {
    return assertInstanceOf(SignOutcome.Refused.class, outcome);
  }

  private static boolean verifies(X509Certificate certificate, SignOutcome outcome) {
    return SignatureVerifier.verifies(
        certificate.getPublicKey(),
        DATA,
        assertInstanceOf(SignOutcome.Signed.class, outcome).signature());
  }

  @Test
  void readsWithoutPinAndSignsInOneTransactionThatEndsWithAReset() {
    JpkiReading.Present reading =
        assertInstanceOf(JpkiReading.Present.class, new JpkiCard(card).read());
    assertEquals(JpkiProfile.CARD, reading.profile());
    assertEquals(3, reading.triesLeft());
    assertEquals(0, card.pinsSent());
    assertTrue(verifies(reading.certificate(), sign("1234")));
    assertEquals(2, card.transactions.get());
    assertEquals(2, card.resets.get());
    assertEquals(1, card.pinsSent());
    card.sent.stream()
        .filter(command -> command.ins() == Apdu.VERIFY && command.data().length > 0)
        .forEach(command -> assertArrayEquals(new byte[4], command.data(), "wiped"));
  }

  @Test
  void loginUsesTheAuthenticationFilesOnlyAndNothingEverSelectsAnotherApplication() {
    new JpkiCard(card).read();
    sign("1234");
    assertEquals(Set.of("0006", "0018", "000A", "0017"), Set.copyOf(files()));
    document("ABC123", false);
    new JpkiCard(channel(NewCard.Kind.JPKI_ANDROID, CardKey.RSA2048)).read();
    List<String> applications = new ArrayList<>();
    for (Apdu command : card.sent) {
      if (command.ins() == Apdu.SELECT && command.p1() == 4) {
        applications.add(hex(command.data()));
      } else if (command.ins() == Apdu.SELECT) {
        assertEquals(2, command.p1(), "files only by identifier inside the application");
      }
    }
    assertEquals(Set.of(AID), Set.copyOf(applications), "the card faces hold the My Number");
    assertEquals(3, applications.size());
  }

  /** Files selected so far. */
  private List<String> files() {
    return card.sent.stream()
        .filter(command -> command.ins() == Apdu.SELECT && command.p1() == 2)
        .map(command -> hex(command.data()))
        .toList();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().withUpperCase().formatHex(bytes);
  }

  private SignOutcome document(String password, boolean lastTry) {
    try (JpkiPin.Signature typed = JpkiPin.signature(password.toCharArray()).orElseThrow()) {
      return new DocumentSigner(card).sign(typed, certificate -> Optional.of(DATA), lastTry);
    }
  }

  @Test
  void aDocumentIsSignedWithTheOtherKeyUnderItsOwnPassword() {
    X509Certificate certificate = certificate(NewCard.Kind.JPKI, CardKey.RSA2048, "sign.der");
    assertTrue(verifies(certificate, document("abc123", false)));
    assertEquals(Set.of("0006", "001B", "0001", "001A"), Set.copyOf(files()));
    assertEquals(OptionalInt.of(4), refused(document("WRONG1", false)).triesLeft());
    assertTrue(verifies(certificate, document("ABC123", false)));
  }

  @ParameterizedTest
  @EnumSource(
      value = NewCard.Kind.class,
      names = {"JPKI_ANDROID", "JPKI_IPHONE"})
  void aPhonesTokenFollowsItsRow(NewCard.Kind kind) {
    X509Certificate certificate = certificateOf(kind);
    card = channel(kind, CardKey.RSA2048);
    JpkiReading reading = new JpkiCard(card).read();
    Optional<Fingerprint> expected = Optional.empty();
    if (kind == NewCard.Kind.JPKI_ANDROID) {
      assertEquals(new JpkiReading.CertificateBehindPin(JpkiProfile.ANDROID, 3), reading);
      assertFalse(files().contains("000A"), "not even tried");
    } else {
      JpkiReading.Present present = assertInstanceOf(JpkiReading.Present.class, reading);
      assertEquals(JpkiProfile.IPHONE, present.profile());
      expected = Optional.of(present.fingerprint());
    }
    assertTrue(verifies(certificate, sign(new JpkiCard(card), "1234", expected, false)));
  }

  private static X509Certificate certificateOf(NewCard.Kind kind) {
    channel(kind, CardKey.RSA2048);
    return certificate(kind, CardKey.RSA2048, "auth.der");
  }

  @Test
  void behindThePinTheCallerSeesTheCertificateBeforeAnythingIsSigned() {
    card = channel(NewCard.Kind.JPKI_ANDROID, CardKey.RSA2048);
    List<X509Certificate> seen = new ArrayList<>();
    try (JpkiPin.Authentication pin = JpkiPin.authentication("1234".toCharArray()).orElseThrow()) {
      PinRequest.Content refusing =
          certificate -> {
            seen.add(certificate);
            return Optional.empty();
          };
      SignOutcome outcome =
          new JpkiCard(card).sign(new LoginRequest(Optional.empty(), pin, refusing, false));
      assertEquals(CardFailure.CERT_UNTRUSTED, refused(outcome).failure());
    }
    assertEquals(
        List.of(certificate(NewCard.Kind.JPKI_ANDROID, CardKey.RSA2048, "auth.der")), seen);
    assertFalse(files().contains("0017"), "the key was not touched");
  }

  @Test
  void anOrdinaryCardInThePlaceOfAPhoneGetsNoPin() {
    SignOutcome outcome = sign(new JpkiCard(card), "1234", Optional.empty(), false);
    assertEquals(CardFailure.CARD_SWAPPED, refused(outcome).failure());
    assertEquals(0, card.pinsSent());
  }

  @Test
  void anotherCardThanTheOneReadGetsNoPin() {
    SignOutcome outcome =
        sign(new JpkiCard(card), "1234", Optional.of(Fingerprint.ofDer(new byte[1])), false);
    assertEquals(CardFailure.CARD_SWAPPED, refused(outcome).failure());
    assertEquals(0, card.pinsSent());
  }

  /** A device that shows its certificate only after the PIN, in place of the card that was read. */
  @Test
  void aDeviceInPlaceOfTheCardReadGetsNoPin() {
    card = channel(NewCard.Kind.JPKI_ANDROID, CardKey.RSA2048);
    SignOutcome outcome = sign(new JpkiCard(card), "1234", expected(), false);
    assertEquals(CardFailure.CARD_SWAPPED, refused(outcome).failure());
    assertEquals(0, card.pinsSent());
  }

  @Test
  void theNextCardIsARowOfTheTable() {
    card = channel(NewCard.Kind.JPKI, CardKey.P384);
    X509Certificate certificate = certificate(NewCard.Kind.JPKI, CardKey.P384, "auth.der");
    Optional<Fingerprint> expected = Optional.of(Fingerprint.of(certificate));
    assertEquals(
        CardFailure.KEY_UNSUPPORTED,
        refused(sign(new JpkiCard(card), "1234", expected, false)).failure());
    assertEquals(0, card.pinsSent());
    JpkiProfile next =
        new JpkiProfile("next", "JPKIAPICCTOKEN2", false, Set.of(SigningAlgorithm.P_384));
    assertTrue(
        verifies(
            certificate,
            sign(new JpkiCard(card, PivCard.LIMIT, List.of(next)), "1234", expected, false)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"JPKIAPICCTOKEN", "JPKIAPICCTOKEN3", ""})
  void aTokenInNoRowIsRefused(String label) {
    byte[] information = new byte[32];
    byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, information, 0, bytes.length);
    card.script((index, command) ->
        command.ins() == 0xB0
            ? Optional.of(new Response(information, Response.OK))
            : Optional.empty());
    assertEquals(CardFailure.UNKNOWN_CARD, refused(sign("1234")).failure());
    assertEquals(0, card.pinsSent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6A82", "6999", "6D00", "6E00", "6700", "6283", "6A81"})
  void anyRefusedSelectMeansNotAJpkiCard(String sw) {
    card.script(ScriptedChannel.always(Apdu.SELECT, Integer.parseInt(sw, 16)));
    assertEquals(
        CardFailure.UNKNOWN_CARD,
        assertInstanceOf(JpkiReading.Refused.class, new JpkiCard(card).read()).failure());
    assertEquals(1, card.sent.size(), "and it sees nothing more");
  }

  @ParameterizedTest
  @CsvSource({"63C3,3", "63C1,1", "63C0,0", "6983,0", "6984,0"})
  void theTriesAreWhatTheCardSays(String sw, int tries) {
    card.script(ScriptedChannel.always(Apdu.VERIFY, Integer.parseInt(sw, 16)));
    assertEquals(
        tries, assertInstanceOf(JpkiReading.Present.class, new JpkiCard(card).read()).triesLeft());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6300", "6982", "6999", "6D00", "6A82", "6A88", "6F00", "9000"})
  void aCardThatDoesNotSayItsTriesGetsNoPin(String sw) {
    card.script(ScriptedChannel.always(Apdu.VERIFY, Integer.parseInt(sw, 16)));
    assertEquals(CardFailure.CARD_ERROR, refused(sign("1234")).failure());
    assertEquals(0, card.pinsSent());
  }

  @ParameterizedTest
  @CsvSource({
    "63C2,PIN_WRONG,2",
    "63C0,PIN_BLOCKED,0",
    "6983,PIN_BLOCKED,0",
    "6984,PIN_BLOCKED,0",
    "6300,PIN_WRONG,3",
    "6982,CARD_ERROR,3",
    "6999,CARD_ERROR,3",
    "6D00,CARD_ERROR,3",
    "6A82,CARD_ERROR,3",
    "6C04,CARD_ERROR,3",
    "6104,CARD_ERROR,3",
  })
  void theAnswerToVerifyDecidesAndIsNeverRetried(String sw, CardFailure failure, int tries) {
    card.script((index, command) ->
        command.ins() == Apdu.VERIFY && command.data().length > 0
            ? Optional.of(Response.of(Integer.parseInt(sw, 16)))
            : Optional.empty());
    SignOutcome.Refused refused = refused(sign("1234"));
    assertEquals(failure, refused.failure());
    assertEquals(OptionalInt.of(tries), refused.triesLeft());
    assertEquals(1, card.pinsSent());
  }

  @Test
  void wrongPinsCountDownAndTheLastTryNeedsTheUsersWord() {
    assertEquals(OptionalInt.of(2), refused(sign("0000")).triesLeft());
    assertEquals(OptionalInt.of(1), refused(sign("0000")).triesLeft());
    assertEquals(CardFailure.PIN_LAST_TRY, refused(sign("1234")).failure());
    assertEquals(2, card.pinsSent());
    assertInstanceOf(SignOutcome.Signed.class, sign(new JpkiCard(card), "1234", expected(), true));
  }

  @Test
  void aCertificateFileOfNoCertificateIsAnErrorNotALoop() {
    for (String content : new String[] {"308000", "3000", "FFFF", "3082FFFF", "3081", "30"}) {
      byte[] bytes = HexFormat.of().parseHex(content);
      card = channel(NewCard.Kind.JPKI, CardKey.RSA2048);
      card.script((index, command) ->
          command.ins() == 0xB0 && command.le() != 32
              ? Optional.of(new Response(bytes, Response.OK))
              : Optional.empty());
      assertEquals(
          CardFailure.CARD_ERROR,
          assertInstanceOf(JpkiReading.Refused.class, new JpkiCard(card).read()).failure(),
          content);
    }
  }

  private static LoginFaults faults(NewCard.Kind kind, boolean behindPin) {
    return new LoginFaults(
        () -> channel(kind, CardKey.RSA2048),
        (channel, right) ->
            sign(
                new JpkiCard(channel),
                right ? "1234" : "0000",
                behindPin ? Optional.empty() : expected(),
                false),
        3);
  }

  @Test
  void removalAtAnyCommandIsRemovalAndNoPinIsSentTwice() {
    LoginFaults faults = faults(NewCard.Kind.JPKI, false);
    assertTrue(faults.commands() >= 13, "commands " + faults.commands());
    faults.removal();
    faults(NewCard.Kind.JPKI_ANDROID, true).removal();
  }

  @Test
  void aCardTornOutAtAnyCommandIsAskedForItsTriesWhenItIsBack() {
    faults(NewCard.Kind.JPKI, false).tearing();
    faults(NewCard.Kind.JPKI_ANDROID, true).tearing();
    faults(NewCard.Kind.JPKI, false).wrongPinTorn();
  }

  @Test
  void aServiceLostAtAnyCommandIsThatAndNoPinIsSentTwice() {
    faults(NewCard.Kind.JPKI, false).serviceLost();
    faults(NewCard.Kind.JPKI_ANDROID, true).serviceLost();
  }

  @Test
  void aResetByAnotherProgramAtAnyCommandIsBusyAndNoPinIsSentTwice() {
    faults(NewCard.Kind.JPKI, false).reset();
  }
}
