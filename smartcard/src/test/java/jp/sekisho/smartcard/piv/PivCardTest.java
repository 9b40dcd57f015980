package jp.sekisho.smartcard.piv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.testing.Await;
import jp.sekisho.smartcard.testing.LoginFaults;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The staff card over a script. Long because every case is one line of the table of smartcard.md.
 */
class PivCardTest {
  private static final byte[] DATA = "statement".getBytes(StandardCharsets.UTF_8);

  @TempDir static Path directory;
  private static Fingerprint expected;
  private ScriptedCard card;

  @BeforeAll
  static void personalise() throws IOException {
    CardReading reading = new PivCard(new ScriptedCard(directory)).read();
    expected = assertInstanceOf(CardReading.Present.class, reading).fingerprint();
  }

  @BeforeEach
  void insert() throws IOException {
    card = new ScriptedCard(directory);
    // Full tries again, whatever the test before did.
    card.unblock();
  }

  private SignOutcome sign(String pin, boolean lastTryConfirmed) {
    return sign(new PivCard(card), pin, expected, lastTryConfirmed);
  }

  private static SignOutcome sign(PivCard piv, String pin, Fingerprint expected, boolean last) {
    try (Pin typed = Pin.of(pin.toCharArray()).orElseThrow()) {
      return piv.sign(new SignRequest(expected, typed, DATA, last));
    }
  }

  private static SignOutcome.Refused refused(SignOutcome outcome) {
    return assertInstanceOf(SignOutcome.Refused.class, outcome);
  }

  @Test
  void signsInOneTransactionThatEndsWithAResetAndWipesThePin() {
    SignOutcome outcome = sign("123456", false);
    byte[] signature = assertInstanceOf(SignOutcome.Signed.class, outcome).signature();
    CardReading reading = new PivCard(card).read();
    assertTrue(
        SignatureVerifier.verifies(
            assertInstanceOf(CardReading.Present.class, reading).certificate().getPublicKey(),
            DATA,
            signature));
    assertEquals(card.transactions.get(), card.resets.get());
    assertEquals(2, card.transactions.get(), "one to sign, one to read");
    assertEquals(1, card.pinsSent());
    card.sent.stream()
        .filter(command -> command.ins() == Apdu.VERIFY && command.data().length > 0)
        .forEach(command -> assertArrayEquals(new byte[8], command.data()));
  }

  @Test
  void aPinLeftVerifiedBySomebodyElseIsResetBeforeTheTriesAreBelieved() {
    card.leaveVerified();
    assertEquals(
        3, assertInstanceOf(CardReading.Present.class, new PivCard(card).read()).triesLeft());
    // SELECT of the applet resets the state too; a card that keeps it needs the reset.
    boolean[] first = {true};
    card.script((index, command) -> {
      if (command.ins() == Apdu.VERIFY && command.data().length == 0 && first[0]) {
        first[0] = false;
        return Optional.of(Response.of(0x9000));
      }
      return Optional.empty();
    });
    int before = card.resets.get();
    assertInstanceOf(SignOutcome.Signed.class, sign("123456", false));
    assertEquals(before + 2, card.resets.get());
  }

  @Test
  void aCardThatStaysVerifiedIsRefused() {
    card.script((index, command) ->
        command.ins() == Apdu.VERIFY && command.data().length == 0
            ? Optional.of(Response.of(0x9000))
            : Optional.empty());
    assertEquals(CardFailure.CARD_ERROR, refused(sign("123456", false)).failure());
    assertEquals(0, card.pinsSent());
  }

  @ParameterizedTest
  @CsvSource({
    "63C3,3", "63C1,1", "63C0,0", "6983,0", "6984,0", "63CF,15",
  })
  void theTriesAreWhatTheCardSays(String sw, int tries) {
    card.script(ScriptedCard.always(Apdu.VERIFY, Integer.parseInt(sw, 16)));
    assertEquals(
        tries, assertInstanceOf(CardReading.Present.class, new PivCard(card).read()).triesLeft());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6300", "6982", "6999", "6D00", "6A82", "6A88", "6F00"})
  void aCardThatDoesNotSayItsTriesGetsNoPin(String sw) {
    card.script(ScriptedCard.always(Apdu.VERIFY, Integer.parseInt(sw, 16)));
    SignOutcome.Refused refused = refused(sign("123456", false));
    assertEquals(CardFailure.CARD_ERROR, refused.failure());
    assertEquals(0, card.pinsSent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6A82", "6999", "6D00", "6E00", "6700", "6283"})
  void anyRefusedSelectMeansNotAStaffCard(String sw) {
    card.script(ScriptedCard.always(Apdu.SELECT, Integer.parseInt(sw, 16)));
    assertEquals(
        CardFailure.UNKNOWN_CARD,
        assertInstanceOf(CardReading.Refused.class, new PivCard(card).read()).failure());
    assertEquals(1, card.sent.size(), "and it sees nothing more");
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
    "6108,CARD_ERROR,3",
    "6A80,CARD_ERROR,3",
    "6C08,CARD_ERROR,3",
  })
  void theAnswerToVerifyDecidesAndIsNeverRetried(String sw, CardFailure failure, int tries) {
    card.script((index, command) ->
        command.ins() == Apdu.VERIFY && command.data().length > 0
            ? Optional.of(Response.of(Integer.parseInt(sw, 16)))
            : Optional.empty());
    SignOutcome.Refused refused = refused(sign("123456", false));
    assertEquals(failure, refused.failure());
    assertEquals(OptionalInt.of(tries), refused.triesLeft());
    assertEquals(1, card.pinsSent());
  }

  @Test
  void aWrongPinIsCountedByTheCardAndTheLastTryNeedsTheUsersWord() {
    assertEquals(OptionalInt.of(2), refused(sign("000000", false)).triesLeft());
    assertEquals(OptionalInt.of(1), refused(sign("000000", false)).triesLeft());
    SignOutcome.Refused asked = refused(sign("123456", false));
    assertEquals(CardFailure.PIN_LAST_TRY, asked.failure());
    assertEquals(2, card.pinsSent(), "the third was not sent");
    assertInstanceOf(SignOutcome.Signed.class, sign("123456", true));
  }

  @Test
  void aBlockedCardGetsNoPin() {
    card.script((index, command) ->
        command.ins() == Apdu.VERIFY ? Optional.of(Response.of(0x6983)) : Optional.empty());
    assertEquals(CardFailure.PIN_BLOCKED, refused(sign("123456", true)).failure());
    assertEquals(0, card.pinsSent());
  }

  @Test
  void anotherCardThanTheOneReadGetsNoPin() {
    Fingerprint other = Fingerprint.ofDer(new byte[1]);
    assertEquals(
        CardFailure.CARD_SWAPPED,
        refused(sign(new PivCard(card), "123456", other, true)).failure());
    assertEquals(0, card.pinsSent());
  }

  private LoginFaults faults() {
    return new LoginFaults(
        () -> {
          try {
            ScriptedCard fresh = new ScriptedCard(directory);
            fresh.unblock();
            return fresh;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        (channel, right) ->
            sign(new PivCard(channel), right ? "123456" : "000000", expected, false),
        3);
  }

  @Test
  void removalAtAnyCommandIsRemovalAndNoPinIsSentTwice() {
    LoginFaults faults = faults();
    // SELECT, discovery, tries, certificate, VERIFY, signature, and the continuations.
    assertTrue(faults.commands() >= 9, "commands " + faults.commands());
    faults.removal();
  }

  @Test
  void aCardTornOutAtAnyCommandIsAskedForItsTriesWhenItIsBack() {
    faults().tearing();
    faults().wrongPinTorn();
  }

  @Test
  void aServiceLostAtAnyCommandIsThatAndNoPinIsSentTwice() {
    faults().serviceLost();
  }

  @Test
  void aResetByAnotherProgramAtAnyCommandIsBusyAndNoPinIsSentTwice() {
    faults().reset();
  }

  @ParameterizedTest
  @EnumSource(CardKey.class)
  void everyKeyTypeSignsAndTheSignatureIsChecked(CardKey key) throws IOException {
    Path memory = directory.resolve(key.name());
    CardReading.Present reading =
        assertInstanceOf(
            CardReading.Present.class, new PivCard(new ScriptedCard(memory, key)).read());
    ScriptedCard signing = new ScriptedCard(memory, key);
    byte[] signature =
        assertInstanceOf(
                SignOutcome.Signed.class,
                sign(new PivCard(signing), "123456", reading.fingerprint(), false))
            .signature();
    assertTrue(SignatureVerifier.verifies(reading.certificate().getPublicKey(), DATA, signature));
    assertTrue(
        signing.sent.stream().allMatch(command -> command.data().length <= Apdu.MAX_DATA),
        "no extended length");
  }

  @Test
  void aCompressedCertificateIsRead() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(Files.readAllBytes(directory.resolve("9a.der")));
    }
    byte[] container =
        Tlv.of(
                0x53,
                new Tlv(0x70, zipped.toByteArray()),
                new Tlv(0x71, new byte[] {1}),
                new Tlv(0xFE, new byte[0]))
            .encode();
    card.script((index, command) ->
        command.ins() == Apdu.GET_DATA && command.data().length == 5
            ? Optional.of(new Response(container, 0x9000))
            : Optional.empty());
    assertInstanceOf(SignOutcome.Signed.class, sign("123456", false));
  }

  @ParameterizedTest
  @CsvSource({"4000,80", "6010,80", "6020,00"})
  void theDiscoveryObjectSaysWhichPinTheUserHas(String policy, String reference) {
    discovery("7E124F0BA0000003080000100001005F2F02" + policy, 0x9000);
    List<Integer> asked = new ArrayList<>();
    new PivCard(card).read();
    card.sent.stream()
        .filter(command -> command.ins() == Apdu.VERIFY)
        .forEach(command -> asked.add(command.p2()));
    assertEquals(List.of(Integer.parseInt(reference, 16)), asked);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x6A82, 0x6D00, 0x6999, 0x9000})
  void aCardWithoutDiscoveryObjectHasTheApplicationPin(int sw) {
    discovery("", sw);
    assertInstanceOf(SignOutcome.Signed.class, sign("123456", false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7E00", "7E055F2F022000", "7E045F2F0140", "53", "5300"})
  void aDiscoveryObjectThatMakesNoSenseGetsNoPin(String object) {
    discovery(object, 0x9000);
    assertEquals(CardFailure.CARD_ERROR, refused(sign("123456", false)).failure());
    assertEquals(0, card.pinsSent());
  }

  private void discovery(String hex, int sw) {
    card.script((index, command) ->
        command.ins() == Apdu.GET_DATA && command.data().length == 3
            ? Optional.of(new Response(HexFormat.of().parseHex(hex), sw))
            : Optional.empty());
  }

  @Test
  void aGetResponseOfAnotherLengthIsAskedAgain() {
    card.script((index, command) ->
        command.ins() == Apdu.GET_RESPONSE && command.le() != 16
            ? Optional.of(Response.of(0x6C10))
            : Optional.empty());
    assertInstanceOf(CardReading.Present.class, new PivCard(card).read());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6982", "6985", "6A80", "6A86", "6D00", "6F00", "6581"})
  void aRefusedSignatureIsAnErrorAndTheTriesAreAskedAgain(String sw) {
    card.script(ScriptedCard.always(Apdu.GENERAL_AUTHENTICATE, Integer.parseInt(sw, 16)));
    SignOutcome.Refused refused = refused(sign("123456", false));
    assertEquals(CardFailure.CARD_ERROR, refused.failure());
    assertEquals(OptionalInt.of(3), refused.triesLeft());
    assertEquals(1, card.pinsSent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"6A82", "6982", "6A88", "6D00"})
  void aCardWithoutCertificateIsNoStaffCard(String sw) {
    card.script((index, command) ->
        command.ins() == Apdu.GET_DATA && command.data().length == 5
            ? Optional.of(Response.of(Integer.parseInt(sw, 16)))
            : Optional.empty());
    assertEquals(CardFailure.UNKNOWN_CARD, refused(sign("123456", false)).failure());
    assertEquals(0, card.pinsSent());
  }

  @Test
  void afterAnErrorTheTriesAreAskedAgainBeforeTheyAreSaid() {
    boolean[] failed = {false};
    card.script((index, command) -> {
      if (command.ins() == Apdu.VERIFY && command.data().length > 0 && !failed[0]) {
        failed[0] = true;
        throw new CardException(CardFailure.CARD_BUSY, "0x80100068");
      }
      return failed[0] && command.ins() == Apdu.VERIFY
          ? Optional.of(Response.of(0x63C2))
          : Optional.empty();
    });
    SignOutcome.Refused refused = refused(sign("123456", false));
    assertEquals(CardFailure.CARD_BUSY, refused.failure());
    assertEquals(OptionalInt.of(2), refused.triesLeft());
    assertEquals(1, card.pinsSent());
  }

  @Test
  void aSignatureThatDoesNotVerifyIsNotHandedOut() {
    card.script((index, command) ->
        command.ins() == Apdu.GENERAL_AUTHENTICATE && command.cla() == 0
            ? Optional.of(new Response(Tlv.of(0x7C, new Tlv(0x82, new byte[256])).encode(), 0x9000))
            : Optional.empty());
    assertEquals(CardFailure.CARD_ERROR, refused(sign("123456", false)).failure());
  }

  @Test
  void aWrongLeIsRepeatedAsTheCardAsks() {
    card.script((index, command) ->
        command.ins() == Apdu.GET_DATA && command.le() == 256
            ? Optional.of(Response.of(0x6C80))
            : Optional.empty());
    assertInstanceOf(CardReading.Present.class, new PivCard(card).read());
  }

  @Test
  void aCardThatAnnouncesDataForEverIsCutOff() {
    card.script((index, command) ->
        command.ins() == Apdu.GET_DATA || command.ins() == Apdu.GET_RESPONSE
            ? Optional.of(new Response(new byte[256], 0x6100))
            : Optional.empty());
    assertEquals(
        CardFailure.CARD_ERROR,
        assertInstanceOf(CardReading.Refused.class, new PivCard(card).read()).failure());
  }

  @Test
  void aCardThatHangsCostsTheLimitAndGetsNothingMore() throws InterruptedException {
    CountDownLatch hang = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    ScriptedCard slow =
        card.script((index, command) -> {
          if (command.ins() == Apdu.GET_DATA) {
            await(hang);
            ended.countDown();
          }
          return Optional.empty();
        });
    SignOutcome.Refused refused =
        refused(sign(new PivCard(slow, Duration.ofMillis(200)), "123456", expected, false));
    assertEquals(CardFailure.CARD_TIMEOUT, refused.failure());
    hang.countDown();
    await(ended);
    Await.until(
        "the transaction ends",
        Duration.ofSeconds(10),
        () -> card.resets.get() == card.transactions.get());
    assertEquals(0, card.pinsSent());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
