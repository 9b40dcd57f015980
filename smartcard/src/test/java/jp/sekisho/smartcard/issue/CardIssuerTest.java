package jp.sekisho.smartcard.issue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Response;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.Pin;
import jp.sekisho.smartcard.piv.PivCard;
import jp.sekisho.smartcard.piv.SignOutcome;
import jp.sekisho.smartcard.piv.SignRequest;
import jp.sekisho.smartcard.piv.SigningAlgorithm;
import jp.sekisho.smartcard.piv.Tlv;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.testing.ScriptedChannel;
import jp.sekisho.smartcard.verify.CrlFiles;
import jp.sekisho.smartcard.verify.PathVerifier;
import jp.sekisho.smartcard.verify.TrustProfile;
import jp.sekisho.smartcard.verify.Verdict;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Issue and reset at the desk. Long because each step of an issue can break off in its own way. */
class CardIssuerTest {
  private static final byte[] STATEMENT = "statement".getBytes(StandardCharsets.US_ASCII);
  private static final AtomicInteger CARDS = new AtomicInteger();

  @TempDir static Path directory;
  private static Desk desk;
  private Applet card;
  private ScriptedChannel channel;

  @BeforeAll
  static void open() throws IOException {
    desk = new Desk(directory);
  }

  @BeforeEach
  void newCard() throws IOException {
    card = desk.card("c" + CARDS.incrementAndGet());
    channel = Desk.insert(card);
  }

  private IssueOutcome issue(IssueProgress progress) throws IOException {
    return desk.issuer(channel, Optional.empty()).issue(Desk.order("100042"), progress);
  }

  private IssueOutcome.Issued issued() throws IOException {
    return assertInstanceOf(IssueOutcome.Issued.class, issue(IssueProgress.none()));
  }

  private IssueFailure refused(IssueOutcome outcome) {
    return assertInstanceOf(IssueOutcome.Refused.class, outcome).failure();
  }

  private String sw(String hex) {
    return "%04X".formatted(card.process(HexFormat.of().parseHex(hex.replace(" ", ""))).sw());
  }

  private static Pin pin(String digits) {
    return Pin.of(digits.toCharArray()).orElseThrow();
  }

  /** The holder's first PIN, as the desk sets it. */
  private PinReset.Outcome reset(IssueOutcome.Issued issued, String pin) {
    PinReset desks = new PinReset(channel);
    PinReset.Reading.Present read = (PinReset.Reading.Present) desks.read();
    try (Pin next = pin(pin)) {
      return desks.reset(
          read.fingerprint(),
          desk.half(issued.card(), 1),
          desk.half(issued.card(), 2),
          next,
          false);
    }
  }

  private SignOutcome sign(String digits) {
    PivCard piv = new PivCard(channel);
    CardReading.Present read = (CardReading.Present) piv.read();
    try (Pin pin = pin(digits)) {
      return piv.sign(new SignRequest(read.fingerprint(), pin, STATEMENT, true));
    }
  }

  @Test
  void anIssuedCardIsTrustedUnderTheCasPolicyAndSignsWithThePinTheDeskSet() throws Exception {
    IssueOutcome.Issued issued = issued();
    Verdict verdict =
        new PathVerifier(
                InstantSource.system(),
                new TrustProfile(
                    List.of(desk.ca.root()),
                    Optional.of(desk.ca.policy()),
                    Optional.of("1.3.6.1.5.5.7.3.2"),
                    new CrlFiles(List.of(desk.ca.crl()), Duration.ofDays(7))))
            .verify(issued.certificate().getEncoded(), List.of());
    assertInstanceOf(Verdict.Trusted.class, verdict, verdict.toString());
    assertInstanceOf(SignOutcome.Refused.class, sign("123456"), "the default PIN is no more");
    assertInstanceOf(PinReset.Outcome.Reset.class, reset(issued, "246810"));
    assertInstanceOf(SignOutcome.Signed.class, sign("246810"));
  }

  @Test
  void nothingOfANewCardsSecretsIsLeft() throws Exception {
    issued();
    card.reset();
    sw("00A4040005A000000308");
    assertArrayEquals(
        new byte[] {(byte) 0x0A},
        Tlv.require(card.process(HexFormat.of().parseHex("00F7009B00")).data(), 0x01),
        "AES-192");
    assertEquals("63C2", sw("0020008008313233343536FFFF"), "PIN");
    assertEquals("63C2", sw("00240081 10 3132333435363738 3132333435363738"), "PUK");
    assertEquals("6982", sw("00DB3FFF 07 5C035FC105 5300"), "management key");
  }

  @Test
  void theHolderMayChooseThePinAtOnce() throws Exception {
    try (Pin own = pin("８６４２０１")) {
      CardIssuer.Order order =
          new CardIssuer.Order(Desk.holder("7"), SigningAlgorithm.RSA_2048, Optional.of(own));
      assertInstanceOf(
          IssueOutcome.Issued.class,
          desk.issuer(channel, Optional.empty()).issue(order, IssueProgress.none()));
    }
    assertInstanceOf(SignOutcome.Signed.class, sign("864201"));
  }

  @Test
  void aCardThatIsInUseIsLeftAsItIs() throws Exception {
    Applet used =
        Applet.open(
            directory.resolve("used"),
            new NewCard(
                NewCard.Kind.STAFF, "5", Optional.of(directory.resolve("ca")), Optional.empty()));
    byte[] before = Files.readAllBytes(directory.resolve("used/9a.key"));
    channel = Desk.insert(used);
    assertEquals(IssueFailure.CARD_NOT_NEW, refused(issue(IssueProgress.none())));
    assertArrayEquals(before, Files.readAllBytes(directory.resolve("used/9a.key")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00240080 10 313233343536FFFF 323436383130FFFF",
        "00240081 10 3132333435363738 3837363534333231"
      })
  void aCardWithSomebodysPinOrPukIsNotNew(String change) throws Exception {
    sw("00A4040005A000000308");
    assertEquals("9000", sw(change));
    assertEquals(IssueFailure.CARD_NOT_NEW, refused(issue(IssueProgress.none())));
    assertFalse(channel.sent.stream().anyMatch(c -> c.ins() == 0x47), "no key was made");
  }

  @Test
  void aCardThatSignsBeforeVerifyGetsNoCertificate() throws Exception {
    // Drops Yubico's wish that the PIN be asked, and wishes the contrary.
    channel =
        new ScriptedChannel(card) {
          @Override
          public Response transmit(Apdu command) throws CardException {
            return command.ins() != 0x47
                ? super.transmit(command)
                : super.transmit(
                    Apdu.of(0, 0x47, 0, 0x9A, HexFormat.of().parseHex("AC06800111AA0101")));
          }
        };
    assertEquals(IssueFailure.KEY_NOT_PROTECTED, refused(issue(IssueProgress.none())));
    assertFalse(channel.sent.stream().anyMatch(c -> c.ins() == Apdu.PUT_DATA), "nothing written");
  }

  @Test
  void aCardThatRefusesForAnotherReasonHasProvedNothing() throws Exception {
    channel.script((index, command) ->
        command.ins() == Apdu.GENERAL_AUTHENTICATE && command.p2() == 0x9A
            ? Optional.of(Response.of(0x6A80))
            : Optional.empty());
    IssueOutcome.Failed failed =
        assertInstanceOf(IssueOutcome.Failed.class, issue(IssueProgress.none()));
    assertEquals(CardFailure.CARD_ERROR, failed.failure());
  }

  @Test
  void aSignatureOfAnotherKeyIsNoProofOfPossession() throws Exception {
    byte[] foreign = HexFormat.of().parseHex("7C0A8208" + "3006020101020101");
    AtomicInteger asked = new AtomicInteger();
    channel.script((index, command) ->
        command.ins() == Apdu.GENERAL_AUTHENTICATE
                && command.p2() == 0x9A
                && asked.incrementAndGet() == 2
            ? Optional.of(new Response(foreign, Response.OK))
            : Optional.empty());
    assertEquals(IssueFailure.KEY_NOT_PROVED, refused(issue(IssueProgress.none())));
  }

  @Test
  void aCertificateThatIsNotReadBackIsNoticed() throws Exception {
    channel.script((index, command) ->
        command.ins() == Apdu.PUT_DATA && (command.cla() & 0x10) == 0
            ? Optional.of(Response.of(Response.OK))
            : Optional.empty());
    assertNotEquals(
        IssueOutcome.Issued.class, issue(IssueProgress.none()).getClass(), "it kept nothing");
  }

  /** Remembers what was made; a process that is dead revokes nothing. */
  private static final class RememberingCa implements CardCa {
    private final List<BigInteger> made = new ArrayList<>();
    private boolean dead;

    @Override
    public X509Certificate root() {
      return desk.ca.root();
    }

    @Override
    public X509Certificate issue(PublicKey key, Holder holder) throws IOException {
      X509Certificate certificate = desk.ca.issue(key, holder);
      made.add(certificate.getSerialNumber());
      return certificate;
    }

    @Override
    public void revoke(BigInteger serial) throws IOException {
      if (!dead) {
        desk.ca.revoke(serial);
      }
    }
  }

  /**
   * Wherever the card leaves, the next run ends with one good card or refuses this one, and no
   * other certificate counts. Here at every eleventh command, before or after it is carried out;
   * every third time the process ends with it.
   */
  @Test
  void aCardThatLeavesInBetweenIsMadeAnewOrRefused() throws Exception {
    int refused = 0;
    int anew = 0;
    boolean whole = false;
    for (int at = 0; !whole; at += 11) {
      boolean torn = at % 2 == 0;
      String which = at + " " + torn;
      RememberingCa ca = new RememberingCa();
      card = desk.card("leaving-" + at);
      channel = Desk.insert(card);
      channel.script(torn ? channel.tornAt(at) : channel.removedAt(at));
      ca.dead = at % 3 == 0;
      Path file = directory.resolve("journal-" + at);
      IssueOutcome first = issue(file, ca);
      if (first instanceof IssueOutcome.Issued) {
        whole = channel.sent.size() <= at;
        assertTrue(whole, "a card that left at " + at + " is not issued");
        continue;
      }
      assertInstanceOf(IssueOutcome.Failed.class, first, which + first);
      ca.dead = false;
      channel = Desk.insert(card);
      IssueOutcome second = issue(file, ca);
      if (second instanceof IssueOutcome.Issued) {
        anew++;
      } else {
        refused++;
        assertEquals(IssueFailure.CARD_NOT_NEW, refused(second), which + first);
        for (BigInteger serial : ca.made) {
          assertTrue(desk.ca.isRevoked(serial), which);
        }
        card = desk.card("instead-" + at);
        channel = Desk.insert(card);
        second = issue(file, ca);
      }
      IssueOutcome.Issued issued =
          assertInstanceOf(IssueOutcome.Issued.class, second, which + first + second);
      for (BigInteger serial : ca.made) {
        assertNotEquals(
            serial.equals(issued.certificate().getSerialNumber()),
            desk.ca.isRevoked(serial),
            which);
      }
      assertInstanceOf(PinReset.Outcome.Reset.class, reset(issued, "246810"), which);
      assertInstanceOf(SignOutcome.Signed.class, sign("246810"), which);
    }
    assertTrue(anew > 0 && refused > 0, anew + " " + refused);
  }

  private IssueOutcome issue(Path file, CardCa ca) throws IOException {
    try (IssueJournal journal = IssueJournal.open(file)) {
      IssueOutcome outcome =
          new CardIssuer(channel, ca, Optional.empty(), desk)
              .issue(Desk.order("100042"), journal.of("100042"));
      assertEquals(outcome instanceof IssueOutcome.Issued, journal.isDone("100042"));
      return outcome;
    }
  }

  @Test
  void noCertificateIsWrittenWhilePinAndPukAreThoseOfNewCards() throws Exception {
    issued();
    List<String> order =
        channel.sent.stream()
            .filter(c -> c.ins() == 0x24 || c.ins() == Apdu.PUT_DATA)
            .map(c -> "%02X %02X".formatted(c.ins(), c.p2()))
            .toList();
    assertEquals(List.of("24 80", "24 81"), order.subList(0, 2), order.toString());
    assertTrue(order.contains("DB FF"), order.toString());
  }

  @Test
  void aPinTheCardRefusesMakesNoCertificateAndTheSameCardMayBeTriedAgain() throws Exception {
    RememberingCa ca = new RememberingCa();
    Path file = directory.resolve("journal-pin");
    channel.script((index, command) ->
        command.ins() == 0x24 && command.p2() == 0x80
            ? Optional.of(Response.of(0x6985))
            : Optional.empty());
    assertEquals(IssueFailure.NEW_PIN_REFUSED, refused(issue(file, ca)));
    assertEquals(List.of(), ca.made);
    channel = Desk.insert(card);
    try (Pin own = pin("123456")) {
      CardIssuer.Order order =
          new CardIssuer.Order(Desk.holder("7"), SigningAlgorithm.P_256, Optional.of(own));
      assertEquals(
          IssueFailure.NEW_PIN_REFUSED,
          refused(desk.issuer(channel, Optional.empty()).issue(order, IssueProgress.none())),
          "that of new cards");
    }
    channel = Desk.insert(card);
    assertInstanceOf(IssueOutcome.Issued.class, issue(file, ca));
  }

  @Test
  void theNewPinProvesPossessionBeforeTheCertificateIsMade() throws Exception {
    byte[] foreign = HexFormat.of().parseHex("7C0A8208" + "3006020101020101");
    AtomicInteger asked = new AtomicInteger();
    channel.script((index, command) ->
        command.ins() == Apdu.GENERAL_AUTHENTICATE
                && command.p2() == 0x9A
                && asked.incrementAndGet() == 3
            ? Optional.of(new Response(foreign, Response.OK))
            : Optional.empty());
    RememberingCa ca = new RememberingCa();
    Path file = directory.resolve("journal-unproved");
    assertEquals(IssueFailure.KEY_NOT_PROVED, refused(issue(file, ca)));
    assertEquals(List.of(), ca.made);
    card = desk.card("proved");
    channel = Desk.insert(card);
    assertInstanceOf(IssueOutcome.Issued.class, issue(file, ca), "the row is free");
  }

  @Test
  void aUsedCardPutInByMistakeDoesNotBindItsRow() throws Exception {
    sw("00A4040005A000000308");
    assertEquals("9000", sw("00240080 10 313233343536FFFF 323436383130FFFF"));
    Path file = directory.resolve("journal-used");
    assertEquals(IssueFailure.CARD_NOT_NEW, refused(issue(file, desk.ca)));
    assertEquals("sekisho/card-journal/v1\n", Files.readString(file));
    card = desk.card("unused");
    channel = Desk.insert(card);
    assertInstanceOf(IssueOutcome.Issued.class, issue(file, desk.ca));
  }

  @Test
  void aForeignPukIsNoticedBeforeAnythingIsMadeAlsoWhereTheCardSaysNothingOfIt() throws Exception {
    sw("00A4040005A000000308");
    assertEquals("9000", sw("00240081 10 3132333435363738 3837363534333231"));
    channel.script(withoutYubicosAdditions());
    assertEquals(IssueFailure.CARD_NOT_NEW, refused(issue(IssueProgress.none())));
    assertFalse(channel.sent.stream().anyMatch(c -> c.ins() == 0x47), "no key was made");
  }

  @Test
  void aCertificateMadeForACardThatIsNotFinishedIsRevokedAtOnce() throws Exception {
    channel.script(ScriptedChannel.always(Apdu.SET_MANAGEMENT_KEY, 0x6A80));
    IssueOutcome.Failed failed =
        assertInstanceOf(IssueOutcome.Failed.class, issue(IssueProgress.none()));
    assertTrue(desk.ca.isRevoked(failed.revoked().orElseThrow()));
  }

  @Test
  void aNewPinTheCardRefusesIsNoFaultOfTheCard() throws Exception {
    IssueOutcome.Issued issued = issued();
    channel.script(ScriptedChannel.always(0x2C, 0x6985));
    assertInstanceOf(PinReset.Outcome.NewPinRefused.class, reset(issued, "246810"));
  }

  @Test
  void aRowBegunWithOneCardIsNotGoneOnWithAnother() throws Exception {
    Path file = directory.resolve("journal-another");
    channel.script(ScriptedChannel.always(Apdu.PUT_DATA, 0x6A84));
    try (IssueJournal journal = IssueJournal.open(file)) {
      issue(journal.of("100042"));
      Applet mine = card;
      card = desk.card("another");
      channel = Desk.insert(card);
      assertEquals(IssueFailure.CARD_OF_ANOTHER, refused(issue(journal.of("100042"))));
      channel = Desk.insert(mine);
      assertEquals(
          IssueFailure.CARD_OF_ANOTHER,
          refused(issue(journal.of("100043"))),
          "and the begun card serves no other row");
      journal.abandon("100042");
      channel = Desk.insert(card);
      assertInstanceOf(IssueOutcome.Issued.class, issue(journal.of("100042")));
    }
  }

  private static ScriptedChannel.Script withoutYubicosAdditions() {
    return (index, command) ->
        command.ins() >= 0xF7 && command.ins() <= 0xFD
            ? Optional.of(Response.of(0x6D00))
            : Optional.empty();
  }

  /** A PIV card that is no YubiKey: no version, serial number, metadata, attestation. */
  @Test
  void aCardWithoutYubicosAdditionsIsIssuedByItsChuid() throws Exception {
    channel.script(withoutYubicosAdditions());
    IssueOutcome.Issued issued = issued();
    assertTrue(issued.card().matches("chuid-[0-9a-f]{32}"), issued.card());
    PinReset desks = new PinReset(channel);
    PinReset.Reading.Present read = (PinReset.Reading.Present) desks.read();
    assertTrue(read.pukTries().isEmpty());
    assertEquals(
        IssueFailure.PUK_LAST_TRY,
        assertInstanceOf(PinReset.Outcome.Refused.class, reset(issued, "246810")).failure(),
        "nobody knows how many are left");
    try (Pin next = pin("246810")) {
      assertInstanceOf(
          PinReset.Outcome.Reset.class,
          desks.reset(
              read.fingerprint(),
              desk.half(issued.card(), 1),
              desk.half(issued.card(), 2),
              next,
              true));
    }
  }

  @Test
  void somethingThatTakesTheNewPinAndCannotSignIsALookAlike() throws Exception {
    IssueOutcome.Issued issued = issued();
    PinReset desks = new PinReset(channel);
    PinReset.Reading.Present read = assertInstanceOf(PinReset.Reading.Present.class, desks.read());
    channel.script((index, command) ->
        command.ins() == Apdu.GENERAL_AUTHENTICATE
            ? Optional.of(new Response(new byte[] {0x7C, 3, (byte) 0x82, 1, 0}, Response.OK))
            : Optional.empty());
    try (Pin next = pin("246810")) {
      PinReset.Outcome.Refused no =
          assertInstanceOf(
              PinReset.Outcome.Refused.class,
              desks.reset(
                  read.fingerprint(),
                  desk.half(issued.card(), 1),
                  desk.half(issued.card(), 2),
                  next,
                  true));
      assertEquals(IssueFailure.LOOK_ALIKE, no.failure());
    }
  }

  @Test
  void theRegistrationCheckKnowsAGoodCardFromOneThatSignsForAnybody() throws Exception {
    issued();
    assertInstanceOf(RegistrationCheck.Outcome.Refuses.class, RegistrationCheck.of(channel));
    channel.script((index, command) ->
        command.ins() == Apdu.GENERAL_AUTHENTICATE
            ? Optional.of(new Response(new byte[] {0x7C, 0}, Response.OK))
            : Optional.empty());
    assertInstanceOf(
        RegistrationCheck.Outcome.SignsWithoutPin.class, RegistrationCheck.of(channel));
  }
}
