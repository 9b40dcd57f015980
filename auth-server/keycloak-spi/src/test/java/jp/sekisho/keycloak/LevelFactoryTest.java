package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.Constants;
import org.keycloak.sessions.AuthenticationSessionModel;

/** What a flow asks at least. That a session of a lower level does not open it is KeycloakIT's. */
class LevelFactoryTest {
  private final Map<String, String> notes = new HashMap<>();
  private String came = "";

  private void authenticate(@Nullable String level) {
    AuthenticationSessionModel login =
        (AuthenticationSessionModel)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {AuthenticationSessionModel.class},
                (proxy, method, arguments) ->
                    method.getName().equals("getClientNote")
                        ? notes.get(String.valueOf(arguments[0]))
                        : notes.put(String.valueOf(arguments[0]), String.valueOf(arguments[1])));
    AuthenticatorConfigModel config = new AuthenticatorConfigModel();
    config.setConfig(level == null ? Map.of() : Map.of(LevelFactory.LEVEL, level));
    AuthenticationFlowContext context =
        (AuthenticationFlowContext)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {AuthenticationFlowContext.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getAuthenticationSession" -> login;
                      case "getAuthenticatorConfig" -> config;
                      default -> {
                        came = method.getName();
                        yield null;
                      }
                    });
    new LevelFactory().authenticate(context);
  }

  private @Nullable String asked() {
    return notes.get(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION);
  }

  @Test
  void whereTheApplicationNamesNoLevelOrALowerOneItIsTheFlows() {
    authenticate("3");
    assertEquals("3", asked());
    notes.put(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION, "1");
    authenticate("3");
    assertEquals("3", asked());
    assertEquals("success", came);
  }

  @Test
  void aHigherOneOfTheApplicationStays() {
    notes.put(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION, "3");
    authenticate("1");
    assertEquals("3", asked());
  }

  @Test
  void aFlowThatDoesNotSayWhatItAsksLetsNobodyIn() {
    for (String wrong : new String[] {null, "", "card"}) {
      authenticate(wrong);
      assertEquals("failure", came);
    }
  }
}
