package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SetupAdministrator;
import jp.sekisho.protocol.SetupCodeTyped;
import jp.sekisho.protocol.SetupPolicy;
import jp.sekisho.protocol.SetupReply;
import jp.sekisho.protocol.SetupTerminal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.session.SampleSession;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.setup.SetupCode;
import jp.sekisho.server.terminal.Agent;
import jp.sekisho.server.terminal.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * The first start over HTTP, from the code to its end, with who stands in between. One service, for
 * its steps follow each other.
 *
 * <p>Past 400 lines: one story, whose steps need the ones before.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class SetupPageTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final String ADMIN = "100001";
  private static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles\n";
  private static final byte[] EMPTY = {'{', '}'};
  private static final String POST = ",課,主事,2026-04-01,,";

  private final HttpClient http = HttpClient.newHttpClient();
  private final TestCa ca = new TestCa("Staff CA", NOW);
  private final FileSigner officer = signer();

  @SuppressWarnings("NullAway.Init") // by start()
  private RunningServer server;

  @SuppressWarnings("NullAway.Init") // by start()
  private SetupCode code;

  private String holder = "";

  @SuppressWarnings("NullAway.Init") // by its login
  private Token admin;

  private static FileSigner signer() {
    KeyPair pair = TestCa.p256();
    return FileSigner.of(pair);
  }

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.startAt(NOW);
    ca.writeTrust(server.installation.staffTrust(), List.of());
    Setup.demand(server.installation.directory());
    code =
        server
            .installation
            .transactions()
            .write(change -> {
              Organs.create(change.handle(), Map.of("mayor", "市長部局", "education", "教育委員会"));
              return Setup.of(server.installation).begin(change);
            });
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  private HttpResponse<String> send(
      String method, String path, byte @Nullable [] body, @Nullable String cookie) {
    String origin = server.installation.config().origin();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (method.equals("POST")) {
      request.header("Origin", origin);
    }
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.headers().firstValue("Content-Type").orElse("").startsWith("text/html")) {
        assertTrue(answer.body().contains("id=\"trial-banner\""), path); // each page of a trial
      }
      return answer;
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private HttpResponse<String> post(String path, Object wire, @Nullable String cookie) {
    return send("POST", path, WireJson.write(wire), cookie);
  }

  private static void assertRefused(Refusal reason, HttpResponse<String> answer) throws Exception {
    assertEquals(reason, DeskScene.refusal(answer), answer.body());
  }

  private static void assertDone(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static String cookie(HttpResponse<String> answer) {
    String set = answer.headers().firstValue("Set-Cookie").orElseThrow();
    assertTrue(
        set.toLowerCase(java.util.Locale.ROOT)
            .matches(".*; path=/; secure; httponly; samesite=strict"),
        set);
    return set.substring(0, set.indexOf(';'));
  }

  private byte[] certificate(String number) throws Exception {
    return ca.issue(number, TestCa.p256().getPublic()).getEncoded();
  }

  private SetupAdministrator first(String number, byte[] certificate) {
    return new SetupAdministrator(
        number, "管理 \"一郎\"", "mayor", "joho", "情報,政策課", "係長", Base64Url.encode(certificate));
  }

  private Token session(String person) {
    return SampleSession.open(server.context, person, "mayor");
  }

  private static String of(Token session) {
    return SessionCookies.SESSION + "=" + session.secret();
  }

  private void prove(String action) {
    server.context.getBean(StepUps.class).add(Session.nameOf(admin.hash()), action, true, false);
  }

  private HttpResponse<String> order(String rows) {
    byte[] file = (HEADER + rows).getBytes(StandardCharsets.UTF_8);
    prove(StepUps.APPLY_ORDER + Sha256.text(file));
    return send("POST", "/api/v1/people/apply", file, of(admin));
  }

  private HttpResponse<String> finish() {
    prove(StepUps.FINISH_SETUP);
    return send("POST", "/api/v1/setup/finish", EMPTY, of(admin));
  }

  private String steps() {
    HttpResponse<String> page = send("GET", "/setup/steps?lang=en", null, of(admin));
    assertDone(page);
    return page.body();
  }

  private List<String> missing() {
    List<String> words = new java.util.ArrayList<>();
    var matcher =
        java.util.regex.Pattern.compile("data-step=\"([a-z]+)\" data-done=\"false\"")
            .matcher(steps());
    while (matcher.find()) {
      words.add(matcher.group(1));
    }
    return words;
  }

  @Test
  @Order(1)
  @DisplayName("who reaches the page first, without the code, gets its field and learns nothing")
  void first() throws Exception {
    HttpResponse<String> page = send("GET", "/setup", null, null);
    assertDone(page);
    assertTrue(page.body().contains("id=\"code-form\""), page.body());
    assertFalse(page.body().contains("市長部局"), "not even the names of the organs");
    assertFalse(page.body().contains("admin-form"), page.body());
    assertEquals(
        "no-store", page.headers().firstValue("Cache-Control").orElse(""), "of every page");
    SetupAdministrator wish = first(ADMIN, certificate(ADMIN));
    assertRefused(Refusal.SETUP_SESSION, post("/authn/v1/setup/administrator", wish, null));
    String made = SessionCookies.SETUP + "=" + Token.random().secret();
    assertRefused(Refusal.SETUP_SESSION, post("/authn/v1/setup/administrator", wish, made));
    assertRefused(
        Refusal.SETUP_SESSION,
        post("/authn/v1/setup/terminal", new SetupTerminal("T-0001", "mayor", null), made));
    assertRefused(
        Refusal.SETUP_CODE, post("/authn/v1/setup/code", new SetupCodeTyped("x".repeat(25)), null));
    HttpResponse<String> foreign =
        http.send(
            HttpRequest.newBuilder(
                    URI.create(server.installation.config().origin() + "/authn/v1/setup/code"))
                .header("Origin", "https://evil.example")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        WireJson.write(new SetupCodeTyped(code.text()))))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertRefused(Refusal.CROSS_SITE, foreign);
  }

  @Test
  @Order(2)
  void theCodeIsTradedForACookieOnceAndItsTriesAreCounted() throws Exception {
    holder = cookie(post("/authn/v1/setup/code", new SetupCodeTyped(code.text()), null));
    assertTrue(holder.startsWith("__Host-sekisho-setup="), holder);
    assertRefused(
        Refusal.SETUP_CODE, post("/authn/v1/setup/code", new SetupCodeTyped(code.text()), null));
    for (int i = 0; i < 7; i++) {
      assertRefused(
          Refusal.SETUP_CODE,
          post("/authn/v1/setup/code", new SetupCodeTyped("0".repeat(25)), null));
    }
    assertRefused(
        Refusal.TOO_MANY, post("/authn/v1/setup/code", new SetupCodeTyped(code.text()), null));
    String page = send("GET", "/setup?lang=ja", null, holder).body();
    assertTrue(page.contains("id=\"admin-form\"") && page.contains("市長部局"), page);
  }

  @Test
  @Order(3)
  void theCodeRegistersOneAdministratorWithOneCardAndNobodyBeside() throws Exception {
    assertRefused(
        Refusal.SETUP_TAKEN,
        post("/authn/v1/setup/terminal", new SetupTerminal("T-0001", "mayor", null), holder));
    byte[] others = certificate("100099");
    assertRefused(
        Refusal.CARD_OTHER_NUMBER,
        post("/authn/v1/setup/administrator", first(ADMIN, others), holder));
    assertRefused(
        Refusal.ORDER_INVALID,
        post("/authn/v1/setup/administrator", first("100099", others), holder));
    assertDone(post("/authn/v1/setup/administrator", first(ADMIN, certificate(ADMIN)), holder));
    assertRefused(
        Refusal.SETUP_TAKEN,
        post("/authn/v1/setup/administrator", first(ADMIN, certificate(ADMIN)), holder));
    assertRefused(
        Refusal.SETUP_TAKEN,
        post("/authn/v1/setup/administrator", first("100099", others), holder));
    assertTrue(server.entries("system").contains("setup.refused SETUP_TAKEN"));
    assertTrue(server.entries("mayor").contains("authenticator.registered"));
  }

  @Test
  @Order(4)
  void theCodeLetsOneTerminalInByTheFingerprintOnItsScreen() throws Exception {
    assertTrue(send("GET", "/setup", null, holder).body().contains("id=\"ticket-form\""));
    SetupReply made =
        WireJson.read(
            post("/authn/v1/setup/terminal", new SetupTerminal("T-0001", "mayor", null), holder)
                .body()
                .getBytes(StandardCharsets.UTF_8),
            SetupReply.class);
    assertTrue(String.valueOf(made.ticket()).startsWith("sekisho-ticket1~"), "shown once");
    Agent agent = server.enrolled("T-0001");
    assertRefused(
        Refusal.SETUP_FINGERPRINT,
        post(
            "/authn/v1/setup/terminal",
            new SetupTerminal("T-0001", "mayor", "AAAA-AAAA-AAAA-AAAA-AAAA"),
            holder));
    assertDone(
        post(
            "/authn/v1/setup/terminal",
            new SetupTerminal("T-0001", "mayor", agent.fingerprint()),
            holder));
    assertRefused(
        Refusal.SETUP_TAKEN,
        post("/authn/v1/setup/terminal", new SetupTerminal("T-0002", "mayor", null), holder));
    assertTrue(send("GET", "/setup", null, holder).body().contains("id=\"login-link\""));
  }

  @Test
  @Order(5)
  void theAdministratorSeesWhatIsMissingAndCannotFinish() throws Exception {
    admin = session(ADMIN);
    assertEquals(List.of("organisation", "approver", "auditor", "officer", "policy"), missing());
    assertRefused(Refusal.SETUP_UNFINISHED, finish());
    assertRefused(Refusal.STEP_UP_NEEDED, send("POST", "/api/v1/setup/finish", EMPTY, of(admin)));
    NewGrant wish =
        new NewGrant(
            ADMIN, "T-0001", "M-1", "r", "d", null, null, 1, NOW.toString(), NOW.toString(), 10);
    assertRefused(Refusal.SETUP_OPEN, post("/api/v1/grants", wish, of(admin)));
    assertTrue(steps().contains("education has no administrator."), "each organ is asked");
  }

  @Test
  @Order(6)
  @DisplayName("the administrator of one organ fills the offices of all, and may not hold them all")
  void offices() throws Exception {
    assertDone(
        order(
            ADMIN
                + ",管理 一郎,mayor,joho"
                + POST
                + "CLERK;ADMIN;APPROVER;POLICY_OFFICER\n"
                + "100007,監査 花子,mayor,kansa"
                + POST
                + "AUDITOR\n"
                + "100008,係 花子,mayor,kansa"
                + POST
                + "APPROVER\n"
                + "500001,教育 一郎,education,kyoiku"
                + POST
                + "ADMIN\n"
                + "500002,教育 二郎,education,kyoiku"
                + POST
                + "APPROVER\n"
                + "500003,教育 三郎,education,kyoiku"
                + POST
                + "AUDITOR\n"));
    assertEquals(List.of("apart", "cards", "policy"), missing());
    assertRefused(Refusal.SETUP_UNFINISHED, finish());
    assertTrue(steps().contains(ADMIN + " holds several offices."));
    // Offices in different organs are several offices too.
    assertDone(
        order(
            ADMIN
                + ",管理 一郎,mayor,joho"
                + POST
                + "CLERK;ADMIN\n"
                + "500003,教育 三郎,education,kyoiku"
                + POST
                + "AUDITOR;POLICY_OFFICER\n"));
    assertEquals(List.of("apart", "cards", "policy"), missing());
    assertDone(
        order(
            "500003,教育 三郎,education,kyoiku"
                + POST
                + "AUDITOR\n"
                + "100009,署名 次郎,mayor,joho"
                + POST
                + "POLICY_OFFICER\n"));
    assertEquals(List.of("cards", "policy"), missing());
  }

  @Test
  @Order(7)
  void cardsOfAllOrgansAreRegisteredByTheAdministratorsCard() throws Exception {
    for (String person : List.of("100007", "100008", "500001", "500002", "500003")) {
      byte[] file = certificate(person);
      prove("card-register:" + person + ":" + Sha256.text(file));
      assertDone(
          post(
              "/api/v1/desk",
              new DeskRequest("card-register", person, null, Base64Url.encode(file)),
              of(admin)));
    }
    assertEquals(List.of("policy"), missing());
    assertRefused(Refusal.SETUP_UNFINISHED, finish());
  }

  private SignedFile sign(TrustKind kind, byte[] body) throws Exception {
    Instant now = server.clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return SignedFile.sign(
        TrustHeader.of(
            kind, null, 1, now, now.plus(kind.maxLife()), true, List.of(officer.key().id()), body),
        body,
        List.of(officer));
  }

  private byte[] policy(String hash, byte[] rootBody) throws Exception {
    SignedFile root = sign(TrustKind.ROOT, rootBody);
    SignedFile policy = sign(TrustKind.POLICY, SamplePolicy.bytes());
    return WireJson.write(
        new SetupPolicy(
            Base64Url.encode(root.file()),
            Base64Url.encode(root.signatureFile()),
            Base64Url.encode(policy.file()),
            Base64Url.encode(policy.signatureFile()),
            hash.isEmpty() ? root.hash() : hash));
  }

  @Test
  @Order(8)
  void thePolicyIsTakenInOnlyWithTheRootThatAnOfficerNamed() throws Exception {
    String line =
        Files.readAllLines(server.installation.directory().keys().resolve("online.key")).getFirst();
    byte[] root =
        new Root(
                1,
                List.of(new Root.Officer("100009", officer.key())),
                new TrustKey(line.substring("public ".length())),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of())
            .bytes();
    byte[] other = policy("A".repeat(43), root);
    prove(StepUps.IMPORT_POLICY + Sha256.text(other));
    assertRefused(Refusal.ROOT_NOT_PINNED, send("POST", "/api/v1/setup/policy", other, of(admin)));
    byte[] right = policy("", root);
    assertRefused(Refusal.STEP_UP_NEEDED, send("POST", "/api/v1/setup/policy", right, of(admin)));
    prove(StepUps.IMPORT_POLICY + Sha256.text(right));
    assertDone(send("POST", "/api/v1/setup/policy", right, of(admin)));
    assertEquals(List.of(), missing());
  }

  @Test
  @Order(9)
  @DisplayName("finished, it is not there any more: no page, no code, no step, for nobody")
  void finished() throws Exception {
    assertDone(finish());
    assertTrue(server.entries("mayor").contains("setup.finished"));
    for (String path : List.of("/setup", "/setup/steps")) {
      assertEquals(404, send("GET", path, null, of(admin)).statusCode(), path);
    }
    assertEquals(404, send("GET", "/setup", null, holder).statusCode());
    server.clock.forward(Duration.ofMinutes(2));
    assertRefused(
        Refusal.NOT_FOUND, post("/authn/v1/setup/code", new SetupCodeTyped(code.text()), null));
    assertRefused(
        Refusal.NOT_FOUND,
        post("/authn/v1/setup/administrator", first("100099", certificate("100099")), holder));
    assertRefused(
        Refusal.NOT_FOUND,
        post("/authn/v1/setup/terminal", new SetupTerminal("T-0009", "mayor", null), holder));
    assertRefused(Refusal.NOT_FOUND, finish());
    assertTrue(Setup.of(server.installation).newCode().isEmpty());
    // And the administrator is one of their own organ only, from here on.
    assertRefused(Refusal.ORDER_INVALID, order("500009,新人 花子,education,kyoiku" + POST + "CLERK\n"));
    NewGrant wish =
        new NewGrant(
            ADMIN, "T-0001", "M-1", "r", "d", null, null, 1, NOW.toString(), NOW.toString(), 10);
    assertRefused(Refusal.GRANT_MEDIUM, post("/api/v1/grants", wish, of(admin)));
  }
}
