package jp.sekisho.keycloak;

import java.util.List;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * {@code sekisho-passkey}: the step "パスキー" of a flow, at the service's own page. The service and
 * the help line are those of {@code sekisho-card}.
 */
public final class PasskeyAuthenticatorFactory extends StepFactory {
  /** The provider's id in flows. */
  public static final String ID = "sekisho-passkey";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    CardAuthenticatorFactory card =
        CardAuthenticatorFactory.of(session.getKeycloakSessionFactory());
    return card == null
        ? StepAuthenticator.byPasskey(null, "")
        : StepAuthenticator.byPasskey(card.service(), card.helpLine());
  }

  @Override
  public String getDisplayType() {
    return "Sekisho: passkey (パスキー)";
  }

  @Override
  public String getHelpText() {
    return "Asks Sekisho's service to prove who is at the terminal, by a passkey registered there.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return CardAuthenticatorFactory.settings();
  }
}
