package jp.sekisho.keycloak;

import java.util.List;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * {@code sekisho-level}: what a flow asks at least, whatever the application asks. It stands before
 * {@code auth-cookie}, which otherwise takes any session where the application names no level: one
 * by password would open what is behind the card.
 *
 * <p>Factory and step in one, for it holds nothing and each class is a kilobyte of the jar.
 */
public final class LevelFactory extends StepFactory implements Authenticator {
  /** The provider's id in flows. */
  public static final String ID = "sekisho-level";

  /** Flow setting: the level, a number of the realm's {@code acr.loa.map}. */
  static final String LEVEL = "sekisho.level";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return this;
  }

  @Override
  public void authenticate(AuthenticationFlowContext context) {
    AuthenticationSessionModel login = context.getAuthenticationSession();
    String asked = login.getClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION);
    try {
      int least = Integer.parseInt(StepAuthenticator.config(context).get(LEVEL));
      if (asked == null || Integer.parseInt(asked) < least) {
        login.setClientNote(Constants.REQUESTED_LEVEL_OF_AUTHENTICATION, Integer.toString(least));
      }
      context.success();
    } catch (NumberFormatException e) {
      // Not set, too: nobody gets in by a flow that does not say what it asks.
      context.failure(AuthenticationFlowError.INTERNAL_ERROR);
    }
  }

  @Override
  public String getDisplayType() {
    return "Sekisho: least level of this flow";
  }

  @Override
  public String getHelpText() {
    return "Before the cookie: a session of a lower level does not open what is behind this flow.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return List.of(
        new ProviderConfigProperty(
            LEVEL,
            "Level",
            "Number of the realm's map of levels (acr.loa.map): card 3, passkey 2, password 1.",
            ProviderConfigProperty.STRING_TYPE,
            "3"));
  }
}
