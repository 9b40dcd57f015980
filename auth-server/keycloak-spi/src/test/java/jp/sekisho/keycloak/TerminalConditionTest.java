package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import jakarta.ws.rs.core.Response;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RefusalBody;
import jp.sekisho.protocol.RelyingTerminal;
import jp.sekisho.protocol.RelyingTerminalAsk;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.AuthenticationFlowException;
import org.keycloak.common.ClientConnection;
import org.keycloak.forms.login.LoginFormsProvider;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.AuthenticationExecutionModel.Requirement;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.sessions.RootAuthenticationSessionModel;

/** What the service says of a terminal, and whether the condition holds then. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TerminalConditionTest {
  private final AtomicReference<byte[]> answer = new AtomicReference<>(new byte[0]);
  private final AtomicReference<byte[]> asked = new AtomicReference<>(new byte[0]);
  private volatile int status = 200;
  private HttpsServer server;
  private CardAuthenticatorFactory card;
  private final FakeKeycloak keycloak = new FakeKeycloak();
  private final List<String> errors = new ArrayList<>();
  private final Map<String, String> details = new HashMap<>();

  /** What stands on the error page: its words, whom to call, its status. */
  private final List<@Nullable Object> shown = new ArrayList<>();

  @BeforeAll
  void start() throws Exception {
    TestKeys keys = TestKeys.shared();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(keys.server()));
    server.createContext(
        "/agent/v1/services/terminals/state",
        exchange -> {
          asked.set(exchange.getRequestBody().readAllBytes());
          byte[] body = answer.get();
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    Map<String, String> settings =
        Map.of(
            "service",
            "https://localhost:" + server.getAddress().getPort(),
            "certificate",
            keys.certificate().toString(),
            "key",
            keys.key().toString(),
            "trust",
            keys.trust().toString(),
            "realm",
            "city",
            "help-line",
            "1234");
    card = new CardAuthenticatorFactory();
    card.init(
        (Config.Scope)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Config.Scope.class},
                (proxy, method, arguments) -> settings.get(String.valueOf(arguments[0]))));
  }

  @AfterAll
  void stop() {
    server.stop(0);
  }

  private boolean holds(String realm, @Nullable String when) {
    KeycloakSessionFactory factory =
        Fake.of(
            KeycloakSessionFactory.class,
            Map.of("getProviderFactory", card, "getProviderFactoriesStream", Stream.empty()));
    KeycloakSession session =
        Fake.of(
            KeycloakSession.class,
            Map.of("getKeycloakSessionFactory", factory, "getProvider", page()));
    RealmModel model =
        Fake.of(
            RealmModel.class,
            Map.of(
                "getName",
                realm,
                "getId",
                "id",
                "isEventsEnabled",
                false,
                "getEventsListenersStream",
                Stream.empty(),
                "getAuthenticationExecutionByFlowId",
                (Fake.Answer) asked -> null));
    AuthenticatorConfigModel config = new AuthenticatorConfigModel();
    config.setConfig(when == null ? Map.of() : Map.of(TerminalConditionFactory.WHEN, when));
    RootAuthenticationSessionModel root =
        Fake.of(RootAuthenticationSessionModel.class, Map.of("getId", "sid"));
    return new TerminalConditionFactory()
        .matchCondition(
            Fake.of(
                AuthenticationFlowContext.class,
                Map.of(
                    "getSession",
                    session,
                    "getRealm",
                    model,
                    "getAuthenticatorConfig",
                    config,
                    "getExecution",
                    step(Requirement.REQUIRED, "top"),
                    "getEvent",
                    new HeardEvent(keycloak, errors, details),
                    "getUser",
                    Fake.of(UserModel.class, Map.of("getId", "u-1")),
                    "getConnection",
                    Fake.of(ClientConnection.class, Map.of("getRemoteAddr", "192.0.2.7")),
                    "getAuthenticationSession",
                    Fake.of(AuthenticationSessionModel.class, Map.of("getParentSession", root)))));
  }

  private static AuthenticationExecutionModel step(Requirement requirement, String flow) {
    AuthenticationExecutionModel step = new AuthenticationExecutionModel();
    step.setRequirement(requirement);
    step.setParentFlow(flow);
    return step;
  }

  private LoginFormsProvider page() {
    return Fake.of(
        LoginFormsProvider.class,
        Map.of(
            "setAuthenticationSession",
            (Fake.Answer) asked -> page(),
            "setUser",
            (Fake.Answer) asked -> page(),
            "setError",
            (Fake.Answer)
                asked -> {
                  shown.add(asked[0]);
                  shown.addAll(Arrays.asList((Object[]) asked[1]));
                  return page();
                },
            "createErrorPage",
            (Fake.Answer)
                asked -> {
                  shown.add(asked[0]);
                  return null;
                }));
  }

  private void says(int code, byte[] body) {
    status = code;
    answer.set(body);
  }

  private void says(String session, String state) {
    says(200, WireJson.write(new RelyingTerminal("city", session, state)));
  }

  private void assertEnforcing(boolean expected) {
    assertEquals(expected, holds("city", TerminalConditionFactory.ENFORCING));
    assertEquals(!expected, holds("city", TerminalConditionFactory.NOT_ENFORCING));
    assertEquals(!expected, holds("city", null), "nothing set");
  }

  @Test
  void onlyATerminalThatTheServiceCallsEnforcingIsOne() {
    says("sid", RelyingTerminal.ENFORCING);
    assertEnforcing(true);
    for (String state : new String[] {"misconfigured", "unmeasured", "silent", "revoked", "none"}) {
      says("sid", state);
      assertEnforcing(false);
    }
  }

  @Test
  void theServiceHearsWhereTheBrowserIs() throws MalformedException {
    says("sid", RelyingTerminal.ENFORCING);
    assertEnforcing(true);
    assertEquals(
        new RelyingTerminalAsk("city", "sid", "192.0.2.7"),
        WireJson.read(asked.get(), RelyingTerminalAsk.class));
  }

  @Test
  void aServiceThatDoesNotAnswerEndsTheLoginByItsErrorPage() {
    says("another session", RelyingTerminal.ENFORCING);
    assertUnavailable("city");
    says(200, "garbage".getBytes(StandardCharsets.UTF_8));
    assertUnavailable("city");
    says(
        403,
        WireJson.write(RefusalBody.of(Refusal.SERVICE_REALM, Locale.JAPANESE, Map.of("help", ""))));
    assertUnavailable("city");
    says("sid", RelyingTerminal.ENFORCING);
    assertUnavailable("another");
  }

  /** Whatever is wanted, and with whom to call. */
  private void assertUnavailable(String realm) {
    for (String when :
        new String[] {
          TerminalConditionFactory.ENFORCING, TerminalConditionFactory.NOT_ENFORCING, null
        }) {
      errors.clear();
      shown.clear();
      AuthenticationFlowException end =
          assertThrows(AuthenticationFlowException.class, () -> holds(realm, when));
      assertEquals(AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR, end.getError());
      assertEquals(List.of(StepAuthenticator.UNAVAILABLE), errors);
      assertEquals("u-1", details.remove("user"), "whose login it was");
      assertEquals(
          List.of("sekishoUnavailable", "1234", Response.Status.SERVICE_UNAVAILABLE), shown);
    }
  }

  /** There Keycloak would take our end of the flow for one way of several that failed. */
  @ParameterizedTest
  @CsvSource({
    "CONDITIONAL, REQUIRED, false",
    "ALTERNATIVE, REQUIRED, true",
    "CONDITIONAL, ALTERNATIVE, true",
  })
  void anAlternativeIsSeenHoweverDeepTheConditionStandsInIt(
      Requirement around, Requirement further, boolean seen) {
    Map<String, AuthenticationExecutionModel> flows =
        Map.of("inner", step(around, "outer"), "outer", step(further, "top"));
    RealmModel realm =
        Fake.of(
            RealmModel.class,
            Map.of(
                "getAuthenticationExecutionByFlowId",
                (Fake.Answer) asked -> flows.get(String.valueOf(asked[0]))));
    assertEquals(
        seen,
        TerminalConditionFactory.isInAlternative(
            Fake.of(
                AuthenticationFlowContext.class,
                Map.of("getExecution", step(Requirement.REQUIRED, "inner"), "getRealm", realm))));
  }
}
