package jp.sekisho.server.grant;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.GrantList;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.terminal.Agent;
import jp.sekisho.server.terminal.RunningServer;
import jp.sekisho.server.webauthn.Passkeys;
import org.jspecify.annotations.Nullable;

/**
 * A running service with a small staff, their cards, two terminals and one registered medium; all
 * over HTTP and TLS, as browsers and agents speak.
 */
public final class GrantScene implements AutoCloseable {
  public static final String CLERK = "100042";
  public static final String COLLEAGUE = "100050";
  public static final String APPROVER = "300001";
  public static final String SECOND = "300002";
  public static final String AUDITOR = "200001";
  static final String MEDIUM = "M-0007";
  static final String FINGERPRINT = Base64Url.encode(new byte[32]);
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100042,関 所太郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      100050,関 次郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      300001,承認 一郎,mayor,0101,市民課,課長,2026-04-01,2027-03-31,CLERK;APPROVER
      300002,承認 二郎,mayor,0101,市民課,課長補佐,2026-04-01,2027-03-31,CLERK;APPROVER
      200001,監査 花子,mayor,0901,監査委員事務局,主査,2026-04-01,2027-03-31,AUDITOR
      """;

  public final RunningServer server;
  public final Agent clerkPc;
  public final Agent approverPc;
  private final TestCa ca;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Card> cards = new HashMap<>();

  private record Card(KeyPair keys, X509Certificate certificate) {}

  /** A browser's session at a terminal. */
  public record Desk(String person, Agent terminal, String cookie) {}

  public GrantScene() throws Exception {
    this(NOW, new TestCa("Staff CA", NOW), config -> config);
  }

  GrantScene(Instant now, TestCa ca, UnaryOperator<ServiceConfig> changed) throws Exception {
    server = RunningServer.startAt(now, changed);
    ca.writeTrust(server.installation.staffTrust(), List.of());
    server
        .installation
        .database()
        .writer()
        .write(h -> h.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
    this.ca = ca;
    employ(PERSONS, List.of(CLERK, COLLEAGUE, APPROVER, SECOND, AUDITOR));
    clerkPc = server.active("T-0001");
    approverPc = server.active("T-0002");
    server.context.getBean(Media.class).register(MEDIUM, "mayor", FINGERPRINT);
  }

  /** People of a personnel file, each with a card. */
  public void employ(String file, List<String> people) throws Exception {
    var imported =
        new PersonImport(
                server.installation.transactions(),
                server.installation.seal(),
                _ -> 1,
                server.installation.clock())
            .run(file.getBytes(StandardCharsets.UTF_8), false);
    if (!(imported instanceof PersonImport.Outcome.Done)) {
      throw new AssertionError(imported);
    }
    CardRegistry registry =
        new CardRegistry(
            server.installation.transactions(),
            new Authenticators(server.installation.seal()),
            StaffTrust.load(server.installation.staffTrust(), server.clock),
            (change, person) -> Optional.of("mayor"),
            server.context.getBean(Sessions.class),
            new Passkeys(server.installation.seal())::suspendAll);
    for (String person : people) {
      KeyPair keys = TestCa.rsa();
      Card card = new Card(keys, ca.issue(person, keys.getPublic()));
      cards.put(person, card);
      if (!(registry.register(person, card.certificate().getEncoded())
          instanceof CardRegistry.Outcome.Registered)) {
        throw new AssertionError(person);
      }
    }
  }

  String origin() {
    return server.installation.config().origin();
  }

  public HttpResponse<String> send(
      String method, String path, @Nullable Object body, @Nullable String cookie) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin() + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(
                        body instanceof String text
                            ? text.getBytes(StandardCharsets.UTF_8)
                            : WireJson.write(body)));
    if (method.equals("POST")) {
      request.header("Origin", origin());
    }
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  X509Certificate certificate(String person) {
    Card card = cards.get(person);
    if (card == null) {
      throw new IllegalArgumentException(person);
    }
    return card.certificate();
  }

  /** The answer to a login with card and PIN. */
  HttpResponse<String> tryLogin(String person, Agent terminal) throws Exception {
    return prove(new NewTransaction("login", null), person, terminal, null, said -> said);
  }

  /** A login with card and PIN; earlier sessions of the terminal end. */
  public Desk login(String person, Agent terminal) throws Exception {
    HttpResponse<String> answered = tryLogin(person, terminal);
    if (answered.statusCode() != 200) {
      throw new AssertionError(answered.body());
    }
    return new Desk(person, terminal, cookie(answered, "__Host-sekisho-session="));
  }

  /** An approval; {@code says} may change what the card signs. */
  public HttpResponse<String> approve(Desk desk, String id, UnaryOperator<CardStatement> says)
      throws Exception {
    return prove(
        new NewTransaction("approve", id), desk.person(), desk.terminal(), desk.cookie(), says);
  }

  /** An approval as who has the certificate and the session, and not the card, would forge it. */
  public HttpResponse<String> approveWithoutTheCard(Desk desk, String id) throws Exception {
    return prove(
        new NewTransaction("approve", id),
        desk.person(),
        desk.terminal(),
        desk.cookie(),
        said -> said,
        TestCa.rsa().getPrivate());
  }

  public HttpResponse<String> approve(Desk desk, String id) throws Exception {
    return approve(desk, id, said -> said);
  }

  /** Asks, lets the terminal fetch, signs with the person's card, answers. */
  private HttpResponse<String> prove(
      NewTransaction asked,
      String person,
      Agent terminal,
      @Nullable String session,
      UnaryOperator<CardStatement> says)
      throws Exception {
    Card card = cards.get(person);
    if (card == null) {
      throw new IllegalArgumentException(person);
    }
    return prove(asked, person, terminal, session, says, card.keys().getPrivate());
  }

  private HttpResponse<String> prove(
      NewTransaction asked,
      String person,
      Agent terminal,
      @Nullable String session,
      UnaryOperator<CardStatement> says,
      PrivateKey key)
      throws Exception {
    HttpResponse<String> created = send("POST", "/authn/v1/transactions", asked, session);
    if (created.statusCode() != 201) {
      return created;
    }
    String id = read(created, TransactionCreated.class).transaction();
    TransactionDetails details = fetch(terminal, id);
    CardStatement said =
        says.apply(
            new CardStatement(
                details.origin(),
                details.transaction(),
                details.nonce(),
                Purpose.parse(details.purpose()),
                terminal.terminal,
                CardStatement.certificateHash(certificate(person).getEncoded()),
                details.detail()));
    byte[] signature = TestCa.sign(key, said.bytes());
    TerminalStatement device =
        new TerminalStatement(
            details.origin(),
            details.transaction(),
            details.nonce(),
            Purpose.parse(details.purpose()),
            terminal.terminal,
            Agent.BOOT,
            TerminalStatement.answerHash(said.bytes(), signature),
            CardKind.STAFF_PIV);
    CardAnswer answer =
        new CardAnswer(
            Base64Url.encode(said.bytes()),
            Base64Url.encode(signature),
            Base64Url.encode(certificate(person).getEncoded()),
            Base64Url.encode(device.bytes()),
            Base64Url.encode(TestCa.sign(terminal.pair.getPrivate(), device.bytes())));
    return send(
        "POST",
        "/authn/v1/transactions/" + id + "/answer",
        new PostedAnswer(answer.opaque()),
        cookie(created, "__Host-sekisho-prelogin="));
  }

  TransactionDetails fetch(Agent terminal, String id) throws Exception {
    HttpResponse<byte[]> fetched =
        terminal.send("POST", "/agent/v1/transactions/" + id + "/fetch", new byte[0]);
    if (fetched.statusCode() != 200) {
      throw new AssertionError(new String(fetched.body(), StandardCharsets.UTF_8));
    }
    return WireJson.read(fetched.body(), TransactionDetails.class);
  }

  private static String cookie(HttpResponse<String> response, String start) {
    return response.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(start))
        .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
        .findFirst()
        .orElseThrow(() -> new AssertionError(response.body()));
  }

  /** A request that fits every limit: from now for an hour, ten minutes of use. */
  NewGrant wanted() {
    Instant now = server.clock.instant();
    return new NewGrant(
        CLERK,
        "T-0001",
        MEDIUM,
        "県税事務所から届いた課税資料の読み込み",
        "税第123号",
        null,
        null,
        12,
        now.toString(),
        now.plus(Duration.ofHours(1)).toString(),
        10);
  }

  /** A request of a desk's person that was taken. */
  GrantView requested(Desk desk) throws Exception {
    HttpResponse<String> answer = send("POST", "/api/v1/grants", wanted(), desk.cookie());
    if (answer.statusCode() != 201) {
      throw new AssertionError(answer.body());
    }
    return read(answer, GrantView.class);
  }

  /** Lets time do to exceptions all that it may: one change can be the reason for the next. */
  void sweep() {
    GrantClock clock = server.context.getBean(GrantClock.class);
    for (int i = 0; i < 5; i++) {
      clock.sweep();
    }
  }

  GrantView view(Desk desk, String id) throws Exception {
    return read(send("GET", "/api/v1/grants/" + id, null, desk.cookie()), GrantView.class);
  }

  GrantList offers(Agent terminal) throws Exception {
    return WireJson.read(
        terminal.send("GET", "/agent/v1/grants", new byte[0]).body(), GrantList.class);
  }

  HttpResponse<byte[]> activate(Agent terminal, String id, int nonce) throws Exception {
    return activate(terminal, id, nonce, FINGERPRINT);
  }

  HttpResponse<byte[]> activate(Agent terminal, String id, int nonce, String fingerprint)
      throws Exception {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) nonce;
    return terminal.post(
        "/agent/v1/grants/" + id + "/activate",
        new ActivateRequest(Base64Url.encode(bytes), Agent.BOOT, fingerprint));
  }

  public static <T> T read(HttpResponse<String> response, Class<T> type) throws Exception {
    return WireJson.read(response.body().getBytes(StandardCharsets.UTF_8), type);
  }

  public static Refusal refusal(HttpResponse<String> response) throws Exception {
    RefusalBody body = read(response, RefusalBody.class);
    if (response.statusCode() != body.refusal().httpStatus() || body.text().what().isBlank()) {
      throw new AssertionError(response.statusCode() + " " + body);
    }
    return body.refusal();
  }

  /** {@code type} or {@code type reason} of the organ's entries, oldest first. */
  public List<String> entries() {
    return server.entries("mayor");
  }

  @Override
  public void close() throws java.io.IOException {
    server.close();
  }
}
