package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingAnswer;
import jp.sekisho.protocol.RelyingAsk;
import jp.sekisho.protocol.RelyingQuestion;
import jp.sekisho.protocol.RelyingSessions;
import jp.sekisho.protocol.RelyingSessionsEnded;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.listener.DeviceCa;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The routes of relying services, over TLS with their certificates. */
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
    Agent key = Agent.stranger(server, name);
    return key.showing(
        assertInstanceOf(
                RelyingServices.Outcome.Certified.class,
                services.certify(name, "city", origin, key.csr()))
            .certificate());
  }

  private static RelyingAsk ask(String realm) {
    return new RelyingAsk(realm, "groupware", "sid", "127.0.0.1");
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
        Refusal.INPUT_MALFORMED,
        Agent.refusal(
            keycloak.send("POST", ASK, "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))));
  }

  @Test
  void anAddressThatIsANameIsRefusedAndNotLookedUp() throws Exception {
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refused(keycloak, ASK, new RelyingAsk("city", "groupware", "sid", "localhost")));
    assertEquals(
        Refusal.INPUT_MALFORMED,
        refused(keycloak, ASK, new RelyingAsk("city", "two words", "sid", "127.0.0.1")));
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
          return change.record(
              jp.sekisho.protocol.event.Entry.Subject.NONE,
              new jp.sekisho.protocol.event.RelyingEvent.Revoked("edited"));
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
}
