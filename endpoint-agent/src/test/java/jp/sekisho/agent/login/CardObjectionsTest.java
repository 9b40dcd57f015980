package jp.sekisho.agent.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import jp.sekisho.agent.cardtrust.CardTrust;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.heartbeat.ServerClock;
import jp.sekisho.agent.heartbeat.Standing;
import jp.sekisho.agent.loopback.LoginResult;
import jp.sekisho.agent.seat.Seats;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.MemoryDesk;
import jp.sekisho.agent.testing.ScriptedSeat;
import jp.sekisho.agent.testing.TrustSource;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.LoopbackLogin;
import jp.sekisho.protocol.OpenExport;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.smartcard.Apdu;
import jp.sekisho.smartcard.simulate.CardKey;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;
import jp.sekisho.smartcard.simulate.TestCa;
import jp.sekisho.smartcard.verify.PathVerifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole logins with cards that the service would refuse, judged by the real rules. */
class CardObjectionsTest {
  private static final String ORIGIN = "https://auth.city.example";
  private static final String BOOT = Base64Url.encode(new byte[16]);

  private final InstantSource clock = InstantSource.system();
  private final ScriptedSeat seat = new ScriptedSeat(1001).typing("123456");
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final TrustSource service = new TrustSource();
  @TempDir Path temp;
  private TestCa ca;
  private Spool spool;
  private CardTrust trust;
  private MemoryDesk desk;
  private LoginFlow flow;
  private int questions;

  @BeforeEach
  void open() throws Exception {
    ca = TestCa.open(temp.resolve("ca"));
    StateDirectory state = new StateDirectory(temp.resolve("state"));
    state.create();
    state.storeHeard(new Heard(Heard.ACTIVE, List.of(ORIGIN), "", "内線 1234"));
    Spool.create(state.spool(), "T-0042");
    spool =
        Spool.open(
            state.spool(),
            "T-0042",
            BOOT,
            clock,
            new SpoolLimits(20_000, 6_000, 2_000, 4_000, Duration.ofDays(7)));
    trust =
        new CardTrust(
            state.cardTrust(),
            () -> Set.of(CardKind.STAFF_PIV),
            service,
            () -> Optional.of(Instant.now()),
            Optional::empty,
            1 << 20,
            RandomGenerator.getDefault(),
            Executors.newSingleThreadScheduledExecutor());
    offer();
    trust.start();
    Await.until("the trust is on the disk", () -> Files.exists(list(state)));
    use(state, new MemoryDesk(false));
  }

  private static Path list(StateDirectory state) {
    return state.cardTrust().resolve("list.json");
  }

  private void use(StateDirectory state, MemoryDesk newDesk) throws Exception {
    desk = newDesk;
    Seats seats = new Seats();
    seats.add(seat);
    flow =
        new LoginFlow(
            new LoginFlow.Self("T-0042", BOOT, DeviceKey.generate()),
            uid -> true,
            new Standing(state, clock, new ServerClock(() -> Duration.ZERO)),
            id -> new Reply.Ok<>(details(id)),
            desk,
            new LoginCards.Kinds(() -> Set.of(CardKind.STAFF_PIV), null, trust),
            stay -> false,
            spool,
            new Bindings(desk, seats, spool, threads),
            threads,
            new MediaView() {
              @Override
              public @Nullable OpenExport openFor(int uid) {
                return null;
              }

              @Override
              public @Nullable Refusal problem() {
                return null;
              }
            },
            clock);
  }

  @AfterEach
  void close() {
    trust.close();
    threads.shutdownNow();
    spool.close();
  }

  private void offer() throws IOException, CertificateEncodingException {
    service.judge(
        CardKind.STAFF_PIV,
        List.of(ca.root().getEncoded()),
        List.of(Files.readAllBytes(ca.crl())),
        null);
  }

  private TransactionDetails details(String id) {
    return new TransactionDetails(
        id,
        Base64Url.encode(new byte[32]),
        "login",
        ORIGIN,
        clock.instant().plusSeconds(90).toString(),
        null,
        null);
  }

  private X509Certificate insert(NewCard.Kind kind) throws Exception {
    Path directory = temp.resolve("card-" + kind);
    desk.insert(
        PivApplet.open(
            directory,
            new NewCard(kind, "100042", Optional.of(temp.resolve("ca")), Optional.empty())
                .with(CardKey.P256)));
    return PathVerifier.parse(Files.readAllBytes(directory.resolve("9a.der")));
  }

  private void refusedBeforeThePin(Refusal reason) {
    LoginResult.Refused no = assertInstanceOf(LoginResult.Refused.class, login());
    assertEquals(reason, no.reason());
    DeviceRecord last = spool.retained().get(spool.retained().size() - 1);
    assertEquals("agent.login-refused", last.type());
    assertEquals(reason.name(), last.reason());
    assertEquals(Map.of("transaction", id()), last.data());
    assertEquals(0, seat.prompts.size(), "no window");
    assertEquals(0, desk.presented.get(), "no VERIFY with a PIN");
    assertEquals(reason, flow.status(seat, Locale.JAPANESE).problem());
  }

  private LoginResult login() {
    questions++;
    return flow.login(seat, ORIGIN, new LoopbackLogin(id(), null), Locale.JAPANESE);
  }

  private String id() {
    byte[] id = new byte[16];
    id[0] = (byte) questions;
    return Base64Url.encode(id);
  }

  @Test
  @DisplayName("an expired card, and one of a CA of the same name, are refused without a window")
  void expiredAndForeign() throws Exception {
    insert(NewCard.Kind.EXPIRED);
    refusedBeforeThePin(Refusal.CERT_EXPIRED);
    insert(NewCard.Kind.FOREIGN_CA);
    refusedBeforeThePin(Refusal.CERT_UNTRUSTED);
  }

  @Test
  @DisplayName("a revoked card is refused without a window; the card before it logs in")
  void revoked() throws Exception {
    X509Certificate card = insert(NewCard.Kind.STAFF);
    assertEquals(3, flow.status(seat, Locale.JAPANESE).triesLeft());
    assertInstanceOf(LoginResult.Answered.class, login());
    assertEquals(1, desk.presented.getAndSet(0));
    seat.prompts.clear();
    ca.revoke(card.getSerialNumber());
    offer();
    assertEquals(true, trust.against(CardKind.STAFF_PIV, foreign()).isPresent()); // asks anew
    refusedBeforeThePin(Refusal.CERT_REVOKED);
  }

  private X509Certificate foreign() throws IOException {
    return TestCa.open(temp.resolve("foreign")).root();
  }

  @Test
  @DisplayName("a shared reader's card is read beside the window; its PIN never reaches the card")
  void sharedReader() throws Exception {
    use(new StateDirectory(temp.resolve("state")), new MemoryDesk(true));
    insert(NewCard.Kind.EXPIRED);
    LoginResult.Refused no = assertInstanceOf(LoginResult.Refused.class, login());
    assertEquals(Refusal.CERT_EXPIRED, no.reason());
    assertEquals(1, seat.prompts.size());
    assertEquals(0, desk.presented.get());
    assertEquals(false, desk.instructions.contains(Apdu.GENERAL_AUTHENTICATE));
  }
}
