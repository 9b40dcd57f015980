package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import jp.sekisho.audit.bundle.BundleCopy;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.names.SealedNames;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.sample.Lot;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardAnswer;
import jp.sekisho.protocol.LogHold;
import jp.sekisho.protocol.NamedExport;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.SessionView;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.audit.Retention;
import jp.sekisho.server.audit.Retentions;
import jp.sekisho.server.auditor.Keeping;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.Listeners;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.SampleSession;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.RowSeal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The people's port as a browser meets it: a really started service, asked over HTTP. One file, for
 * one service is started for all of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PagesTest {
  private static final String CLERK = "100042";
  private static final String AUDITOR = "200001";
  private static final String COUNCILLOR = "400001";
  private static final String COUNCIL_AUDITOR = "400002";
  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100042,関 所太郎,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      200001,監査 花子,mayor,0901,監査委員事務局,主査,2026-04-01,2027-03-31,AUDITOR
      400001,議会 太郎,assembly,0001,議会事務局,書記,2026-04-01,2027-03-31,CLERK
      400002,議会 監査,assembly,0001,議会事務局,係長,2026-04-01,2027-03-31,AUDITOR
      """;

  private final SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
  private final HttpClient http = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // by start()
  private Installation installation;

  @SuppressWarnings("NullAway.Init") // by start()
  private ApplicationContext context;

  @BeforeAll
  void start(@TempDir Path root) throws IOException, GeneralSecurityException {
    DataDirectory directory = new DataDirectory(root.resolve("data"));
    PrivateFiles.createDirectory(directory.root());
    PrivateFiles.createDirectory(directory.keys());
    PrivateFiles.writeNew(directory.rowKey(), new byte[RowSeal.KEY_BYTES]);
    PrivateFiles.writeNew(directory.sourceKey(), new byte[32]);
    int port = Listeners.freePort();
    int agents = Listeners.freePort();
    ServiceConfig config =
        ServiceConfig.of("http://localhost:" + port, true, List.of("localhost"), "内線 1234")
            .withPorts(port, agents);
    ServerKeys keys = ServerKeys.createAll(directory.keys(), config.agentsHosts(), clock);
    try (var database = Installation.database(directory, config)) {
      AuditLogs.create(
          database, directory.keys(), "localhost", List.of("mayor", "assembly", "system"));
      database
          .writer()
          .write(h ->
              h.execute(
                  "insert into organ (id, name) values ('mayor', '市長部局'), ('assembly', '議会')"));
    }
    installation = Installation.open(directory, config, clock);
    assertInstanceOf(
        PersonImport.Outcome.Done.class,
        new PersonImport(
                installation.transactions(), installation.seal(), _ -> 1, installation.clock())
            .run(PERSONS.getBytes(StandardCharsets.UTF_8), false));
    ListenerSettings settings =
        new ListenerSettings(
            List.of(URI.create(config.origin())),
            true,
            port,
            null,
            null,
            agents,
            config.agentsHosts(),
            config.helpLine());
    context =
        ApplicationContext.builder()
            .deduceEnvironment(false)
            .banner(false)
            .properties(Listeners.properties(settings))
            .singletons(installation, settings, keys)
            .build();
    context.start();
    context.getBean(EmbeddedServer.class).start();
  }

  @AfterAll
  void stop() {
    context.close();
    installation.close();
  }

  /** A session as a login makes it; its cookie. */
  private Token session(String person) {
    return session(person, InetAddress.getLoopbackAddress());
  }

  private Token session(String person, InetAddress from) {
    String organ = person.startsWith("4") ? "assembly" : "mayor";
    return SampleSession.open(context, person, organ, null, from);
  }

  @Test
  void aCookieCopiedToAnotherMachineIsRefusedOnEveryRoute() throws Exception {
    Token copied = session("100042", InetAddress.ofLiteral("192.0.2.7"));
    for (String path : List.of("/api/v1/session", "/api/v1/grants", "/api/v1/log/export.csv")) {
      HttpResponse<String> answer = get(path, copied);
      assertEquals(403, answer.statusCode(), path);
      assertTrue(answer.body().contains("ADDRESS_MISMATCH"), answer.body());
    }
    assertEquals(303, get("/log", copied).statusCode());
    Token own = session("100042", InetAddress.ofLiteral("::1"));
    assertEquals(200, get("/api/v1/session", own).statusCode(), "loopback is one place");
  }

  @Test
  void auditorsAreToldOnTheLogPageThatATerminalFoundAFork() throws Exception {
    Token auditor = session(AUDITOR);
    installation.logs().integrateNow();
    assertFalse(get("/log", auditor).body().contains("log-forks"));
    String zeros = Base64Url.encode(new byte[16]);
    installation
        .transactions()
        .write(change ->
            change.record(
                Entry.Subject.terminal("mayor", "T-0666"),
                DeviceRecord.of(
                    "T-0666",
                    zeros,
                    1,
                    DeviceRecord.GENESIS,
                    clock.instant(),
                    new AgentEvent.Alarm(Refusal.LOG_FORK, Map.of("held", 12L, "shown", 4L)))));
    installation.logs().integrateNow();
    long _ = new EntryIndex(installation.database(), installation.logs()).catchUp("mayor", 10_000);
    String page = get("/log", auditor).body();
    assertTrue(page.contains("id=\"log-forks\""), page);
    assertTrue(page.contains("terminal=T-0666"), page);
    assertTrue(page.contains("情報セキュリティ担当と監査委員事務局に連絡し"), "whom to call");
    assertFalse(get("/log", session(CLERK)).body().contains("log-forks"));
  }

  @Test
  void checkpointAndHashesAreOpenEntriesAreForTheLogsAuditors() throws Exception {
    Token clerk = session(CLERK);
    installation.logs().integrateNow();
    HttpResponse<String> checkpoint = get("/log/mayor/1/checkpoint", null);
    assertEquals(200, checkpoint.statusCode());
    assertEquals("no-cache", checkpoint.headers().firstValue("Cache-Control").orElse(""));
    assertTrue(checkpoint.body().startsWith("localhost/log/mayor/1\n"), checkpoint.body());
    assertEquals(200, get("/log/system/1/checkpoint", null).statusCode());
    HttpResponse<String> tile = get("/log/mayor/1/tile/0/000.p/1", null);
    assertEquals(200, tile.statusCode());
    assertTrue(
        tile.headers().firstValue("Cache-Control").orElse("").startsWith("public, "), "cached");

    String entries = "/log/mayor/1/tile/entries/000.p/1";
    assertEquals(Refusal.SESSION_NONE, refusal(get(entries, null)));
    assertEquals(Refusal.ROLE_MISSING, refusal(get(entries, clerk)));
    Token auditor = session(AUDITOR);
    assertEquals(Refusal.ROLE_MISSING, refusal(get("/log/system/1/tile/entries/000.p/1", clerk)));
    HttpResponse<String> taken = get(entries, auditor);
    assertEquals(200, taken.statusCode());
    assertEquals("private, no-store", taken.headers().firstValue("Cache-Control").orElse(""));
    assertTrue(taken.body().contains("\"type\":"), taken.body());
    installation.logs().integrateNow();
    List<String> types =
        installation.logs().page("mayor", null, Long.MAX_VALUE, 5).stream()
            .map(row -> row instanceof LogRow.Intact intact ? intact.entry().type() : "?")
            .toList();
    assertEquals(List.of("log.viewed", "log.refused"), types.subList(0, 2));
    assertTrue(types.subList(2, 5).contains("log.refused"), types.toString());
  }

  /** A page that shows nothing would hide the log of who damaged the file. */
  @Test
  void anAuditorReadsTheLogAlsoWhenTheFileOfItsRetentionIsDamaged() throws Exception {
    Path file = installation.directory().keys().resolve("log-mayor.retention");
    byte[] good = Files.readAllBytes(file);
    Files.write(file, new byte[] {1, 2, 3});
    try {
      HttpResponse<String> page = get("/log", session(AUDITOR));
      assertEquals(200, page.statusCode());
      assertTrue(page.body().contains("id=\"kept-unknown\""), page.body());
    } finally {
      Files.write(file, good);
    }
  }

  @Test
  void aLogFileThatIsNotThereIsNotFound() throws Exception {
    Token auditor = session(AUDITOR);
    for (String path :
        List.of(
            "/log/mayor/2/checkpoint",
            "/log/nobody/1/checkpoint",
            "/log/mayor/1/tile/0/000.p/300",
            "/log/mayor/1/tile/0/999",
            "/log/mayor/1/tile/8/000",
            "/log/mayor/1/tile/0/../../checkpoint",
            "/log/mayor/1/tile/0/0",
            "/log/mayor/1/tile/entries/999",
            "/log/mayor/1/key")) {
      assertEquals(Refusal.NOT_FOUND, refusal(get(path, auditor)), path);
    }
  }

  private HttpRequest.Builder request(String path, @Nullable Token session) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(installation.config().origin() + path))
            .timeout(Duration.ofSeconds(30));
    return session == null
        ? request
        : request.header("Cookie", SessionCookies.SESSION + "=" + session.secret());
  }

  private HttpResponse<String> get(String path, @Nullable Token session) throws Exception {
    return http.send(request(path, session).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, Object body, @Nullable String cookie)
      throws Exception {
    HttpRequest.Builder request =
        request(path, null)
            .header("Origin", installation.config().origin())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(WireJson.write(body)));
    if (cookie != null) {
      request.header("Cookie", cookie);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static Refusal refusal(HttpResponse<String> response) throws Exception {
    RefusalBody body =
        WireJson.read(response.body().getBytes(StandardCharsets.UTF_8), RefusalBody.class);
    assertEquals(body.refusal().httpStatus(), response.statusCode());
    return body.refusal();
  }

  @Test
  void theLoginPageHasItsButtonItsStateItsBannerAndNothingInline() throws Exception {
    HttpResponse<String> page = get("/", null);
    assertEquals(200, page.statusCode());
    String html = page.body();
    assertTrue(html.startsWith("<!doctype html>\n<html lang=\"ja\">"), html);
    for (String id :
        List.of("login-button", "status", "refusal", "last-try-button", "trial-banner")) {
      assertEquals(1, html.split("id=\"" + id + "\"", -1).length - 1, id);
    }
    assertTrue(html.contains("職員証でログイン"));
    assertTrue(html.contains("<noscript><p class=\"state\""), "without scripts it says so");
    assertTrue(html.contains("data-agent=\"http://127.0.0.1:47621\""));
    assertTrue(html.contains("data-code=\"PIN_BLOCKED\""));
    assertTrue(html.contains("内線 1234"));
    assertFalse(
        Pattern.compile("<script(?![^>]*src=)|<style| style=| on[a-z]+=").matcher(html).find());
    assertTrue(page.headers().firstValue("Content-Security-Policy").orElse("").contains("'self'"));
  }

  @Test
  void everyScriptOfAPageCarriesTheNonceOfItsOwnPolicyAndNoOtherMayRun() throws Exception {
    Set<String> nonces = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      HttpResponse<String> page = get("/", null);
      String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
      Matcher named = Pattern.compile("script-src 'nonce-([A-Za-z0-9_-]{22})';").matcher(policy);
      assertTrue(named.find(), policy);
      String nonce = String.valueOf(named.group(1));
      assertTrue(nonces.add(nonce), "made for each answer");
      Matcher scripts = Pattern.compile("<script[^>]*>").matcher(page.body());
      int found = 0;
      for (; scripts.find(); found++) {
        assertTrue(scripts.group().contains(" nonce=\"" + nonce + "\""), scripts.group());
      }
      assertTrue(found >= 2);
    }
    assertTrue(
        get("/api/v1/session", null)
            .headers()
            .firstValue("Content-Security-Policy")
            .orElse("")
            .contains("script-src 'none'"));
  }

  @Test
  void languageFollowsTheLinkAndIsKept() throws Exception {
    HttpResponse<String> page = get("/?lang=en", null);
    assertTrue(page.body().contains("Log in with staff card"));
    assertTrue(
        page.headers().firstValue("Set-Cookie").orElse("").startsWith("__Host-sekisho-lang=en"));
  }

  @Test
  void aClerkSeesOwnEntriesAndNoExport() throws Exception {
    Token token = session(CLERK);
    installation.logs().integrateNow();
    HttpResponse<String> page = get("/log", token);
    assertEquals(200, page.statusCode());
    String html = page.body();
    assertTrue(html.contains("<h1>自分の記録</h1>"), html);
    assertTrue(html.contains("id=\"log-table\""));
    assertTrue(html.contains("職員証とPINを確認した<code>login.succeeded</code>"));
    assertTrue(html.contains("id=\"lock-overlay\"") && html.contains("id=\"unlock-button\""));
    assertTrue(html.contains("id=\"filter-person\"") && html.contains("id=\"logout-button\""));
    assertTrue(html.contains("2026-11-21 09:"), "Japan Standard Time");
    assertFalse(html.contains("export-link"));
    assertFalse(html.contains("<td>" + AUDITOR + "</td>"));
    installation.logs().integrateNow();
    assertTrue(get("/log", token).body().contains("log.viewed"), "looking is an entry");
  }

  @Test
  void refusedLoginsOfTheLastDaysAreToldToTheirPersonAndNobodyElse() throws Exception {
    String person = "100045";
    Token token = session(person);
    installation.logs().integrateNow();
    assertFalse(get("/log", token).body().contains("id=\"tried\""));
    installation
        .transactions()
        .write(change ->
            change.record(
                new Entry.Subject("mayor", person, null, "T-0666", null),
                new LoginEvent.Refused("t", Refusal.AUTHENTICATOR_SUSPENDED)));
    installation.logs().integrateNow();
    String html = get("/log", token).body();
    assertTrue(html.contains("id=\"tried\"") && html.contains("端末T-0666"), html);
    assertFalse(get("/log", session(CLERK)).body().contains("T-0666"));
  }

  @Test
  void anAuditorSeesTheOrgansLogAndItsSignedRecord() throws Exception {
    Token token = session(AUDITOR);
    installation.logs().integrateNow();
    String html = get("/log?person=100042", token).body();
    assertTrue(html.contains("<h1>監査ログ</h1>"), html);
    assertTrue(html.contains("id=\"export-link\" href=\"/api/v1/log/export?log=mayor\""));
    assertTrue(html.contains("<code id=\"record-origin\">localhost/log/mayor/1</code>"));
    assertTrue(html.contains("<td>" + CLERK + "</td>"));
    assertTrue(html.contains("value=\"100042\""));
    assertEquals(Refusal.INPUT_MALFORMED, refusal(get("/log?from=yesterday", token)));
  }

  @Test
  void aSuspendedSessionGetsOnlyItsLock() throws Exception {
    Token token = session(CLERK);
    clock.advance(Duration.ofMinutes(16));
    HttpResponse<String> page = get("/log", token);
    assertEquals(423, page.statusCode());
    assertFalse(page.body().contains("log-table"));
    assertTrue(page.body().contains("data-locked=\"true\""));
    SessionView view =
        WireJson.read(
            get("/api/v1/session", token).body().getBytes(StandardCharsets.UTF_8),
            SessionView.class);
    assertEquals("suspended", view.state());
    assertEquals("idle", view.cause());
    assertEquals(Refusal.SESSION_SUSPENDED, refusal(get("/api/v1/log/export?log=mayor", token)));
  }

  @Test
  void logoutEndsTheSession() throws Exception {
    Token token = session(CLERK);
    HttpResponse<String> out =
        post("/authn/v1/logout", List.of(), SessionCookies.SESSION + "=" + token.secret());
    assertEquals(204, out.statusCode());
    assertEquals(Refusal.SESSION_ENDED, refusal(get("/api/v1/session", token)));
    HttpResponse<String> page = get("/log", token);
    assertEquals(303, page.statusCode());
    assertEquals("/", page.headers().firstValue("Location").orElse(""));
  }

  @Test
  void everyRouteThatIsNotListedIsRefused() throws Exception {
    assertEquals(Refusal.SESSION_NONE, refusal(get("/api/v1/session", null)));
    assertEquals(Refusal.SESSION_NONE, refusal(get("/api/v1/anything", null)));
    for (String path : List.of("/admin", "/api", "/log/", "/authn/v1/x", "/static/../x")) {
      assertEquals(Refusal.NOT_FOUND, refusal(get(path, session(CLERK))), path);
    }
    assertEquals(
        Refusal.SESSION_NONE, refusal(get("/api/v1/session", Token.random())), "foreign cookie");
  }

  @Test
  void onlyAnAuditorOfTheLogTakesItsBundleAndBothAreEntries() throws Exception {
    String path = "/api/v1/log/export?log=mayor";
    assertEquals(Refusal.ROLE_MISSING, refusal(get(path, session(CLERK))));
    Token token = session(AUDITOR);
    assertEquals(
        Refusal.ROLE_MISSING, refusal(get("/api/v1/log/export?log=system", session(CLERK))));
    HttpResponse<byte[]> zip =
        http.send(request(path, token).build(), HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, zip.statusCode());
    assertEquals("application/zip", zip.headers().firstValue("Content-Type").orElse(""));
    assertEquals("PK", new String(zip.body(), 0, 2, StandardCharsets.US_ASCII));
    installation.logs().integrateNow();
    String html = get("/log", token).body();
    assertTrue(html.contains("log.exported") && html.contains("log.refused"));
  }

  @Test
  void noMoreThanFourExportsAreOnTheirWayAndASentOneLeavesItsPlace() throws Exception {
    String path = "/api/v1/log/export.jsonl?log=mayor";
    Token token = session(AUDITOR);
    ExportFiles files = context.getBean(ExportFiles.class);
    Deque<ExportFiles.Written> taken = new ArrayDeque<>();
    for (int i = 0; i < ExportFiles.MOST; i++) {
      taken.push(files.write(_ -> {}).orElseThrow());
    }
    HttpResponse<String> refused = get(path, token);
    assertEquals(Refusal.TOO_MANY, refusal(refused));
    assertEquals("60", refused.headers().firstValue("Retry-After").orElse(""));
    taken.pop().discard();
    assertEquals(200, get(path, token).statusCode());
    // The last byte may be here before the service closed the file.
    Optional<ExportFiles.Written> place = Optional.empty();
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (place.isEmpty() && System.nanoTime() < end) {
      place = files.write(_ -> {});
    }
    place.orElseThrow().discard();
    HttpRequest head =
        request(path, token).method("HEAD", HttpRequest.BodyPublishers.noBody()).build();
    int answer = http.send(head, HttpResponse.BodyHandlers.discarding()).statusCode();
    assertEquals(4, answer / 100, "nothing is made for who takes nothing");
    for (ExportFiles.Written one : taken) {
      one.discard();
    }
  }

  @Test
  void staticFilesAreServedWithTheirTypes() throws Exception {
    assertEquals(
        "text/css; charset=utf-8",
        get("/static/sekisho.css", null).headers().firstValue("Content-Type").orElse(""));
    assertEquals(200, get("/static/login.js", null).statusCode());
    assertEquals(Refusal.NOT_FOUND, refusal(get("/static/nothing.js", null)));
  }

  @Test
  void aTransactionComesWithItsCookieAndNobodyAnswersItWithoutOne() throws Exception {
    HttpResponse<String> asked =
        post("/authn/v1/transactions", new NewTransaction("login", null), null);
    assertEquals(201, asked.statusCode());
    String cookie = asked.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.startsWith("__Host-sekisho-prelogin="), cookie);
    for (String part : List.of("Secure", "HttpOnly", "SameSite=Strict", "Path=/")) {
      assertTrue(cookie.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)), cookie);
    }
    String id =
        WireJson.read(asked.body().getBytes(StandardCharsets.UTF_8), TransactionCreated.class)
            .transaction();
    String none = Base64Url.encode(new byte[] {1});
    PostedAnswer answer = new PostedAnswer(new CardAnswer(none, none, none, none, none).opaque());
    String path = "/authn/v1/transactions/" + id + "/answer";
    assertEquals(Refusal.PRELOGIN_COOKIE, refusal(post(path, answer, null)));
    String own = cookie.substring(0, cookie.indexOf(';'));
    assertEquals(Refusal.STATEMENT_INVALID, refusal(post(path, answer, own)));
    assertEquals(Refusal.TRANSACTION_USED, refusal(post(path, answer, own)));
    assertEquals(Refusal.INPUT_MALFORMED, refusal(post(path, new PostedAnswer("&"), own)));
    assertEquals(
        Refusal.SESSION_NONE,
        refusal(post("/authn/v1/transactions", new NewTransaction("unlock", null), null)));
  }

  @Test
  void aPreLoginCookieThatWasPlantedIsReplacedAndAnswersNothing() throws Exception {
    String planted = "__Host-sekisho-prelogin=" + Token.random().secret();
    HttpResponse<String> asked =
        post("/authn/v1/transactions", new NewTransaction("login", null), planted);
    assertEquals(201, asked.statusCode());
    String cookie = asked.headers().firstValue("Set-Cookie").orElse("");
    assertTrue(cookie.startsWith("__Host-sekisho-prelogin="), cookie);
    assertFalse(cookie.startsWith(planted), "the secret is made here, each time");
    String id =
        WireJson.read(asked.body().getBytes(StandardCharsets.UTF_8), TransactionCreated.class)
            .transaction();
    String none = Base64Url.encode(new byte[] {1});
    PostedAnswer answer = new PostedAnswer(new CardAnswer(none, none, none, none, none).opaque());
    assertEquals(
        Refusal.PRELOGIN_COOKIE,
        refusal(post("/authn/v1/transactions/" + id + "/answer", answer, planted)));
  }

  @Test
  void aSearchPagesByPlaceAsJsonAndIsAnEntryWithItsConditions() throws Exception {
    for (int i = 0; i < 60; i++) {
      session(CLERK);
    }
    Token auditor = session(AUDITOR);
    installation.logs().integrateNow();
    String path = "/api/v1/log/search?log=mayor&person=" + CLERK + "&event=login&outcome=success";
    String first = get(path, auditor).body();
    assertEquals(50, first.split("\"login.succeeded\"", -1).length - 1, first);
    var next = Pattern.compile("\"next\":\"([0-9.]+)\"").matcher(first);
    assertTrue(next.find(), first);
    String second = get(path + "&before=" + next.group(1), auditor).body();
    assertTrue(second.split("\"login.succeeded\"", -1).length - 1 >= 10, second);
    var index = Pattern.compile("\\{\"index\":([0-9]+),");
    List<String> both =
        java.util.stream.Stream.of(first, second)
            .flatMap(body -> index.matcher(body).results().map(m -> m.group(1)))
            .toList();
    assertEquals(both.size(), both.stream().distinct().count(), "an entry twice");
    installation.logs().integrateNow();
    String said = get("/api/v1/log/search?log=mayor&event=log.searched", auditor).body();
    assertTrue(
        said.contains(
            "\"asked\":{\"event\":\"login\",\"outcome\":\"success\",\"person\":\"100042\"}"),
        said);
  }

  @Test
  void aNameOrANumberInASearchIsRefusedAndRecordedNowhere() throws Exception {
    Token auditor = session(AUDITOR);
    for (String query :
        List.of(
            "person=%E9%96%A2%E6%89%80",
            "person=123456789018",
            "person=1234-5678-9018",
            "terminal=123456789018",
            "event=123456789018",
            "event=%E9%96%A2",
            "outcome=maybe",
            "until=2026-13-01",
            "preset=123456789018",
            "preset=sample&seed=123456789018",
            "preset=old-grants&days=123456789018",
            "before=x")) {
      assertEquals(Refusal.INPUT_MALFORMED, refusal(get("/log?" + query, auditor)), query);
      assertEquals(
          Refusal.INPUT_MALFORMED,
          refusal(get("/api/v1/log/search?log=mayor&" + query, auditor)),
          query);
    }
    installation.logs().integrateNow();
    String all = get("/api/v1/log/export.jsonl?log=mayor", auditor).body();
    assertFalse(all.contains("123456789018") || all.contains("関所"), "typed into a search");
  }

  /** What has the form of an id may still be a name that somebody typed. */
  @Test
  void whatNobodyKnowsIsNotRecordedOfASearchNorOfARefusal() throws Exception {
    Token auditor = session(AUDITOR);
    for (String path :
        List.of(
            "/log?person=TANAKA-TARO",
            "/api/v1/log/search?log=mayor&person=TANAKA-TARO",
            "/api/v1/log/search?log=mayor&event=tanaka.taro",
            "/api/v1/log/search?log=mayor&terminal=T-TANAKA",
            "/api/v1/log/export.csv?log=mayor&person=TANAKA-TARO&event=tanaka")) {
      assertEquals(200, get(path, auditor).statusCode(), path);
    }
    for (String path :
        List.of(
            "/api/v1/log/search?log=", "/api/v1/log/export?log=", "/api/v1/log/retention?log=")) {
      assertEquals(Refusal.ROLE_MISSING, refusal(get(path + "tanaka-taro", auditor)), path);
    }
    installation.logs().integrateNow();
    String all = get("/api/v1/log/export.jsonl?log=mayor", auditor).body();
    assertFalse(all.toLowerCase(java.util.Locale.ROOT).contains("tanaka"), all);
    assertTrue(all.contains("\"person\":\"?\""), "that something was asked is recorded");
  }

  @Test
  void everyPresetIsAPageInBothLanguages() throws Exception {
    Token auditor = session(AUDITOR);
    for (AuditPreset preset : AuditPreset.values()) {
      for (String language : List.of("ja", "en")) {
        HttpResponse<String> page =
            get("/log?lang=" + language + "&preset=" + preset.text(), auditor);
        assertEquals(200, page.statusCode(), preset.text());
        assertTrue(page.body().contains("id=\"preset-note\""), preset.text());
      }
    }
    assertFalse(get("/log", session(CLERK)).body().contains("preset-off-hours"));
  }

  @Test
  void theSameSeedAndSizeDrawTheSameSample() throws Exception {
    Token auditor = session(AUDITOR);
    installation.logs().integrateNow();
    String seed = "000102030405060708090a0b0c0d0e0f";
    String path = "/api/v1/log/search?log=mayor&preset=sample&count=3&size=5&seed=" + seed;
    String first = get(path, auditor).body();
    session(CLERK);
    installation.logs().integrateNow();
    assertEquals(first, get(path, auditor).body());
    List<Long> drawn = new Lot("localhost/log/mayor/1", 5, seed).draw(3);
    for (long index : drawn) {
      assertTrue(first.contains("{\"index\":" + index + ",\"entry\":"), first);
    }
    String page = get("/log?preset=sample&count=2", auditor).body();
    assertTrue(
        Pattern.compile("id=\"drawn-seed\">[0-9a-f]{32}<").matcher(page).find(), "a seed is drawn");
    installation.logs().integrateNow();
    assertTrue(
        get("/api/v1/log/search?log=mayor&event=log.sampled", auditor)
            .body()
            .contains("\"seed\":\"" + seed + "\",\"size\":5"));
  }

  @Test
  void aPartOfTheLogIsTakenAwayAsLinesAndAsATableOfTheSameEntries() throws Exception {
    session(CLERK);
    Token auditor = session(AUDITOR);
    installation.logs().integrateNow();
    String part = "?log=mayor&event=login.succeeded&person=" + CLERK;
    List<String> lines = get("/api/v1/log/export.jsonl" + part, auditor).body().lines().toList();
    assertFalse(lines.isEmpty());
    for (String line : lines) {
      assertTrue(line.contains("\"person\":\"100042\"") && line.startsWith("{\"data\""), line);
    }
    String csv = get("/api/v1/log/export.csv" + part, auditor).body();
    assertEquals(lines.size() + 1, csv.lines().count());
    assertTrue(csv.startsWith("\uFEFF\"index\",\"time\",\"type\""), csv);
    assertEquals(Refusal.INPUT_MALFORMED, refusal(get("/api/v1/log/export" + part, auditor)));
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refusal(get("/api/v1/log/export.csv?log=mayor&preset=off-hours", auditor)));
  }

  @Test
  void theAssemblysLogIsInvisibleToTheMayorsAuditorAndTheOtherWayRound() throws Exception {
    session(COUNCILLOR);
    session(CLERK);
    Token mayors = session(AUDITOR);
    Token assemblys = session(COUNCIL_AUDITOR);
    installation.logs().integrateNow();
    for (String path :
        List.of(
            "/api/v1/log/search?log=",
            "/api/v1/log/search?preset=administration&log=",
            "/api/v1/log/export?log=",
            "/api/v1/log/export.csv?log=",
            "/api/v1/log/export.jsonl?log=")) {
      assertEquals(Refusal.ROLE_MISSING, refusal(get(path + "assembly", mayors)), path);
      assertEquals(Refusal.ROLE_MISSING, refusal(get(path + "mayor", assemblys)), path);
    }
    assertEquals(
        Refusal.ROLE_MISSING, refusal(get("/log/assembly/1/tile/entries/000.p/1", mayors)));
    for (String path :
        List.of(
            "/log",
            "/log?person=" + COUNCILLOR,
            "/log?event=login",
            "/log?preset=administration",
            "/log?preset=sample&count=200")) {
      String page = get(path, mayors).body();
      assertFalse(page.contains("<td>" + COUNCILLOR + "</td>"), path);
      assertFalse(page.contains("log/assembly"), path);
    }
    String own = get("/api/v1/log/search?log=assembly&event=login", assemblys).body();
    assertTrue(own.contains(COUNCILLOR) && !own.contains(CLERK), own);
    String lines = get("/api/v1/log/export.jsonl?log=mayor", mayors).body();
    assertFalse(lines.contains(COUNCILLOR) || lines.contains("\"assembly\""), "in an export");
    assertEquals(403, get("/log?log=assembly", mayors).statusCode(), "the page");
  }

  @Test
  void theRootSheetShowsTheSignedRootAndIsAnEntry() throws Exception {
    assertEquals(Refusal.ROLE_MISSING, refusal(get("/log-sheet", session(CLERK))));
    Token auditor = session(AUDITOR);
    installation.logs().integrateNow();
    String[] checkpoint = installation.logs().newest("mayor").checkpoint().split("\n", -1);
    String sheet = get("/log-sheet", auditor).body();
    assertTrue(sheet.contains("<code id=\"sheet-origin\">localhost/log/mayor/1</code>"), sheet);
    assertTrue(sheet.contains("<td id=\"sheet-size\">" + checkpoint[1] + "</td>"), sheet);
    assertTrue(sheet.contains(installation.logs().verifierKey("mayor").toString()), sheet);
    assertTrue(sheet.contains("--sheet " + checkpoint[1] + ":" + checkpoint[2]), sheet);
    assertTrue(sheet.contains("令和8年11月21日") && sheet.contains("市長部局"), sheet);
    assertTrue(get("/log-sheet?lang=en", auditor).body().contains("21 November 2026"));
    installation.logs().integrateNow();
    assertTrue(
        get("/api/v1/log/search?log=mayor&event=log.sheet-made", auditor)
            .body()
            .contains(checkpoint[2]));
  }

  @Test
  void onlyAnAuditorOfTheLogSetsAndLiftsItsHoldsAndTheEntriesNameThePerson() throws Exception {
    Token auditor = session(AUDITOR);
    Token clerk = session(CLERK);
    LogHold wanted = new LogHold("", "監査第12号");
    assertEquals(
        Refusal.ROLE_MISSING,
        refusal(post("/api/v1/log/holds", wanted, SessionCookies.SESSION + "=" + clerk.secret())));
    assertEquals(Refusal.ROLE_MISSING, refusal(get("/api/v1/log/retention", clerk)));
    String cookie = SessionCookies.SESSION + "=" + auditor.secret();
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refusal(post("/api/v1/log/holds", new LogHold("", "a name with spaces"), cookie)));
    HttpResponse<String> set = post("/api/v1/log/holds", wanted, cookie);
    assertEquals(201, set.statusCode(), set.body());
    LogHold hold = WireJson.read(set.body().getBytes(StandardCharsets.UTF_8), LogHold.class);
    String page = get("/log?lang=en", auditor).body();
    assertTrue(page.contains("監査第12号"), page);
    assertFalse(get("/log?lang=en", clerk).body().contains("log-kept"));
    String kept = get("/api/v1/log/retention", auditor).body();
    assertTrue(kept.contains(hold.hold()) && kept.contains("\"years\":7"), kept);
    String ofSystem = get("/api/v1/log/retention?log=system", auditor).body();
    assertTrue(ofSystem.contains("\"system\"") && !ofSystem.contains(hold.hold()), ofSystem);
    for (String log : List.of("system", "council")) { // not silently of one's own organ
      assertEquals(
          Refusal.ROLE_MISSING, refusal(post("/api/v1/log/holds?log=" + log, wanted, cookie)));
    }
    LogHold lift = new LogHold(hold.hold(), "監査第34号");
    assertEquals(200, post("/api/v1/log/holds/lift", lift, cookie).statusCode());
    assertEquals(Refusal.NOT_FOUND, refusal(post("/api/v1/log/holds/lift", lift, cookie)));
    installation.logs().integrateNow();
    List<String> said =
        installation.logs().page("mayor", null, Long.MAX_VALUE, 200).stream()
            .map(row -> ((LogRow.Intact) row).entry())
            .filter(entry -> entry.type().startsWith("log.hold-"))
            .map(entry -> entry.type() + " " + entry.subject().person())
            .toList();
    assertEquals(List.of("log.hold-lifted " + AUDITOR, "log.hold-set " + AUDITOR), said);
    Retentions retentions = Keeping.of(installation);
    Entry.Subject organ = new Entry.Subject("mayor", null, null, null, null);
    List<Retention.Hold> many =
        IntStream.range(0, Retention.MOST_HOLDS)
            .mapToObj(i -> retentions.hold(organ, "mayor", "監査第" + i + "号").orElseThrow())
            .toList();
    assertEquals(Refusal.HOLDS_FULL, refusal(post("/api/v1/log/holds", wanted, cookie)));
    for (Retention.Hold one : many) {
      assertTrue(retentions.lift(organ, "mayor", one.id(), "監査第34号"));
    }
  }

  /** What belongs to no 機関 concerns each: its auditors read it, nobody else does. */
  @Test
  void theLogOfTheSystemIsForTheAuditorsOfEveryOrgan() throws Exception {
    installation
        .transactions()
        .write(change ->
            change.record(
                Entry.Subject.NONE, new ServiceEvent.StateTampered("authenticator", "k-77")));
    installation.logs().integrateNow();
    for (String auditor : List.of(AUDITOR, COUNCIL_AUDITOR)) {
      Token token = session(auditor);
      String page = get("/log?log=system&lang=en", token).body();
      assertTrue(page.contains("service.state-tampered"), page);
      assertTrue(page.contains("log=system&preset=") || page.contains("log=system&amp;preset="));
      assertTrue(page.contains("/log-sheet?log=system") && !page.contains("hold-form"), page);
      for (String path :
          List.of(
              "/api/v1/log/search?log=system",
              "/api/v1/log/export?log=system",
              "/api/v1/log/export.csv?log=system",
              "/log-sheet?log=system",
              "/log/system/1/tile/entries/000.p/1")) {
        assertEquals(200, get(path, token).statusCode(), path);
      }
    }
    for (String path :
        List.of(
            "/log?log=system",
            "/log-sheet?log=system",
            "/api/v1/log/search?log=system",
            "/api/v1/log/export?log=system",
            "/log/system/1/tile/entries/000.p/1")) {
      assertEquals(403, get(path, session(CLERK)).statusCode(), path);
    }
    Token mayors = session(AUDITOR);
    assertEquals(400, get("/log?log=No%20organ", mayors).statusCode());
    installation.logs().integrateNow();
    String seen = get("/api/v1/log/search?log=mayor&event=log.viewed", mayors).body();
    assertTrue(seen.contains("\"scope\":\"system\""), seen);
  }

  @Test
  void theBundleWithNamesOpensOnlyWithTheCodeOfThePage(@TempDir Path files) throws Exception {
    Token auditor = session(AUDITOR);
    String page = get("/log", auditor).body();
    Matcher shown = Pattern.compile("id=\"names-code\">([^<]+)<").matcher(page);
    assertTrue(shown.find(), page);
    String cookie = SessionCookies.SESSION + "=" + auditor.secret();
    assertEquals(
        Refusal.ROLE_MISSING,
        refusal(
            post(
                "/api/v1/log/export",
                new NamedExport("mayor", shown.group(1)),
                SessionCookies.SESSION + "=" + session(CLERK).secret())));
    for (NamedExport wrong :
        List.of(new NamedExport("mayor", "short"), new NamedExport("system", shown.group(1)))) {
      assertEquals(
          Refusal.INPUT_MALFORMED, refusal(post("/api/v1/log/export", wrong, cookie)), "" + wrong);
    }
    for (String part :
        List.of("person=" + CLERK, "generation=1&person=" + CLERK, "days=3&preset=log-viewing")) {
      assertEquals(
          Refusal.INPUT_MALFORMED,
          refusal(
              post("/api/v1/log/export?" + part, new NamedExport("mayor", shown.group(1)), cookie)),
          "the whole is taken, so no entry may say a part: " + part);
    }
    installation.logs().integrateNow();
    Path zip = files.resolve("named.zip");
    HttpResponse<Path> taken =
        http.send(
            request("/api/v1/log/export", auditor)
                .header("Content-Type", "application/json")
                .header("Origin", installation.config().origin())
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        WireJson.write(new NamedExport("mayor", shown.group(1)))))
                .build(),
            HttpResponse.BodyHandlers.ofFile(zip));
    assertEquals(200, taken.statusCode());
    try (BundleCopy bundle = BundleCopy.open(zip)) {
      String text = SignedNote.parse(bundle.checkpoint()).text();
      byte[] sealed = bundle.names().orElseThrow();
      SealCode code = SealCode.parse(shown.group(1)).orElseThrow();
      NameTable names = SealedNames.open(sealed, code, text).orElseThrow();
      LocalDate day = LocalDate.parse("2026-11-21");
      assertEquals("関 所太郎", names.name(CLERK, day));
      assertEquals("市民課 主事", names.post(CLERK, null, day));
      assertEquals("", names.name(COUNCILLOR, day), "of another organ");
      assertTrue(SealedNames.open(sealed, SealCode.random(), text).isEmpty());
    }
    TrustedKeys keys = new TrustedKeys(installation.logs().verifierKey("mayor"), List.of());
    assertInstanceOf(Verification.Verified.class, new BundleVerifier(keys, true).verify(zip));
    installation.logs().integrateNow();
    String said = get("/api/v1/log/search?log=mayor&event=log.exported", auditor).body();
    assertTrue(said.contains("\"names\":2") && !said.contains(shown.group(1)), said);
  }

  @Test
  void auditorsAreRemindedOfTheMonthsRootSheetUntilItIsMade() throws Exception {
    LogReader reader =
        new LogReader(installation, new EntryIndex(installation.database(), installation.logs()));
    assertTrue(reader.kept("system").sheetDue());
    assertEquals(200, get("/log-sheet", session(AUDITOR)).statusCode());
    installation.logs().integrateNow();
    assertFalse(reader.kept("mayor").sheetDue());
    assertFalse(get("/log", session(AUDITOR)).body().contains("sheet-due"));
  }
}
