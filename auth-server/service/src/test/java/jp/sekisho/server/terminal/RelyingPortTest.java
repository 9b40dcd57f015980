package jp.sekisho.server.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingAnswer;
import jp.sekisho.protocol.RelyingAsk;
import jp.sekisho.protocol.RelyingEvents;
import jp.sekisho.protocol.RelyingEventsMissing;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.RelyingRecord;
import jp.sekisho.protocol.RelyingRecords;
import jp.sekisho.protocol.RelyingRecordsTaken;
import jp.sekisho.protocol.RelyingSessions;
import jp.sekisho.protocol.RelyingSessionsEnded;
import jp.sekisho.protocol.RelyingTerminal;
import jp.sekisho.protocol.RelyingTerminalAsk;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.RelyingEvent;
import jp.sekisho.server.listener.DeviceCa;
import jp.sekisho.server.person.PersonImport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.LoggerFactory;

/**
 * The routes of relying services, over TLS with their certificates.
 *
 * <p>Over 400 lines, for one start of the service serves them all.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelyingPortTest {
  private static final String ASK = "/agent/v1/services/transactions";
  private static final String ENDED = "/agent/v1/services/sessions/ended";
  private static final String SSO = "https://sso.city.example";

  private RunningServer server;
  private RelyingServices services;
  private Agent keycloak;
  private Agent terminal;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.start();
    services = server.context.getBean(RelyingServices.class);
    keycloak = certified("keycloak", SSO);
    terminal = server.active("T-0003");
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  private Agent certified(String name, String origin) throws Exception {
    return server.service(name, "city", origin);
  }

  private static RelyingAsk ask(String realm) {
    return new RelyingAsk(realm, "groupware", "sid", "127.0.0.1", null);
  }

  private static Refusal refused(Agent caller, String path, Object body) throws Exception {
    return Agent.refusal(caller.post(path, body));
  }

  private static RelyingQuestion asked(Agent service) throws Exception {
    HttpResponse<byte[]> answer = service.post(ASK, ask("city"));
    assertEquals(201, answer.statusCode());
    return WireJson.read(answer.body(), RelyingQuestion.class);
  }

  @Test
  void aServiceAsksAndATerminalFetchesTheQuestionWithTheServicesOrigin() throws Exception {
    RelyingQuestion question = asked(keycloak);
    HttpResponse<byte[]> fetched =
        terminal.send(
            "POST", "/agent/v1/transactions/" + question.transaction() + "/fetch", new byte[0]);
    assertEquals(200, fetched.statusCode());
    assertEquals(SSO, WireJson.read(fetched.body(), TransactionDetails.class).origin());
  }

  @Test
  void terminalsHearOfTheOriginsOfActiveServices() throws Exception {
    HttpResponse<byte[]> answer = terminal.heartbeat(null);
    List<String> origins = WireJson.read(answer.body(), HeartbeatReply.class).origins();
    assertTrue(origins.contains(SSO), origins.toString());
    assertTrue(origins.containsAll(server.settings.originTexts()), origins.toString());
    certified("former", "https://former.city.example");
    assertTrue(services.revoke("former"));
    assertFalse(
        WireJson.read(terminal.heartbeat(null).body(), HeartbeatReply.class)
            .origins()
            .contains("https://former.city.example"));
  }

  @Test
  void anotherRealmIsRefusedAndLogged() throws Exception {
    assertEquals(Refusal.SERVICE_REALM, refused(keycloak, ASK, ask("master")));
    assertEquals(Refusal.SERVICE_REALM, refused(keycloak, ENDED, new RelyingSessions("master", 0)));
    server.awaitEntry("system", "relying.refused SERVICE_REALM");
  }

  @Test
  void anAnswerThatIsNoneIsRefused() throws Exception {
    RelyingQuestion question = asked(keycloak);
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refused(
            keycloak,
            ASK + "/" + question.transaction() + "/answer",
            new RelyingAnswer("city", "groupware", "sid", question.secret(), "garbage")));
    assertEquals(
        Refusal.INPUT_MALFORMED, Agent.refusal(keycloak.send("POST", ASK, "{}".getBytes(UTF_8))));
  }

  @Test
  void aBodyThatIsNoneIsRefusedOnEveryRouteAndLeavesNoStackTraceInTheServicesLog()
      throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try {
      for (String route :
          List.of(
              ASK,
              ASK + "/AAAAAAAAAAAAAAAAAAAAAA/answer",
              ENDED,
              EVENTS,
              EVENTS + "/held",
              "/agent/v1/services/terminals/state")) {
        for (String body : List.of("{}", "[]", "garbage", "")) {
          assertEquals(
              Refusal.INPUT_MALFORMED,
              Agent.refusal(keycloak.send("POST", route, body.getBytes(UTF_8))),
              route + " " + body);
        }
      }
    } finally {
      root.detachAppender(log);
    }
    assertEquals(
        List.of(),
        List.copyOf(log.list).stream()
            .filter(event -> event.getThrowableProxy() != null)
            .map(ILoggingEvent::getFormattedMessage)
            .toList());
  }

  @Test
  void anAddressThatIsANameIsRefusedAndNotLookedUp() throws Exception {
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refused(keycloak, ASK, new RelyingAsk("city", "groupware", "sid", "localhost", null)));
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refused(keycloak, ASK, new RelyingAsk("city", "two words", "sid", "127.0.0.1", null)));
  }

  @Test
  void endedSessionsAreListedWithTheServicesClock() throws Exception {
    HttpResponse<byte[]> answer = keycloak.post(ENDED, new RelyingSessions("city", 0));
    assertEquals(200, answer.statusCode());
    RelyingSessionsEnded ended = WireJson.read(answer.body(), RelyingSessionsEnded.class);
    assertTrue(Math.abs(server.clock.millis() - ended.now()) < 60_000, "" + ended.now());
    assertEquals(List.of(), ended.ended());
  }

  @Test
  void neitherSideMayCallTheOthersRoutes() throws Exception {
    assertEquals(Refusal.DEVICE_CERT_FOREIGN, refused(terminal, ASK, ask("city")));
    for (String route :
        List.of(
            "/agent/v1/events",
            "/agent/v1/heartbeat",
            "/agent/v1/renew",
            "/agent/v1/transactions/AAAAAAAAAAAAAAAAAAAAAA/fetch")) {
      assertEquals(Refusal.DEVICE_CERT_FOREIGN, refused(keycloak, route, ask("city")), route);
    }
    assertEquals(Refusal.NOT_FOUND, refused(keycloak, "/agent/v1/services", ask("city")));
    assertEquals(
        Refusal.DEVICE_CERT_MISSING, refused(Agent.stranger(server, "x"), ASK, ask("city")));
  }

  @Test
  void aNewCertificateReplacesTheOldOneAtOnceAndARevokedServiceIsRefused() throws Exception {
    Agent before = certified("batch", "https://batch.city.example");
    asked(before);
    Agent after = certified("batch", "https://batch.city.example");
    assertEquals(Refusal.DEVICE_CERT_FOREIGN, refused(before, ASK, ask("city")));
    asked(after);
    assertTrue(services.revoke("batch"));
    assertFalse(services.revoke("batch"));
    assertEquals(Refusal.SERVICE_REVOKED, refused(after, ASK, ask("city")));
    server.awaitEntry("system", "relying.refused SERVICE_REVOKED");
    assertTrue(server.entries("system").contains("relying.revoked"));
  }

  @Test
  void aCertificateThatExpiredByTheServicesClockIsRefused() throws Exception {
    Agent key = Agent.stranger(server, "expired");
    assertInstanceOf(
        RelyingServices.Outcome.Certified.class,
        services.certify("expired", "city", SSO, key.csr()));
    Agent late =
        key.showing(
            new DeviceCa(server.keys.deviceCa())
                .issueForService(
                    "expired",
                    key.pair.getPublic(),
                    server.clock.instant().minus(DeviceCa.LIFE).minus(Duration.ofDays(1))));
    assertEquals(Refusal.DEVICE_CERT_EXPIRED, refused(late, ASK, ask("city")));
  }

  @Test
  void aRowEditedBehindTheServicesBackIsNotBelieved() throws Exception {
    Agent edited = certified("edited", "https://edited.city.example");
    server
        .installation
        .transactions()
        .write(change -> {
          change
              .handle()
              .execute(
                  "update relying_service set origin = 'https://evil.example'"
                      + " where name = 'edited'");
          return change.record(Entry.Subject.NONE, new RelyingEvent.Revoked("edited"));
        });
    assertEquals(Refusal.STATE_TAMPERED, refused(edited, ASK, ask("city")));
    assertFalse(services.origins().contains("https://evil.example"));
    server.awaitEntry("system", "service.state-tampered STATE_TAMPERED");
  }

  @Test
  void whatIsNoServiceIsNotRegistered() {
    String csr = keycloak.csr();
    assertEquals(
        new RelyingServices.Outcome.Refused(RelyingServices.Why.BAD_NAME),
        services.certify("Key Cloak", "city", SSO, csr));
    assertEquals(
        new RelyingServices.Outcome.Refused(RelyingServices.Why.BAD_REALM),
        services.certify("other", "the city", SSO, csr));
    for (String origin :
        List.of("https://sso.city.example/", "http://sso.city.example", "null", "https://a b")) {
      assertEquals(
          new RelyingServices.Outcome.Refused(RelyingServices.Why.BAD_ORIGIN),
          services.certify("other", "city", origin, csr),
          origin);
    }
    assertEquals(
        new RelyingServices.Outcome.Refused(RelyingServices.Why.BAD_REQUEST),
        services.certify("other", "city", SSO, csr.substring(4)));
  }

  private static final String EVENTS = "/agent/v1/services/events";
  private static final String SPOOL = Base64Url.encode(new byte[16]);

  private static String record(String spool, long seq, String prev, String id) {
    return new RelyingRecord(
            spool, seq, prev, id, 7, "city", "LOGIN", false, null, "S-1", null, null, null, null,
            null)
        .text();
  }

  private static long taken(Agent service, String spool, String... records) throws Exception {
    HttpResponse<byte[]> answer =
        service.post(EVENTS, new RelyingRecords("city", spool, List.of(records)));
    assertEquals(200, answer.statusCode());
    return WireJson.read(answer.body(), RelyingRecordsTaken.class).seq();
  }

  private long count(String entry) {
    return server.entries("system").stream().filter(entry::equals).count();
  }

  @Test
  void eventsOfASpoolAreTakenOnceHowOftenTheyAreSentAndAForkOrGapIsRefused() throws Exception {
    Agent service = certified("reporter", "https://reporter.city.example");
    long before = count("relying.reported");
    long began = count("relying.reports-began");
    String first = record(SPOOL, 1, RelyingRecord.GENESIS, "a");
    String second = record(SPOOL, 2, RelyingRecord.hash(first), "b");
    String third = record(SPOOL, 3, RelyingRecord.hash(second), "c");
    assertEquals(0, taken(service, SPOOL), "a sign of life");
    assertEquals(2, taken(service, SPOOL, first, second));
    assertEquals(2, taken(service, SPOOL, first, second));
    assertEquals(2, taken(service, SPOOL, first));
    assertEquals(3, taken(service, SPOOL, second, third));
    assertEquals(3, taken(service, SPOOL));
    assertEquals(before + 3, count("relying.reported"), "each once");
    String fork = record(SPOOL, 3, RelyingRecord.hash(second), "d");
    String skipped = record(SPOOL, 2, RelyingRecord.hash(first), "never-seen");
    String past = record(SPOOL, 4, RelyingRecord.hash(second), "d");
    String gap = record(SPOOL, 5, RelyingRecord.hash(third), "d");
    for (var wrong :
        Map.of(
                List.of(fork), Refusal.EVENT_FORK,
                List.of(past), Refusal.EVENT_FORK,
                List.of(skipped), Refusal.EVENT_FORK,
                List.of(first, skipped), Refusal.EVENT_FORK,
                List.of(gap), Refusal.EVENT_GAP,
                List.of(first, third), Refusal.EVENT_INVALID,
                List.of("{}"), Refusal.EVENT_INVALID)
            .entrySet()) {
      assertEquals(
          wrong.getValue(),
          refused(service, EVENTS, new RelyingRecords("city", SPOOL, wrong.getKey())));
    }
    assertEquals(
        Refusal.SERVICE_REALM,
        refused(service, EVENTS, new RelyingRecords("master", SPOOL, List.of())));
    server.awaitEntry("system", "relying.refused EVENT_FORK");

    String other = Base64Url.encode(new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    assertEquals(
        1,
        taken(service, other, record(other, 1, RelyingRecord.GENESIS, "c")),
        "a new spool begins with its first record");
    assertEquals(began + 2, count("relying.reports-began"));
    assertEquals(
        Refusal.EVENT_GAP,
        refused(service, EVENTS, new RelyingRecords("city", SPOOL, List.of(gap))),
        "the old one is over");
  }

  /** The log of the system is read by every organ's auditors: an assembly's staff is not in it. */
  @Test
  void whatIsReportedOfAnOrgansStaffStandsInThatOrgansLogOnly() throws Exception {
    server
        .installation
        .database()
        .writer()
        .write(h -> h.execute("insert into organ (id, name) values ('education', '教育委員会')"));
    String person =
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        E7001,関 花子,education,K01,総務課,主事,2020-04-01,2099-03-31,
        """;
    assertInstanceOf(
        PersonImport.Outcome.Done.class,
        new PersonImport(
                server.installation.transactions(),
                server.installation.seal(),
                _ -> 1,
                server.installation.clock())
            .run(person.getBytes(StandardCharsets.UTF_8), false));
    Agent service = certified("organs", "https://organs.city.example");
    String first = record(SPOOL, 1, RelyingRecord.GENESIS, "a").replace("S-1", "E7001");
    String second = record(SPOOL, 2, RelyingRecord.hash(first), "b");
    long before = count("relying.reported");
    assertEquals(2, taken(service, SPOOL, first, second));
    assertEquals(before + 1, count("relying.reported"), "of somebody who is not known here");
    assertEquals(
        1, server.entries("education").stream().filter("relying.reported"::equals).count());
    assertTrue(server.texts("education").getFirst().contains("\"person\":\"E7001\""));
    assertTrue(server.texts("system").stream().noneMatch(entry -> entry.contains("E7001")));
  }

  /** R16: an administrator of Keycloak can give a client or a role any name. */
  @Test
  void aNameThatMayHoldAnIndividualNumberIsWithheldAndAUuidIsNot() throws Exception {
    Agent service = certified("namer", "https://namer.city.example");
    String uuid = "8d0b6a52-4f1c-4a77-9c52-123456789018";
    String first =
        new RelyingRecord(
                SPOOL,
                1,
                RelyingRecord.GENESIS,
                "a",
                7,
                "city",
                "ADMIN UPDATE CLIENT",
                false,
                uuid,
                "S-1",
                "123456789018",
                null,
                null,
                "roles/1234-5678-9018",
                null)
            .text();
    String id = record(SPOOL, 2, RelyingRecord.hash(first), "123456789018");
    assertEquals(1, taken(service, SPOOL, first));
    String logged =
        server.texts("system").stream()
            .filter(entry -> entry.contains("\"kind\":\"ADMIN UPDATE CLIENT\""))
            .findFirst()
            .orElseThrow();
    assertTrue(logged.contains("\"client\":\"withheld\""), logged);
    assertTrue(logged.contains("\"what\":\"withheld\""), logged);
    assertTrue(logged.contains("\"user\":\"" + uuid + "\""), logged);
    assertEquals(
        Refusal.EVENT_INVALID,
        refused(service, EVENTS, new RelyingRecords("city", SPOOL, List.of(id))));
  }

  @Test
  void theLogSaysWhichEventsOfAStoreItHasNot() throws Exception {
    Agent service = certified("comparer", "https://comparer.city.example");
    assertEquals(1, taken(service, SPOOL, record(SPOOL, 1, RelyingRecord.GENESIS, "held")));
    HttpResponse<byte[]> answer =
        service.post(EVENTS + "/held", new RelyingEvents("city", List.of("held", "lost")));
    assertEquals(
        List.of("lost"), WireJson.read(answer.body(), RelyingEventsMissing.class).missing());
    Agent another = certified("another", "https://another.city.example");
    answer = another.post(EVENTS + "/held", new RelyingEvents("city", List.of("held")));
    assertEquals(
        List.of("held"),
        WireJson.read(answer.body(), RelyingEventsMissing.class).missing(),
        "of its own only");
  }

  @Test
  void aServiceThatReportedOrAsksAndThenIsMutedIsAnAlarmOnceAndItsReturnIsSaid() throws Exception {
    RelyingSigns signs = server.context.getBean(RelyingSigns.class);
    Agent muted = certified("muted", "https://muted.city.example");
    assertEquals(0, taken(muted, SPOOL));
    Agent neverReports = certified("never", "https://never.city.example");
    asked(neverReports);
    Agent _ = certified("unused", "https://unused.city.example");
    signs.sweep();
    long before = count("relying.silent");
    long returned = count("relying.returned");
    for (int i = 0; i < 4; i++) {
      server.clock.forward(Duration.ofSeconds(20));
      signs.sweep();
    }
    assertEquals(before, count("relying.silent"), "not yet");
    for (int i = 0; i < 4; i++) {
      server.clock.forward(Duration.ofSeconds(20));
      assertEquals(0, taken(neverReports, SPOOL));
      signs.sweep();
    }
    // Other tests' services fall silent, too.
    assertEquals(List.of(1L, 0L, 0L), List.of(silent("muted"), silent("never"), silent("unused")));
    assertEquals(returned, count("relying.returned"));
    assertEquals(1, taken(muted, SPOOL, record(SPOOL, 1, RelyingRecord.GENESIS, "after")));
    assertEquals(returned + 1, count("relying.returned"));
  }

  private long silent(String service) {
    return server.texts("system").stream()
        .filter(entry -> entry.contains("\"relying.silent\"") && entry.contains("\"" + service))
        .count();
  }

  @Test
  void theStateOfATerminalIsToldForAnOpenSessionOnly() throws Exception {
    HttpResponse<byte[]> answer =
        keycloak.post(
            "/agent/v1/services/terminals/state",
            new RelyingTerminalAsk("city", "no-such", "127.0.0.1"));
    assertEquals(
        new RelyingTerminal("city", "no-such", "none"),
        WireJson.read(answer.body(), RelyingTerminal.class));
    assertEquals(
        Refusal.SERVICE_REALM,
        refused(
            keycloak,
            "/agent/v1/services/terminals/state",
            new RelyingTerminalAsk("master", "sid", "127.0.0.1")));
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refused(
            keycloak,
            "/agent/v1/services/terminals/state",
            new RelyingTerminalAsk("city", "sid", "localhost")));
  }

  @Test
  void aPasskeyIsAskedOnOurOwnPageAndGoesBackToTheRegisteredOriginOnly() throws Exception {
    for (String back :
        List.of("https://evil.example/", SSO, SSO + ".evil.example/", SSO + "/a b", "/", "")) {
      assertEquals(
          Refusal.INPUT_MALFORMED,
          refused(keycloak, ASK, new RelyingAsk("city", "mobile", "sid", "127.0.0.1", back)),
          back);
    }
    String back = SSO + "/realms/city/login-actions/authenticate?session_code=x&tab_id=y";
    HttpResponse<byte[]> answer =
        keycloak.post(ASK, new RelyingAsk("city", "mobile", "sid", "127.0.0.1", back));
    RelyingQuestion question = WireJson.read(answer.body(), RelyingQuestion.class);
    String own = server.settings.originTexts().getFirst();
    assertEquals(own + "/relying/" + question.transaction(), question.page());
    HttpResponse<byte[]> fetched =
        terminal.send(
            "POST", "/agent/v1/transactions/" + question.transaction() + "/fetch", new byte[0]);
    assertEquals(own, WireJson.read(fetched.body(), TransactionDetails.class).origin());
    HttpResponse<String> page = page(String.valueOf(question.page()));
    assertEquals(200, page.statusCode());
    assertTrue(page.body().contains("action=\"" + back.replace("&", "&amp;") + "\""), page.body());
    String csp = page.headers().firstValue("Content-Security-Policy").orElse("");
    assertTrue(csp.contains("script-src 'nonce-") && !csp.contains("form-action"), csp);
    assertEquals(410, page(own + "/relying/AAAAAAAAAAAAAAAAAAAAAA").statusCode());
    assertEquals(null, asked(keycloak).page(), "a card is asked on the service's own page");
  }

  private static HttpResponse<String> page(String url) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
