package jp.sekisho.agent.login;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.heartbeat.ServerClock;
import jp.sekisho.agent.heartbeat.Standing;
import jp.sekisho.agent.loopback.LoginResult;
import jp.sekisho.agent.loopback.VouchResult;
import jp.sekisho.agent.seat.PinOutcome;
import jp.sekisho.agent.seat.PinPrompt;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.seat.TypedPin;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.MemoryDesk;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.agent.testing.ScriptedSeat;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.LoopbackStatus;
import jp.sekisho.protocol.OpenExport;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.TerminalVoucher;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.simulate.Applet;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A login as the terminal does it, with a virtual card and a stand-in for the service. Past 400
 * lines: a case for each thing that may go wrong.
 */
class LoginFlowTest {
  private static final String ORIGIN = "https://auth.city.example";
  private static final String BOOT = Base64Url.encode(new byte[16]);
  private static final String ID =
      Base64Url.encode(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  private static final SpoolLimits LIMITS =
      new SpoolLimits(20_000, 6_000, 2_000, 4_000, Duration.ofDays(7));

  private final MovingClock clock = MovingClock.standing();
  private final DeviceKey key = DeviceKey.generate();
  private final Seats seats = new Seats();
  private final ScriptedSeat seat = new ScriptedSeat(1001).typing("123456");
  private final Map<String, Reply<TransactionDetails>> service = new HashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Integer> away = new HashSet<>();
  private final Set<CardDesk.Stay> reserved = ConcurrentHashMap.newKeySet();
  private final Set<CardKind> kinds = EnumSet.of(CardKind.STAFF_PIV);
  private int fetches;
  private @Nullable OpenExport exported;
  private @Nullable Refusal mediumProblem;
  @TempDir Path temp;
  private StateDirectory state;
  private Spool spool;
  private Standing standing;
  private MemoryDesk desk = new MemoryDesk(false);
  private Bindings bindings;
  private LoginFlow flow;

  @BeforeEach
  void open() throws Exception {
    state = new StateDirectory(temp.resolve("state"));
    state.create();
    state.storeHeard(new Heard(Heard.ACTIVE, List.of(ORIGIN), "", "内線 1234"));
    Spool.create(state.spool(), "T-0042");
    spool = Spool.open(state.spool(), "T-0042", BOOT, clock, LIMITS);
    assertTrue(seats.add(seat));
    use(new MemoryDesk(false));
    service.put(ID, new Reply.Ok<>(details(ID, "login", null)));
  }

  private void use(MemoryDesk newDesk) throws Exception {
    desk = newDesk;
    standing = new Standing(state, clock, new ServerClock(() -> Duration.ZERO));
    bindings = new Bindings(desk, seats, spool, threads);
    flow =
        new LoginFlow(
            new LoginFlow.Self("T-0042", BOOT, key),
            uid -> !away.contains(uid),
            standing,
            id -> {
              fetches++;
              return service.getOrDefault(
                  id, new Reply.Refused<>(Refusal.TRANSACTION_UNKNOWN, "TRANSACTION_UNKNOWN"));
            },
            desk,
            new LoginCards.Kinds(() -> kinds, null),
            stay -> reserved.contains(stay),
            spool,
            bindings,
            threads,
            new MediaView() {
              @Override
              public @Nullable OpenExport openFor(int uid) {
                return uid == seat.uid() ? exported : null;
              }

              @Override
              public @Nullable Refusal problem() {
                return mediumProblem;
              }
            },
            clock);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    spool.close();
  }

  private TransactionDetails details(String id, String purpose, @Nullable String text) {
    return new TransactionDetails(
        id,
        Base64Url.encode(new byte[32]),
        purpose,
        ORIGIN,
        clock.instant().plusSeconds(90).toString(),
        text,
        text == null ? null : Sha256.text(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  private PivApplet card(NewCard.Kind kind) throws IOException {
    return PivApplet.open(
        temp.resolve("card-" + kind),
        new NewCard(kind, "100042", Optional.empty(), Optional.empty()));
  }

  private void insertStaffCard() throws IOException {
    desk.insert(card(NewCard.Kind.STAFF));
  }

  private LoginResult login() {
    return login(false);
  }

  private LoginResult login(boolean lastTry) {
    return flow.login(seat, ORIGIN, new LoopbackLogin(ID, lastTry), Locale.JAPANESE);
  }

  private LoginResult.Refused refused(Refusal reason) {
    return refused(reason, login());
  }

  private static LoginResult.Refused said(Refusal reason, LoginResult result) {
    LoginResult.Refused no = assertInstanceOf(LoginResult.Refused.class, result);
    assertEquals(reason, no.reason());
    return no;
  }

  private LoginResult.Refused refused(Refusal reason, LoginResult result) {
    LoginResult.Refused no = said(reason, result);
    DeviceRecord record = last();
    assertEquals("agent.login-refused", record.type());
    assertEquals(reason.name(), record.reason());
    return no;
  }

  private DeviceRecord last() {
    List<DeviceRecord> all = spool.retained();
    return all.get(all.size() - 1);
  }

  private CardAnswer answered() throws Exception {
    return CardAnswer.parse(assertInstanceOf(LoginResult.Answered.class, login()).opaqueAnswer());
  }

  @Test
  @DisplayName("card and PIN answer a transaction; the device key countersigns; both verify")
  void answers() throws Exception {
    insertStaffCard();
    CardAnswer answer = answered();
    byte[] statement = Base64Url.decode(answer.statement());
    byte[] signature = Base64Url.decode(answer.signature());
    byte[] certificate = Base64Url.decode(answer.certificate());
    CardStatement said = CardStatement.parse(statement);
    assertEquals(ORIGIN, said.origin());
    assertEquals(ID, said.transaction());
    assertEquals(Purpose.LOGIN, said.purpose());
    assertEquals("T-0042", said.terminal());
    assertEquals(CardStatement.certificateHash(certificate), said.certificate());
    Signature card = Signature.getInstance("SHA256withRSA");
    card.initVerify(StateDirectory.certificate(certificate).getPublicKey());
    card.update(statement);
    assertTrue(card.verify(signature));
    byte[] terminal = Base64Url.decode(answer.terminalStatement());
    assertArrayEquals(
        TerminalStatement.over(said, signature, BOOT, CardKind.STAFF_PIV).bytes(), terminal);
    Signature device = Signature.getInstance("SHA256withECDSA");
    device.initVerify(
        KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key.spki())));
    device.update(terminal);
    assertTrue(device.verify(Base64Url.decode(answer.terminalSignature())));
    assertEquals("agent.answered", last().type());
    assertEquals(Map.of("transaction", ID, "purpose", "login"), last().data());
    assertEquals(new PinPrompt(MemoryDesk.READER, 3, "login", null), seat.prompts.get(0));
    assertEquals(List.of(ID), bindings.transactions());
  }

  @Test
  @DisplayName("a transaction is co-signed once, whoever asks again")
  void once() throws Exception {
    insertStaffCard();
    answered();
    int before = fetches;
    refused(Refusal.TRANSACTION_USED);
    assertEquals(before, fetches);
  }

  @Test
  @DisplayName("the record of an answer is on the disk before the answer leaves")
  void recordFirst() throws Exception {
    insertStaffCard();
    desk.beforeSign(spool::close);
    LoginResult.Refused no = assertInstanceOf(LoginResult.Refused.class, login());
    assertEquals(Refusal.RECORDS_FULL, no.reason());
    assertEquals(List.of(), bindings.transactions());
  }

  @Test
  @DisplayName("a card that was put in for something else answers nothing in that stay")
  void reservedCard() throws Exception {
    insertStaffCard();
    reserved.addAll(desk.cards());
    refused(Refusal.CARD_BUSY);
    assertEquals(0, seat.prompts.size(), "no window");
    desk.remove();
    insertStaffCard();
    seat.doing(() -> {
      reserved.addAll(desk.cards());
      return typed("123456");
    });
    refused(Refusal.CARD_BUSY);
    assertEquals(List.of(), bindings.transactions());
    reserved.clear();
    seat.typing("123456");
    answered();
  }

  @Test
  @DisplayName("a card that leaves while signing gives no answer and no binding")
  void leavesWhileSigning() throws Exception {
    insertStaffCard();
    desk.beforeSign(desk::remove);
    refused(Refusal.CARD_REMOVED);
    assertEquals(List.of(), bindings.transactions());
  }

  @Test
  @DisplayName("a card that was out in between is another stay: it gets no PIN")
  void exchanged() throws Exception {
    PivApplet same = card(NewCard.Kind.STAFF);
    desk.insert(same);
    seat.doing(() -> {
      desk.remove();
      desk.insert(same);
      return typed("123456");
    });
    refused(Refusal.CARD_REMOVED);
    assertEquals(0, desk.presented.get());
  }

  @Test
  @DisplayName("a session process that ends just after the PIN gets no answer for its page")
  void seatEndsWhileSigning() throws Exception {
    insertStaffCard();
    desk.beforeSign(() -> seats.lost(seat));
    refused(Refusal.PROMPT_UNAVAILABLE);
    assertEquals(List.of(), bindings.transactions());
  }

  private static PinOutcome typed(String pin) {
    byte[] utf8 = pin.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    return new PinOutcome.Typed(TypedPin.copyOf(utf8, 0, utf8.length));
  }

  @Test
  @DisplayName("after the answer a removed card is recorded, then the seat is locked")
  void removal() throws Exception {
    insertStaffCard();
    answered();
    desk.remove();
    Await.until("seat locked", Duration.ofSeconds(2), () -> seat.locks.get() == 1);
    assertEquals("agent.card-removed", last().type());
    assertEquals(Map.of("transactions", List.of(ID)), last().data());
    desk.remove();
    assertEquals(List.of(), bindings.transactions());
    assertEquals(1, seat.locks.get());
  }

  @Test
  @DisplayName("the seat is locked even when the removal cannot be recorded")
  void lockAnyway() throws Exception {
    insertStaffCard();
    answered();
    spool.close();
    desk.remove();
    Await.until("seat locked", Duration.ofSeconds(2), () -> seat.locks.get() == 1);
  }

  @Test
  @DisplayName("a lost seat counts like a removed card")
  void seatLost() throws Exception {
    insertStaffCard();
    answered();
    seats.lost(seat);
    Await.until("recorded", () -> last().type().equals("agent.seat-lost"));
    assertEquals(Map.of("transactions", List.of(ID)), last().data());
  }

  @Test
  @DisplayName(
      "a further answer of the same stay is watched beside the first: one removal ends both")
  void further() throws Exception {
    insertStaffCard();
    answered();
    String other = Base64Url.encode(new byte[16]);
    service.put(other, new Reply.Ok<>(details(other, "unlock", null)));
    assertInstanceOf(
        LoginResult.Answered.class,
        flow.login(seat, ORIGIN, new LoopbackLogin(other, null), Locale.JAPANESE));
    assertEquals(List.of(ID, other), bindings.transactions());
    desk.remove();
    Await.until("recorded", () -> last().type().equals("agent.card-removed"));
    assertEquals(Map.of("transactions", List.of(ID, other)), last().data());
  }

  @Test
  @DisplayName("no reader, no card, no card service: said with the reader's name")
  void absent() {
    assertEquals(MemoryDesk.READER, refused(Refusal.NO_CARD).readerName());
    desk.absent(Refusal.NO_READER);
    assertNull(refused(Refusal.NO_READER).readerName());
    desk.absent(Refusal.CARD_SERVICE_DOWN);
    refused(Refusal.CARD_SERVICE_DOWN);
    assertEquals(0, seat.prompts.size());
  }

  @Test
  @DisplayName("a card that is not a staff card: no window, and of it only the code")
  void unknownCard() throws Exception {
    desk.insert(card(NewCard.Kind.OTHER));
    refused(Refusal.UNKNOWN_CARD);
    assertEquals(Map.of("transaction", ID), last().data());
    assertEquals(0, seat.prompts.size());
    assertEquals(List.of(Apdu.SELECT), desk.instructions, "nothing but one SELECT");
  }

  @Test
  @DisplayName("a reader with keys takes the PIN itself; what the window sends is not used")
  void pinOnKeys() throws Exception {
    insertStaffCard();
    desk.typedOnKeys("123456");
    seat.typing("999999");
    answered();
    assertTrue(seat.prompts.get(0).onKeys());
    assertEquals(3, seat.prompts.get(0).triesLeft());
  }

  @Test
  @DisplayName("on keys: wrong is counted, cancelled is not, and a window closed sends nothing")
  void pinOnKeysRefused() throws Exception {
    insertStaffCard();
    desk.typedOnKeys("");
    seat.typing("");
    refused(Refusal.PIN_CANCELLED);
    desk.typedOnKeys("654321");
    assertEquals(2, refused(Refusal.PIN_WRONG).triesLeft());
    seat.doing(() -> new PinOutcome.None(Refusal.PIN_CANCELLED));
    refused(Refusal.PIN_CANCELLED);
    desk.typedOnKeys("123456");
    seat.typing("");
    answered();
    assertEquals(2, seat.prompts.get(3).triesLeft());
  }

  private Applet insertMyNumberCard() throws IOException {
    Applet token =
        Applet.open(
            temp.resolve("card-jpki"),
            new NewCard(NewCard.Kind.JPKI, "100042", Optional.empty(), Optional.empty()));
    desk.insert(token);
    return token;
  }

  @Test
  @DisplayName("a My Number card answers where the policy lets it, and the terminal says so")
  void jpki() throws Exception {
    kinds.add(CardKind.JPKI);
    insertMyNumberCard();
    assertEquals(3, flow.status(seat, Locale.JAPANESE).triesLeft());
    seat.typing("１２３４");
    CardAnswer answer = answered();
    TerminalStatement said = TerminalStatement.parse(Base64Url.decode(answer.terminalStatement()));
    assertEquals(CardKind.JPKI, said.card());
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(
                    new ByteArrayInputStream(Base64Url.decode(answer.certificate())));
    assertTrue(
        SignatureVerifier.verifies(
            certificate.getPublicKey(),
            Base64Url.decode(answer.statement()),
            Base64Url.decode(answer.signature())));
    assertEquals(CardKind.JPKI, seat.prompts.get(0).card());
    assertEquals(3, seat.prompts.get(0).triesLeft());
    desk.remove();
    Await.until("recorded", () -> last().type().equals("agent.card-removed"));
  }

  @Test
  @DisplayName("six digits are no JPKI PIN, and a staff card's PIN is not four: no try is used")
  void jpkiPinForm() throws Exception {
    kinds.add(CardKind.JPKI);
    insertMyNumberCard();
    seat.typing("123456");
    assertEquals(3, refused(Refusal.PIN_FORMAT).triesLeft());
    seat.typing("4321");
    assertEquals(2, refused(Refusal.PIN_WRONG).triesLeft());
    insertStaffCard();
    seat.typing("1234");
    assertEquals(3, refused(Refusal.PIN_FORMAT).triesLeft());
  }

  @Test
  @DisplayName("off, beside residents or on a shared reader a My Number card sees one SELECT")
  void jpkiForbidden() throws Exception {
    insertMyNumberCard();
    refused(Refusal.UNKNOWN_CARD);
    kinds.add(CardKind.JPKI);
    desk.besideResidents();
    desk.insert(insertMyNumberCard());
    refused(Refusal.UNKNOWN_CARD);
    assertEquals(List.of(Apdu.SELECT, Apdu.SELECT), desk.instructions);
    assertEquals(0, seat.prompts.size());
    use(new MemoryDesk(true));
    insertMyNumberCard();
    seat.typing("1234");
    refused(Refusal.UNKNOWN_CARD);
    assertEquals(List.of(Apdu.SELECT), desk.instructions);
  }

  @Test
  @DisplayName("a policy without staff cards refuses them without a command to the card")
  void staffCardsOff() throws Exception {
    kinds.clear();
    insertStaffCard();
    refused(Refusal.CARD_KIND_POLICY);
    assertEquals(List.of(), desk.instructions);
  }

  @Test
  @DisplayName("a My Number card that is exchanged while the PIN is typed gets no PIN")
  void jpkiSwapped() throws Exception {
    kinds.add(CardKind.JPKI);
    insertMyNumberCard();
    Applet other =
        Applet.open(
            temp.resolve("card-jpki-2"),
            new NewCard(NewCard.Kind.JPKI, "100043", Optional.empty(), Optional.empty()));
    seat.doing(() -> {
      desk.remove();
      desk.insert(other);
      return typed("1234");
    });
    refused(Refusal.CARD_REMOVED);
  }

  @Test
  @DisplayName("a wrong PIN tells the tries left, and the same transaction may be tried again")
  void wrongPin() throws Exception {
    insertStaffCard();
    seat.typing("654321");
    assertEquals(2, refused(Refusal.PIN_WRONG).triesLeft());
    assertEquals(2L, last().data().get("triesLeft"));
    seat.typing("123456");
    answered();
    assertEquals(2, seat.prompts.get(1).triesLeft());
  }

  @Test
  @DisplayName("the last try needs the person's word; without it no window opens")
  void lastTry() throws Exception {
    insertStaffCard();
    seat.typing("654321");
    login();
    login();
    assertEquals(1, refused(Refusal.PIN_LAST_TRY).triesLeft());
    assertEquals(2, seat.prompts.size());
    assertEquals(0, refused(Refusal.PIN_BLOCKED, login(true)).triesLeft());
    assertEquals(0, refused(Refusal.PIN_BLOCKED, login(true)).triesLeft());
    assertEquals(3, seat.prompts.size());
    assertEquals(Refusal.PIN_BLOCKED, flow.status(seat, Locale.JAPANESE).problem());
  }

  @Test
  @DisplayName("what is no PIN never reaches the card; full-width digits do")
  void pinForm() throws Exception {
    insertStaffCard();
    for (String typed : List.of("12345", "123456789", "12345a", "")) {
      seat.typing(typed);
      said(Refusal.PIN_FORMAT, login());
    }
    assertFalse(desk.instructions.contains(Apdu.GENERAL_AUTHENTICATE), "nothing signed");
    seat.typing("１２３４５６");
    answered();
  }

  @Test
  @DisplayName("a closed or missing window is said as it is")
  void noPin() throws Exception {
    insertStaffCard();
    for (Refusal reason : List.of(Refusal.PIN_CANCELLED, Refusal.PROMPT_UNAVAILABLE)) {
      seat.doing(() -> new PinOutcome.None(reason));
      refused(reason);
    }
  }

  @Test
  @DisplayName("the transaction's origin must be the page's and on the list")
  void origin() throws Exception {
    insertStaffCard();
    refused(
        Refusal.ORIGIN_FOREIGN,
        flow.login(seat, "https://evil.example", new LoopbackLogin(ID, null), Locale.JAPANESE));
    state.storeHeard(new Heard(Heard.ACTIVE, List.of("https://other.example"), "", "内線 1234"));
    use(desk);
    refused(Refusal.ORIGIN_FOREIGN);
    assertEquals(0, seat.prompts.size());
  }

  @Test
  @DisplayName("details that say something else than was asked are not signed")
  void details() throws Exception {
    insertStaffCard();
    TransactionDetails good = details(ID, "login", null);
    List<TransactionDetails> bad =
        List.of(
            details(Base64Url.encode(new byte[16]), "login", null),
            details(ID, "purchase", null),
            details(ID, "login", "text"),
            details(ID, "approve", null),
            new TransactionDetails(
                ID, good.nonce(), "approve", ORIGIN, good.expires(), "a", Sha256.text()),
            new TransactionDetails(ID, good.nonce(), "login", ORIGIN, "soon", null, null),
            new TransactionDetails(ID, "AAAA", "login", ORIGIN, good.expires(), null, null));
    for (TransactionDetails details : bad) {
      service.put(ID, new Reply.Ok<>(details));
      said(Refusal.STATEMENT_INVALID, login());
    }
    assertFalse(desk.instructions.contains(Apdu.GENERAL_AUTHENTICATE));
  }

  @Test
  @DisplayName("an approved text is shown and its hash is signed")
  void approve() throws Exception {
    insertStaffCard();
    service.put(ID, new Reply.Ok<>(details(ID, "approve", "持出しを承認")));
    CardStatement said = CardStatement.parse(Base64Url.decode(answered().statement()));
    assertEquals("持出しを承認", seat.prompts.get(0).text());
    assertEquals(
        Sha256.text("持出しを承認".getBytes(java.nio.charset.StandardCharsets.UTF_8)), said.detail());
  }

  @Test
  @DisplayName("a transaction past its end is dropped, by the service's clock")
  void expired() throws Exception {
    insertStaffCard();
    seat.doing(() -> {
      clock.advance(Duration.ofSeconds(91));
      return typed("123456");
    });
    refused(Refusal.TRANSACTION_EXPIRED);
    refused(Refusal.TRANSACTION_EXPIRED);
    assertEquals(1, seat.prompts.size());
    assertFalse(desk.instructions.contains(Apdu.GENERAL_AUTHENTICATE));
  }

  @Test
  @DisplayName("what the service refuses, and an absent service, are said")
  void service() throws Exception {
    insertStaffCard();
    service.put(ID, new Reply.Refused<>(Refusal.TRANSACTION_BOUND, "TRANSACTION_BOUND"));
    refused(Refusal.TRANSACTION_BOUND);
    service.put(ID, new Reply.Unreachable<>("cut"));
    refused(Refusal.SERVER_UNREACHABLE);
    service.remove(ID);
    refused(Refusal.TRANSACTION_UNKNOWN);
  }

  @Test
  @DisplayName("a pending or revoked terminal fetches nothing and asks no PIN")
  void standing() throws Exception {
    insertStaffCard();
    for (var expected :
        Map.of(
                Heard.PENDING, Refusal.TERMINAL_PENDING,
                Heard.REVOKED, Refusal.TERMINAL_REVOKED)
            .entrySet()) {
      state.storeHeard(new Heard(expected.getKey(), List.of(ORIGIN), "", "内線 1234"));
      use(desk);
      refused(expected.getValue());
      assertEquals(expected.getValue(), flow.status(seat, Locale.JAPANESE).problem());
    }
    assertEquals(0, fetches);
  }

  @Test
  @DisplayName("what is not a transaction id is not sent on and not recorded as one")
  void malformed() {
    for (String id : List.of("", "../../events", ID + "A", "AAAAAAAAAAAAAAAAAAAAAB")) {
      LoginResult result = flow.login(seat, ORIGIN, new LoopbackLogin(id, null), Locale.JAPANESE);
      said(Refusal.INPUT_MALFORMED, result);
      assertEquals(Map.of(), last().data());
    }
    assertEquals(0, fetches);
  }

  @Test
  @DisplayName("without room for its records no login begins, and a removal is still recorded")
  void full() throws Exception {
    insertStaffCard();
    answered();
    while (spool.room() != Room.GONE) {
      spool.append(new AgentEvent.Started("1", false));
    }
    String other = Base64Url.encode(new byte[16]);
    LoginResult result = flow.login(seat, ORIGIN, new LoopbackLogin(other, null), Locale.JAPANESE);
    assertEquals(
        Refusal.RECORDS_FULL, assertInstanceOf(LoginResult.Refused.class, result).reason());
    assertEquals(Refusal.RECORDS_FULL, flow.status(seat, Locale.JAPANESE).problem());
    desk.remove();
    Await.until("recorded", () -> last().type().equals("agent.card-removed"));
  }

  @Test
  @DisplayName("two seats, one reader: the second is told it is busy")
  void busy() throws Exception {
    insertStaffCard();
    ScriptedSeat second = new ScriptedSeat(1002).typing("123456");
    String other = Base64Url.encode(new byte[16]);
    service.put(other, new Reply.Ok<>(details(other, "login", null)));
    List<LoginResult> results = new java.util.concurrent.CopyOnWriteArrayList<>();
    seat.doing(() -> {
      Thread clerk =
          new Thread(() ->
              results.add(
                  flow.login(second, ORIGIN, new LoopbackLogin(other, null), Locale.JAPANESE)));
      clerk.start();
      Await.until("second answer", () -> results.size() == 1);
      return typed("123456");
    });
    answered();
    assertEquals(
        Refusal.CARD_BUSY, assertInstanceOf(LoginResult.Refused.class, results.get(0)).reason());
    assertEquals(0, second.prompts.size());
  }

  @Test
  @DisplayName("card failures become their refusals")
  void failures() throws Exception {
    insertStaffCard();
    for (var expected :
        Map.of(
                CardFailure.CARD_BUSY, Refusal.CARD_BUSY,
                CardFailure.CARD_ERROR, Refusal.CARD_FAILED,
                CardFailure.SERVICE_DOWN, Refusal.CARD_SERVICE_DOWN,
                CardFailure.READER_NOT_GRANTED, Refusal.READER_FOR_RESIDENTS)
            .entrySet()) {
      desk.failing(expected.getKey());
      refused(expected.getValue());
    }
  }

  @Test
  @DisplayName("status asks a staff card once per stay and again after a login")
  void status() throws Exception {
    assertEquals(
        new LoopbackStatus("T-0042", "active", Refusal.NO_CARD, MemoryDesk.READER, null),
        flow.status(seat, Locale.JAPANESE));
    insertStaffCard();
    LoopbackStatus ready = new LoopbackStatus("T-0042", "active", null, MemoryDesk.READER, 3);
    assertEquals(ready, flow.status(seat, Locale.JAPANESE));
    int sent = desk.instructions.size();
    assertEquals(ready, flow.status(seat, Locale.JAPANESE));
    assertEquals(sent, desk.instructions.size());
    seat.typing("654321");
    login();
    assertEquals(2, flow.status(seat, Locale.JAPANESE).triesLeft());
  }

  @Test
  @DisplayName("the status shows an open medium to its own seat only, and why another stays closed")
  void statusOfMedia() {
    exported =
        new OpenExport(ID, "M-0007", "/run/sekisho/media/3-1/medium", "2026-11-21T02:00:00Z", 30);
    assertEquals(exported, flow.status(seat, Locale.JAPANESE).export());
    assertNull(flow.status(new ScriptedSeat(1002), Locale.JAPANESE).export());
    mediumProblem = Refusal.MEDIUM_OTHER;
    assertEquals(Refusal.MEDIUM_OTHER, flow.status(seat, Locale.JAPANESE).mediumProblem());
  }

  @Test
  @DisplayName("a shared reader's card is not touched before our window is open")
  void shared() throws Exception {
    use(new MemoryDesk(true));
    insertStaffCard();
    assertEquals(
        new LoopbackStatus("T-0042", "active", null, MemoryDesk.READER, null),
        flow.status(seat, Locale.JAPANESE));
    assertEquals(List.of(), desk.instructions);
    seat.doing(() -> {
      Await.until("read beside the window", () -> desk.instructions.size() >= 3);
      return typed("123456");
    });
    answered();
    assertEquals(PinPrompt.TRIES_UNKNOWN, seat.prompts.get(0).triesLeft());
    int sent = desk.instructions.size();
    flow.status(seat, Locale.JAPANESE);
    assertEquals(sent, desk.instructions.size());
  }

  @Test
  @DisplayName("a shared reader is connected when the window is up, and not before")
  void sharedWindowFirst() throws Exception {
    use(new MemoryDesk(true));
    insertStaffCard();
    flow.status(seat, Locale.JAPANESE);
    AtomicInteger before = new AtomicInteger(-1);
    seat.beforeShown(() -> before.set(desk.connects.get()));
    answered();
    assertEquals(0, before.get());
    assertEquals(1, desk.connects.get());
  }

  @Test
  @DisplayName("without a window on the screen a shared reader is not connected, PIN or not")
  void sharedWithoutWindow() throws Exception {
    use(new MemoryDesk(true));
    insertStaffCard();
    seat.silent().doing(() -> new PinOutcome.None(Refusal.PROMPT_UNAVAILABLE));
    refused(Refusal.PROMPT_UNAVAILABLE);
    seat.typing("123456");
    refused(Refusal.PROMPT_UNAVAILABLE);
    assertEquals(0, desk.connects.get());
  }

  @Test
  @DisplayName("cancelled while a shared reader's card is being read: not one more command")
  void sharedCancelled() throws Exception {
    use(new MemoryDesk(true));
    insertStaffCard();
    desk.onConnected(prompt -> Await.until("the window closes", () -> !prompt.isOpen()));
    seat.doing(() -> {
      Await.until("connected beside the window", () -> desk.connects.get() == 1);
      return new PinOutcome.None(Refusal.PIN_CANCELLED);
    });
    refused(Refusal.PIN_CANCELLED);
    assertEquals(List.of(), desk.instructions);
    assertEquals(1, desk.connects.get());
  }

  @Test
  @DisplayName("a window that is up only after it was closed touches no card")
  void sharedLateWindow() throws Exception {
    use(new MemoryDesk(true));
    insertStaffCard();
    AtomicReference<Runnable> late = new AtomicReference<>(() -> {});
    seat.shownBy(late::set).doing(() -> new PinOutcome.None(Refusal.PIN_CANCELLED));
    refused(Refusal.PIN_CANCELLED);
    late.get().run();
    assertEquals(0, desk.connects.get());
  }

  @Test
  @DisplayName("a resident's card in a shared reader sees one SELECT and nothing of it is kept")
  void resident() throws Exception {
    use(new MemoryDesk(true));
    desk.insert(card(NewCard.Kind.OTHER));
    refused(Refusal.UNKNOWN_CARD);
    assertEquals(List.of(Apdu.SELECT), desk.instructions);
    assertEquals(Map.of("transaction", ID), last().data());
  }

  @Test
  @DisplayName("the shared reader's last try needs the person's word too")
  void sharedLastTry() throws Exception {
    use(new MemoryDesk(true));
    insertStaffCard();
    seat.typing("654321");
    login();
    login();
    assertEquals(1, refused(Refusal.PIN_LAST_TRY).triesLeft());
    seat.doing(() -> new PinOutcome.None(Refusal.PIN_CANCELLED));
    refused(Refusal.PIN_CANCELLED);
  }

  @Test
  @DisplayName("a seat whose user is not at the screen touches no card and opens no window")
  void notAtTheScreen() throws Exception {
    insertStaffCard();
    away.add(seat.uid());
    refused(Refusal.PEER_FOREIGN);
    assertEquals(Refusal.PEER_FOREIGN, flow.status(seat, Locale.JAPANESE).problem());
    assertEquals(0, fetches);
    assertEquals(List.of(), desk.instructions);
    assertEquals(0, seat.prompts.size());
    away.clear();
    answered();
  }

  @Test
  @DisplayName("what the loopback port refused is recorded without a transaction")
  void foreign() {
    flow.refused(Refusal.PEER_FOREIGN);
    assertEquals("PEER_FOREIGN", last().reason());
    assertEquals(Map.of(), last().data());
  }

  private VouchResult vouch() {
    return flow.vouch(seat, ORIGIN, new LoopbackLogin(ID, null));
  }

  private void notVouched(Refusal reason) {
    assertEquals(new VouchResult.Refused(reason), vouch());
    assertEquals("agent.login-refused", last().type());
    assertEquals(reason.name(), last().reason());
  }

  @Test
  @DisplayName("for a passkey the terminal speaks first: recorded, signed, bound, without a card")
  void vouches() throws Exception {
    TerminalVoucher voucher = assertInstanceOf(VouchResult.Vouched.class, vouch()).voucher();
    byte[] said = Base64Url.decode(voucher.statement());
    byte[] signature = Base64Url.decode(voucher.signature());
    TerminalStatement statement = TerminalStatement.parse(said);
    assertEquals(ID, statement.transaction());
    assertEquals("T-0042", statement.terminal());
    assertEquals(null, statement.answer());
    assertTrue(
        SignatureVerifier.verifies(
            SignatureVerifier.encoded(key.spki()).orElseThrow(), said, signature));
    assertEquals(TerminalStatement.challenge(said, signature), voucher.challenge());
    assertEquals("agent.vouched", last().type());
    assertEquals(List.of(ID), bindings.transactions());
    assertEquals(List.of(), desk.instructions);
    assertEquals(0, seat.prompts.size());
    notVouched(Refusal.TRANSACTION_USED);
  }

  @Test
  @DisplayName("a terminal that spoke for a passkey signs no card's answer to that question")
  void vouchesOnce() throws Exception {
    assertInstanceOf(VouchResult.Vouched.class, vouch());
    insertStaffCard();
    refused(Refusal.TRANSACTION_USED);
  }

  @Test
  @DisplayName("no voucher away from the screen, for another page, for an approval, or unfetched")
  void doesNotVouch() {
    away.add(seat.uid());
    notVouched(Refusal.PEER_FOREIGN);
    away.clear();
    assertEquals(
        new VouchResult.Refused(Refusal.ORIGIN_FOREIGN),
        flow.vouch(seat, "https://evil.example", new LoopbackLogin(ID, null)));
    service.put(ID, new Reply.Ok<>(details(ID, "approve", "text")));
    notVouched(Refusal.STATEMENT_INVALID);
    service.clear();
    notVouched(Refusal.TRANSACTION_UNKNOWN);
    assertEquals(List.of(), bindings.transactions());
  }

  @Test
  @DisplayName("a program of the seat's user cannot fill the records with vouchers")
  void vouchersAreCounted() {
    for (int i = 0; i < PasskeyTurn.PER_MINUTE; i++) {
      String id =
          Base64Url.encode(new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, (byte) i});
      service.put(id, new Reply.Ok<>(details(id, "login", null)));
      assertInstanceOf(
          VouchResult.Vouched.class, flow.vouch(seat, ORIGIN, new LoopbackLogin(id, null)));
    }
    assertEquals(new VouchResult.Refused(Refusal.TOO_MANY), vouch());
    clock.advance(Duration.ofMinutes(1));
    service.put(ID, new Reply.Ok<>(details(ID, "login", null)));
    assertInstanceOf(VouchResult.Vouched.class, vouch());
  }
}
