package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.SampleSession;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.terminal.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * What a person began on the people's port and an error ended: each route of {@link ApiRoutes} by
 * which one changes something leaves a failure with person, terminal and route.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class FailedActsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final String PERSON = "100001";
  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100001,役職 全子,mayor,somu,総務課,部長,2026-04-01,2036-03-31,CLERK;APPROVER;ADMIN;CISO
      100007,監査 花子,mayor,kansa,監査課,書記,2026-04-01,2036-03-31,AUDITOR
      """;

  /** Routes whose usual request here is answered before anything would be written. */
  private static final Set<String> WRITE_NOTHING =
      Set.of(
          "POST /api/v1/session/post", // the person has one post
          "POST /api/v1/passkeys/options", // a challenge in memory
          "POST /api/v1/passkeys/seen", // there is none
          "POST /api/v1/people/check", // looks only
          "POST /api/v1/people/undo", // there is no such order
          "POST /api/v1/log/export"); // no such code to seal to

  private static final String FILE =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100009,新人 一子,mayor,somu,総務課,主事,2026-04-01,2036-03-31,CLERK
      """;

  private final HttpClient http = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // by start()
  private RunningServer server;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.startAt(NOW);
    new TestCa("Staff CA", NOW).writeTrust(server.installation.staffTrust(), java.util.List.of());
    server
        .installation
        .database()
        .writer()
        .write(h -> {
          Organs.create(h, Map.of("mayor", "市長部局"));
          return null;
        });
    var imported =
        new PersonImport(
                server.installation.transactions(),
                server.installation.seal(),
                _ -> 1,
                server.clock)
            .run(PERSONS.getBytes(StandardCharsets.UTF_8), false);
    if (!(imported instanceof PersonImport.Outcome.Done)) {
      throw new AssertionError(imported);
    }
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  private HttpResponse<String> post(String path, byte @Nullable [] body, @Nullable Token session)
      throws Exception {
    return send("POST", path, body, session);
  }

  private HttpResponse<String> send(
      String method, String path, byte @Nullable [] body, @Nullable Token session)
      throws Exception {
    String origin = server.installation.config().origin();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .header("Origin", origin)
            .method(
                method, HttpRequest.BodyPublishers.ofByteArray(body == null ? new byte[0] : body));
    if (session != null) {
      request.header("Cookie", SessionCookies.SESSION + "=" + session.secret());
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private SeededRequests requests(Token session) throws Exception {
    return new SeededRequests(
        new SeededRequests.Known(
            PERSON,
            "100007",
            "T-0001",
            "M-0007",
            Session.nameOf(session.hash()),
            "A".repeat(22),
            "A".repeat(22),
            "A".repeat(22),
            "A".repeat(22),
            NOW.toString(),
            NOW.plus(Duration.ofHours(1)).toString(),
            FILE,
            new TestCa("Other CA", NOW).issue("100007", TestCa.p256().getPublic()).getEncoded()));
  }

  /** The disk takes nothing but the entry of the failure, as if it had just been full. */
  private void fail(boolean failing) {
    server
        .installation
        .database()
        .writer()
        .write(h ->
            h.execute(
                failing
                    ? "create trigger full before insert on audit_pending"
                        + " when cast(new.body as text) not like '%session.act-failed%'"
                        + " begin select raise(abort, 'disk I/O error'); end"
                    : "drop trigger full"));
  }

  private boolean isFailedAct(Entry entry, Token session, String at) {
    return entry.type().equals("session.act-failed")
        && at.equals(entry.data().get("at"))
        && Session.nameOf(session.hash()).equals(entry.subject().session())
        && PERSON.equals(entry.subject().person())
        && ("T-" + PERSON).equals(entry.subject().terminal());
  }

  private long failedActs() {
    return server.entries("mayor").stream()
        .filter(entry -> entry.startsWith("session.act-failed"))
        .count();
  }

  @Test
  @DisplayName(
      "every route by which a person changes something: an error is a failure of that person")
  void everyRoute() throws Exception {
    long before = failedActs();
    Set<String> quiet = new TreeSet<>();
    long failed = 0;
    for (ApiRoutes.Route route : ApiRoutes.all()) {
      boolean within =
          route.who() == ApiRoutes.Who.SESSION || route.path().equals("/authn/v1/logout");
      boolean acts = route.method().equals("POST") || route.path().startsWith("/api/v1/log/");
      if (!acts || !within) {
        continue;
      }
      String name = route.method() + " " + route.path();
      Token session = SampleSession.open(server.context, PERSON, "mayor");
      SeededRequests.Seeded usual = requests(session).usual(route).getFirst();
      String proof = usual.proof();
      if (proof != null) {
        server
            .context
            .getBean(StepUps.class)
            .add(Session.nameOf(session.hash()), proof, true, false);
      }
      fail(true);
      HttpResponse<String> answer = send(route.method(), usual.path(), usual.body(), session);
      if (answer.statusCode() < 500) {
        quiet.add(name);
      } else {
        assertTrue(answer.body().contains("\"STORAGE_FAILED\""), name + " " + answer.body());
        server.awaitEntry(
            "mayor", "the failure of " + name, entry -> isFailedAct(entry, session, name));
        failed++;
      }
      fail(false);
    }
    assertEquals(new TreeSet<>(WRITE_NOTHING), quiet);
    assertEquals(before + failed, failedActs(), "one each");
  }

  @Test
  @DisplayName("a refusal that says so itself is no second entry")
  void refused() throws Exception {
    long before = failedActs();
    Token session = SampleSession.open(server.context, PERSON, "mayor");
    HttpResponse<String> answer =
        post("/api/v1/grants/" + "A".repeat(22) + "/reject", null, session);
    assertEquals(404, answer.statusCode(), answer.body());
    assertEquals(400, post("/api/v1/grants", new byte[] {'{'}, session).statusCode());
    assertEquals(before, failedActs());
  }

  @Test
  @DisplayName("an error nobody foresaw names the person too, once a session, route and minute")
  void unforeseen() throws Exception {
    Token session = SampleSession.open(server.context, PERSON, "mayor");
    String at = "POST /probe/fail/{how}";
    for (int i = 0; i < 3; i++) {
      assertEquals(500, post("/probe/fail/yamada", null, session).statusCode());
    }
    server.awaitEntry(
        "mayor",
        "the failure",
        entry ->
            isFailedAct(entry, session, at)
                && "INTERNAL".equals(entry.reason())
                && entry.data().get("reference") != null);
    // Nobody's request leaves none, with whatever cookie.
    assertEquals(500, post("/probe/fail/x", null, null).statusCode());
    assertEquals(500, post("/probe/fail/x", null, Token.random()).statusCode());
    server.clock.forward(Duration.ofMinutes(1));
    Token later = SampleSession.open(server.context, PERSON, "mayor");
    assertEquals(503, post("/probe/fail/storage", null, later).statusCode());
    server.awaitEntry(
        "mayor",
        "the failure of the later session",
        entry ->
            isFailedAct(entry, later, at)
                && "STORAGE_FAILED".equals(entry.reason())
                && entry.data().get("reference") == null);
    assertEquals(
        1,
        server.texts("mayor").stream()
            .filter(entry ->
                entry.contains("session.act-failed")
                    && entry.contains(Session.nameOf(session.hash())))
            .count());
    assertTrue(
        server.texts("mayor").stream().noneMatch(entry -> entry.contains("yamada")),
        "nothing of what was asked");
  }
}
