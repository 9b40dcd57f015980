package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RelyingSessionEnd;
import jp.sekisho.protocol.RelyingSessionsEnded;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakUriInfo;
import org.keycloak.models.TokenManager;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionProvider;
import org.keycloak.urls.HostnameProvider;
import org.keycloak.urls.UrlType;

/** What becomes of Keycloak's sessions, online and offline, when the service says they ended. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EndedSessionsTest {
  private static final UserModel HANAKO =
      Fake.of(UserModel.class, Map.of("getId", "hanako-id", "getUsername", "hanako"));

  private FakeService service;
  private HttpServer applications;
  private final LinkedBlockingQueue<String> called = new LinkedBlockingQueue<>();
  private FakeKeycloak keycloak;
  private final Map<String, UserSessionModel> online = new HashMap<>();
  private final Map<String, UserSessionModel> offline = new HashMap<>();
  private final List<Event> events = new ArrayList<>();
  private final LinkedBlockingQueue<Event> failures = new LinkedBlockingQueue<>();
  private EndedSessions ended;

  @BeforeAll
  void serve() throws Exception {
    service = new FakeService();
    applications = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    applications.createContext(
        "/",
        exchange -> {
          try (exchange) {
            called.add(exchange.getRequestURI().getPath());
            exchange.sendResponseHeaders(200, -1);
          }
        });
    applications.start();
  }

  @AfterAll
  void stop() {
    service.close();
    applications.stop(0);
  }

  @BeforeEach
  void open() throws Exception {
    online.clear();
    offline.clear();
    called.clear();
    events.clear();
    failures.clear();
    keycloak = new FakeKeycloak();
    Map<String, @Nullable Object> tokens = new HashMap<>();
    tokens.put("initLogoutToken", null);
    tokens.put("encode", "token");
    keycloak.session.put("tokens", Fake.of(TokenManager.class, tokens));
    keycloak.session.put(
        "sessions",
        Fake.of(
            UserSessionProvider.class,
            Map.of(
                "getUserSession", (Fake.Answer) asked -> online.get(asked[1]),
                "getOfflineUserSession", (Fake.Answer) asked -> offline.get(asked[1]),
                "removeUserSession", (Fake.Answer) asked -> gone(online, asked[1]),
                "removeOfflineUserSession", (Fake.Answer) asked -> gone(offline, asked[1]))));
    hostname(URI.create("https://sso.city.example/"));
    ended =
        new EndedSessions(
            keycloak.jobs(),
            service.client(),
            new LogoutCalls(keycloak.jobs(), List.of(), event -> failures.add(event.getEvent())),
            event -> events.add(event.getEvent()));
  }

  @AfterEach
  void close() {
    ended.close();
  }

  private static @Nullable Object gone(Map<String, UserSessionModel> from, Object session) {
    return from.remove(((UserSessionModel) session).getId()) == null ? failed() : null;
  }

  private static Object failed() {
    throw new AssertionError("no such session");
  }

  /** {@code base}: null where Keycloak would have to see a request to know. */
  private void hostname(@Nullable URI base) {
    keycloak.providers.put(
        HostnameProvider.class,
        Fake.of(
            HostnameProvider.class,
            Map.of(
                "getBaseUri",
                (Fake.Answer)
                    asked -> {
                      if (base == null) {
                        throw new IllegalStateException("RequestScoped context was not active");
                      }
                      return base;
                    })));
    keycloak.context.put(
        "getUri",
        (Fake.Answer) asked -> new KeycloakUriInfo(keycloak.session(), UrlType.FRONTEND, null));
  }

  private UserSessionModel session(String id, String... applicationsOfIt) {
    Map<String, Object> answers = new HashMap<>();
    Map<String, AuthenticatedClientSessionModel> parts = new HashMap<>();
    answers.put("getId", id);
    answers.put("getUser", HANAKO);
    answers.put("getIpAddress", "192.0.2.7");
    answers.put(
        "getNote",
        (Fake.Answer) asked -> asked[0].equals(StepAuthenticator.PROVED) ? "transaction" : "1000");
    answers.put("getAuthenticatedClientSessions", parts);
    UserSessionModel session = Fake.of(UserSessionModel.class, answers);
    for (String name : applicationsOfIt) {
      Map<String, @Nullable Object> client = new HashMap<>();
      client.put("getId", name + "-id");
      client.put("getClientId", name);
      client.put("getRootUrl", null);
      client.put(
          "getAttribute",
          (Fake.Answer)
              asked ->
                  asked[0].equals("backchannel.logout.url")
                      ? "http://127.0.0.1:" + applications.getAddress().getPort() + "/" + name
                      : null);
      parts.put(
          name + "-id",
          Fake.of(
              AuthenticatedClientSessionModel.class,
              Map.of("getClient", Fake.of(ClientModel.class, client), "getUserSession", session)));
    }
    return session;
  }

  private void look(String session, long at, String cause) {
    service.on(
        "sessions/ended",
        asked -> new RelyingSessionsEnded(at, List.of(new RelyingSessionEnd(session, at, cause))));
    ended.look();
  }

  private List<String> callsOf(int count) throws InterruptedException {
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      paths.add(String.valueOf(called.poll(60, TimeUnit.SECONDS)));
    }
    return paths.stream().sorted().toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "card-removed",
        "terminal-silent",
        "revoked",
        "absolute-limit",
        "other-person",
        "newer-one"
      })
  void whateverTheCauseTheSessionEndsWithALogoutThatNamesItAndItsApplicationsAreTold(String cause)
      throws Exception {
    online.put("sid", session("sid", "groupware"));
    look("sid", 2000, cause);
    assertEquals(Map.of(), online);
    assertEquals(List.of("/groupware"), callsOf(1));
    Event logout = events.get(0);
    assertEquals(EventType.LOGOUT, logout.getType());
    assertEquals("sid", logout.getSessionId());
    assertEquals("hanako-id", logout.getUserId());
    assertEquals(cause, logout.getDetails().get("reason"));
    assertEquals(1, events.size());
  }

  @Test
  void theEndOfASessionThatIsOfflineOnlyIsALogoutTooAndItsApplicationsAreTold() throws Exception {
    offline.put("sid", session("sid", "mobile"));
    look("sid", 2000, "card-removed");
    assertEquals(Map.of(), offline);
    assertEquals(List.of("/mobile"), callsOf(1));
    assertEquals(EventType.LOGOUT, events.get(0).getType());
    assertEquals("sid", events.get(0).getSessionId());
    assertEquals("card-removed", events.get(0).getDetails().get("reason"));
  }

  @Test
  void ofASessionOnlineAndOfflineEachApplicationIsToldOnceAndTheEventIsOne() throws Exception {
    online.put("sid", session("sid", "groupware", "mobile"));
    offline.put("sid", session("sid", "mobile", "archive"));
    look("sid", 2000, "card-removed");
    assertEquals(Map.of(), online);
    assertEquals(Map.of(), offline);
    assertEquals(List.of("/archive", "/groupware", "/mobile"), callsOf(3));
    assertTrue(called.isEmpty(), "each once");
    assertEquals(1, events.size());
  }

  @Test
  void theEndOfAnEarlierProofLeavesASessionAlone() {
    online.put("sid", session("sid", "groupware"));
    offline.put("sid", session("sid", "groupware"));
    look("sid", 1000, "card-removed");
    assertEquals(List.of("sid", "sid"), List.of(ids(online), ids(offline)));
    assertEquals(List.of(), events);
  }

  private static String ids(Map<String, UserSessionModel> sessions) {
    return String.join(" ", sessions.keySet());
  }

  @Test
  void aCallThatCannotBeMadeKeepsNoSessionAliveAndIsALogoutError() {
    hostname(null);
    online.put("sid", session("sid", "groupware"));
    look("sid", 2000, "card-removed");
    assertEquals(Map.of(), online);
    assertEquals(1, events.size());
    assertEquals(EventType.LOGOUT_ERROR, failures.remove().getType());
  }

  @Test
  void aServiceThatSaysNothingEndsNothing() {
    online.put("sid", session("sid", "groupware"));
    service.on("sessions/ended", asked -> Refusal.SERVICE_REVOKED);
    ended.look();
    assertEquals("sid", ids(online));
  }

  @Test
  void atTheStartAHostnameThatIsNoUrlIsAnErrorInTheLogOfKeycloak() {
    List<String> said = new ArrayList<>();
    Logger log = Logger.getLogger(LogoutCalls.class.getName());
    Handler heard =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
              said.add(entry.getMessage());
            }
          }

          @Override
          public void flush() {
            // Nothing waits.
          }

          @Override
          public void close() {
            // Nothing is open.
          }
        };
    log.addHandler(heard);
    try {
      assertTrue(LogoutCalls.canBeMade(keycloak.session(), "city"));
      hostname(null);
      assertTrue(LogoutCalls.canBeMade(keycloak.session(), "a realm that there is not"));
      assertEquals(List.of(), said);
      assertFalse(LogoutCalls.canBeMade(keycloak.session(), "city"));
    } finally {
      log.removeHandler(heard);
    }
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.get(0).contains("`hostname`"), said.get(0));
  }
}
