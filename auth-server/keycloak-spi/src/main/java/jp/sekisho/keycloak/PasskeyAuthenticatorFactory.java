package jp.sekisho.keycloak;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderFactory;

/**
 * {@code sekisho-passkey}: the step "パスキー" of a flow, at the service's own page. The service and
 * the help line are those of {@code sekisho-card}.
 */
public final class PasskeyAuthenticatorFactory implements AuthenticatorFactory {
  /** The provider's id in flows. */
  public static final String ID = "sekisho-passkey";

  private final CardAuthenticatorFactory like = new CardAuthenticatorFactory();

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    @Nullable ProviderFactory<Authenticator> card =
        session
            .getKeycloakSessionFactory()
            .getProviderFactory(Authenticator.class, CardAuthenticatorFactory.ID);
    return card instanceof CardAuthenticatorFactory cards
        ? new StepAuthenticator(StepAuthenticator.Method.PASSKEY, cards.service(), cards.helpLine())
        : new StepAuthenticator(StepAuthenticator.Method.PASSKEY, null, "");
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
  public @Nullable String getReferenceCategory() {
    return like.getReferenceCategory();
  }

  @Override
  public boolean isConfigurable() {
    return true;
  }

  @Override
  public AuthenticationExecutionModel.Requirement[] getRequirementChoices() {
    return like.getRequirementChoices();
  }

  @Override
  public boolean isUserSetupAllowed() {
    return false;
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return like.getConfigProperties();
  }

  @Override
  public void init(Config.Scope scope) {
    // The settings are those of sekisho-card.
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    // Nothing to begin.
  }

  @Override
  public void close() {
    // Nothing to end.
  }
}
