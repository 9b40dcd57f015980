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
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
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
import jp.sekisho.smartcard.verify.CardKind;
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
                List.of(
                    new TrustProfile(
                        CardKind.STAFF_PIV,
                        List.of(desk.ca.root()),
                        Optional.of(desk.ca.policy()),
                        Optional.of("1.3.6.1.5.5.7.3.2"),
                        new CrlFiles(List.of(desk.ca.crl()), Duration.ofDays(7)))))
            .verify(CardKind.STAFF_PIV, issued.certificate().getEncoded(), List.of());
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

  /**
   * Wherever the card leaves, with the journal the next run ends with one good card. Here at every
   * eleventh command, before or after it is carried out.
   */
  @Test
  void aCardThatLeavesInBetweenIsFinishedByTheNextRun() throws Exception {
    boolean whole = false;
    for (int at = 0; !whole; at += 11) {
      boolean torn = at % 2 == 0;
      card = desk.card("leaving-" + at + torn);
      channel = Desk.insert(card);
      channel.script(torn ? channel.tornAt(at) : channel.removedAt(at));
      Path file = directory.resolve("journal-" + at + torn);
      IssueOutcome first;
      try (IssueJournal journal = IssueJournal.open(file)) {
        first = issue(journal.of("100042"));
      }
      if (first instanceof IssueOutcome.Issued) {
        whole = channel.sent.size() <= at;
        assertTrue(whole, "a card that left at " + at + " is not issued");
        continue;
      }
      assertInstanceOf(IssueOutcome.Failed.class, first, at + " " + torn + " " + first);
      channel = Desk.insert(card);
      try (IssueJournal journal = IssueJournal.open(file)) {
        IssueOutcome second = issue(journal.of("100042"));
        IssueOutcome.Issued issued =
            assertInstanceOf(
                IssueOutcome.Issued.class, second, at + " " + torn + " " + first + " " + second);
        assertTrue(journal.isDone("100042"));
        assertInstanceOf(PinReset.Outcome.Reset.class, reset(issued, "246810"), at + " " + torn);
        assertInstanceOf(SignOutcome.Signed.class, sign("246810"), at + " " + torn);
      }
    }
  }

  @Test
  void aCertificateThatNeverReachedItsCardIsRevoked() throws Exception {
    Path file = directory.resolve("journal-revoked");
    channel.script(ScriptedChannel.always(Apdu.PUT_DATA, 0x6A84));
    BigInteger first;
    try (IssueJournal journal = IssueJournal.open(file)) {
      assertInstanceOf(IssueOutcome.Failed.class, issue(journal.of("100042")));
      first = journal.of("100042").certified().orElseThrow();
    }
    channel = Desk.insert(card);
    try (IssueJournal journal = IssueJournal.open(file)) {
      IssueOutcome.Issued issued =
          assertInstanceOf(IssueOutcome.Issued.class, issue(journal.of("100042")));
      X509Certificate certificate = issued.certificate();
      assertTrue(desk.ca.isRevoked(first));
      assertFalse(desk.ca.isRevoked(certificate.getSerialNumber()));
    }
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
      assertTrue(journal.abandon("100042").isPresent());
      channel = Desk.insert(card);
      assertInstanceOf(IssueOutcome.Issued.class, issue(journal.of("100042")));
    }
  }

  /** A PIV card that is no YubiKey: no version, serial number, metadata, attestation. */
  @Test
  void aCardWithoutYubicosAdditionsIsIssuedByItsChuid() throws Exception {
    channel.script((index, command) ->
        command.ins() >= 0xF7 && command.ins() <= 0xFD
            ? Optional.of(Response.of(0x6D00))
            : Optional.empty());
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
