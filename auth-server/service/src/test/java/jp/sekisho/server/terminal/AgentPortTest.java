package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.web.router.Router;
import io.micronaut.web.router.UriRouteInfo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.net.ssl.SSLHandshakeException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.listener.DeviceCa;
import jp.sekisho.server.listener.ServerKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgentPortTest {
  private static final Set<String> OPEN_TO_PENDING =
      Set.of("POST /agent/v1/events", "POST /agent/v1/heartbeat");
  private static final String ENROLL = "POST /agent/v1/enroll";
  private static final String RENEW = "POST /agent/v1/renew";

  private RunningServer server;
  private Set<String> routes;
  private Agent stranger;
  private Agent pending;
  private Agent active;
  private Agent revoked;
  private X509Certificate soonExpired;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.start();
    routes = new TreeSet<>();
    server
        .context
        .getBean(Router.class)
        .uriRoutes()
        .forEach(route -> routes.add(route.getHttpMethodName() + " " + path(route)));
    // What no controller has yet, or never will.
    routes.add("POST /agent/v1/transactions/AAAAAAAAAAAAAAAAAAAAAA/fetch");
    routes.add("POST /agent/v1/enroll/");
    routes.add("POST /agent/v1/%65nroll");
    routes.add("POST /agent/v1/../v1/enroll");
    routes.add("POST //agent/v1/enroll");
    routes.add("GET /agent/v1/heartbeat");
    routes.add("POST /");
    stranger = Agent.stranger(server, "T-0001");
    pending = server.enrolled("T-0002");
    active = server.active("T-0003");
    revoked = server.active("T-0004");
    assertEquals(
        Registration.Outcome.DONE, server.context.getBean(Registration.class).revoke("T-0004"));
    soonExpired = DeviceCa.parse(server.row("T-0003").certificate());
  }

  @AfterAll
  void stop() throws Exception {
    server.close();
  }

  private static String path(UriRouteInfo<?, ?> route) {
    return route.getUriMatchTemplate().toPathString().replaceAll("\\{[^}]*}", "x");
  }

  @Test
  void everyRouteOfTheRouterIsAmongThoseTried() {
    assertTrue(
        routes.containsAll(
            List.of(
                ENROLL,
                RENEW,
                "POST /agent/v1/events",
                "POST /agent/v1/heartbeat",
                "POST /agent/v1/probe",
                "GET /probe/page")),
        routes.toString());
  }

  /** Each route must answer {@code refusal} to {@code caller}, except the routes named. */
  private void refusesAll(Agent caller, Refusal refusal, Set<String> except) throws Exception {
    for (String route : routes) {
      if (!route.equals(ENROLL) && !except.contains(route)) {
        assertEquals(refusal, call(caller, route), route);
      }
    }
    // Open to strangers, hence to everybody: judged by its ticket alone.
    assertEquals(Refusal.INPUT_MALFORMED, call(caller, ENROLL));
  }

  private static Refusal call(Agent caller, String route) throws Exception {
    String[] parts = route.split(" ", 2);
    HttpResponse<byte[]> answer = caller.send(parts[0], parts[1], new byte[0]);
    if (parts[0].equals("HEAD")) {
      // Without a body: the same path by GET must say the same with one.
      Refusal same = call(caller, "GET " + parts[1]);
      assertEquals(same.httpStatus(), answer.statusCode(), route);
      return same;
    }
    return Agent.refusal(answer);
  }

  @Test
  void withoutCertificateOnlyEnrollIsOpen() throws Exception {
    refusesAll(stranger, Refusal.DEVICE_CERT_MISSING, Set.of());
    assertTrue(server.strangers.contains(Refusal.DEVICE_CERT_MISSING));
  }

  @Test
  void certificateOfAnotherDeviceCaIsForeign(@TempDir Path dir) throws Exception {
    ServerKeys others =
        ServerKeys.createAll(dir.resolve("keys"), List.of("localhost"), InstantSource.system());
    X509Certificate forged =
        new DeviceCa(others.deviceCa()).issue("T-0003", active.pair.getPublic(), Instant.now());
    refusesAll(active.showing(forged), Refusal.DEVICE_CERT_FOREIGN, Set.of());
  }

  @Test
  void selfSignedCertificateIsForeign(@TempDir Path dir) throws Exception {
    ServerKeys others =
        ServerKeys.createAll(dir.resolve("keys"), List.of("localhost"), InstantSource.system());
    KeyPair pair =
        new KeyPair(others.deviceCa().certificate().getPublicKey(), others.deviceCa().key());
    HttpClient client =
        Agent.client(
            server, pair.getPrivate(), List.of(others.deviceCa().certificate()), "TLSv1.3");
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(uri("/agent/v1/heartbeat"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(Refusal.DEVICE_CERT_FOREIGN, Agent.refusal(answer));
  }

  @Test
  void serverCertificateOfOurOwnIsNoDeviceCertificate() throws Exception {
    HttpClient client =
        Agent.client(
            server,
            server.keys.serverTls().key(),
            List.of(server.keys.serverTls().certificate()),
            "TLSv1.3");
    HttpResponse<byte[]> answer =
        client.send(
            HttpRequest.newBuilder(uri("/agent/v1/heartbeat"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(Refusal.DEVICE_CERT_FOREIGN, Agent.refusal(answer));
  }

  @Test
  void genuineCertificateForAnotherKeyThanTheRegisteredOneIsForeign() throws Exception {
    X509Certificate other =
        new DeviceCa(server.keys.deviceCa())
            .issue("T-0003", stranger.pair.getPublic(), server.clock.instant());
    refusesAll(stranger.showing(other), Refusal.DEVICE_CERT_FOREIGN, Set.of());
  }

  @Test
  void genuineCertificateOfAnUnknownTerminalIsForeign() throws Exception {
    X509Certificate other =
        new DeviceCa(server.keys.deviceCa())
            .issue("T-9999", stranger.pair.getPublic(), server.clock.instant());
    refusesAll(stranger.showing(other), Refusal.DEVICE_CERT_FOREIGN, Set.of());
  }

  @Test
  void revokedTerminalIsRefusedEverywhere() throws Exception {
    refusesAll(revoked, Refusal.TERMINAL_REVOKED, Set.of());
    assertTrue(server.entries("mayor").contains("terminal.refused TERMINAL_REVOKED"));
  }

  @Test
  void pendingTerminalMayOnlySendHeartbeatsAndRecords() throws Exception {
    for (String route : routes) {
      if (route.startsWith("HEAD /agent/")) {
        // The router adds HEAD to each GET; the table does not.
        byte[] none = new byte[0];
        assertEquals(404, pending.send("HEAD", route.substring(5), none).statusCode(), route);
        continue;
      }
      Refusal expected = Refusal.NOT_FOUND;
      if (route.equals(ENROLL) || OPEN_TO_PENDING.contains(route)) {
        expected = Refusal.INPUT_MALFORMED; // passed the guard: the body is empty
      } else if (route.startsWith("POST /agent/v1/services/") && !route.contains("/x/")) {
        expected = Refusal.DEVICE_CERT_FOREIGN;
      } else if (route.equals(RENEW)
          || route.endsWith("/fetch")
          || route.equals("GET /agent/v1/policy")
          || route.equals("GET /agent/v1/card-trust")
          || route.equals("GET /agent/v1/grants")
          || route.equals("GET /agent/v1/logins")) {
        expected = Refusal.TERMINAL_PENDING;
      }
      if (!route.contains("{") && !route.contains("/x/fetch")) {
        assertEquals(expected, call(pending, route), route);
      }
    }
  }

  @Test
  void routeThatIsNotInTheTableIsClosedEvenToAnActiveTerminal() throws Exception {
    assertEquals(Refusal.NOT_FOUND, call(active, "POST /agent/v1/probe"));
    assertEquals(Refusal.NOT_FOUND, call(active, "GET /agent/v1/probe"));
  }

  @Test
  void peoplesRoutesDoNotExistOnTheAgentsPort() throws Exception {
    for (String route : routes) {
      if (!route.contains("/agent/")) {
        assertEquals(Refusal.NOT_FOUND, call(active, route), route);
      }
    }
  }

  @Test
  void agentsRoutesDoNotExistOnThePeoplesPort() throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      String origin = server.settings.originTexts().get(0);
      for (String route : routes) {
        if (route.contains("agent/v1") && !route.contains("..") && !route.startsWith("HEAD")) {
          String[] parts = route.split(" ", 2);
          HttpResponse<byte[]> answer =
              client.send(
                  HttpRequest.newBuilder(URI.create(origin + parts[1]))
                      .header("Origin", origin)
                      .method(parts[0], HttpRequest.BodyPublishers.ofString("{}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofByteArray());
          assertEquals(Refusal.NOT_FOUND, Agent.refusal(answer), route);
        }
      }
    }
  }

  @Test
  void certificateExpiredByTheServicesClockRenewsForThirtyDaysAndDoesNothingElse()
      throws Exception {
    try (RunningServer later = RunningServer.start()) {
      Agent agent = later.active("T-0010");
      later.clock.forward(DeviceCa.LIFE.plusDays(1));
      for (String route : routes) {
        if (!route.equals(RENEW) && !route.equals(ENROLL)) {
          assertEquals(Refusal.DEVICE_CERT_EXPIRED, call(agent, route), route);
        }
      }
      assertEquals(Refusal.INPUT_MALFORMED, call(agent, RENEW));
      later.clock.forward(Duration.ofDays(30));
      for (String route : routes) {
        if (!route.equals(ENROLL)) {
          assertEquals(Refusal.DEVICE_CERT_EXPIRED, call(agent, route), route);
        }
      }
    }
  }

  @Test
  void certificateThatIsNotYetValidIsRefused() throws Exception {
    X509Certificate early =
        new DeviceCa(server.keys.deviceCa())
            .issue(
                "T-0003", active.pair.getPublic(), server.clock.instant().plus(Duration.ofDays(1)));
    assertEquals(
        Refusal.DEVICE_CERT_EXPIRED, call(active.showing(early), "POST /agent/v1/heartbeat"));
  }

  @Test
  void refusalsOfOneTerminalAreLoggedOncePerMinute() throws Exception {
    try (RunningServer quiet = RunningServer.start()) {
      Agent agent = quiet.enrolled("T-0011");
      for (int i = 0; i < 5; i++) {
        assertEquals(Refusal.TERMINAL_PENDING, call(agent, RENEW));
      }
      assertEquals(1, count(quiet, "terminal.refused TERMINAL_PENDING"));
      quiet.clock.forward(Duration.ofMinutes(1));
      assertEquals(Refusal.TERMINAL_PENDING, call(agent, RENEW));
      assertEquals(2, count(quiet, "terminal.refused TERMINAL_PENDING"));
    }
  }

  private static long count(RunningServer server, String entry) {
    return server.entries("mayor").stream().filter(entry::equals).count();
  }

  @Test
  void tls12IsRefused() {
    HttpClient client =
        Agent.client(server, active.pair.getPrivate(), List.of(soonExpired), "TLSv1.2");
    assertThrows(
        SSLHandshakeException.class,
        () ->
            client.send(
                HttpRequest.newBuilder(uri("/agent/v1/heartbeat"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build(),
                HttpResponse.BodyHandlers.ofByteArray()));
  }

  @Test
  void bodyOverTheRoutesLimitIsRefusedByItsDeclaredLength() throws Exception {
    byte[] large = new byte[64 * 1024 + 1];
    assertEquals(
        Refusal.INPUT_TOO_LARGE, Agent.refusal(active.send("POST", "/agent/v1/heartbeat", large)));
    byte[] huge = new byte[(1 << 20) + 1];
    assertEquals(
        Refusal.INPUT_TOO_LARGE, Agent.refusal(active.send("POST", "/agent/v1/events", huge)));
  }

  @Test
  void tamperedRowIsRefusedAndLogged() throws Exception {
    try (RunningServer tampered = RunningServer.start()) {
      Agent agent = tampered.enrolled("T-0012");
      int _ =
          tampered
              .installation
              .database()
              .writer()
              .sequence(handle ->
                  handle.execute("update terminal set state = 'active' where id = 'T-0012'"));
      assertEquals(Refusal.STATE_TAMPERED, Agent.refusal(agent.heartbeat(null)));
      tampered.awaitEntry("system", "service.state-tampered STATE_TAMPERED");
    }
  }

  @Test
  void keysStayOutOfTexts() {
    assertFalse(server.keys.toString().contains("PRIVATE"));
    assertFalse(server.keys.deviceCa().toString().contains("key=E"));
    assertEquals(
        Set.of("ServerKeys[***]"),
        Set.of(server.keys).stream().map(Object::toString).collect(Collectors.toSet()));
  }

  @Test
  void badKeyFileEndsTheServiceBeforeAPortOpens(@TempDir Path dir) throws Exception {
    Path keys = dir.resolve("keys");
    ServerKeys _ = ServerKeys.createAll(keys, List.of("localhost"), InstantSource.system());
    Files.writeString(keys.resolve("device-ca.crt"), "no certificate", StandardCharsets.UTF_8);
    assertThrows(
        java.security.GeneralSecurityException.class,
        () -> ServerKeys.load(keys, List.of("localhost"), InstantSource.system()));
  }

  private URI uri(String path) {
    return URI.create("https://localhost:" + server.settings.agentsPort() + path);
  }
}
