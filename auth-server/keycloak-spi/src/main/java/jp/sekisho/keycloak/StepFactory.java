package jp.sekisho.keycloak;

import org.keycloak.Config;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.KeycloakSessionFactory;

/**
 * What every step and condition of ours is in a flow: configurable, and required or off. Never an
 * alternative, since then another step could run in its place.
 */
abstract class StepFactory implements AuthenticatorFactory {
  /**
   * One of its own: Keycloak's lock-out counts failures of password, one-time password and recovery
   * code, and those of a step without a category. Somebody else's card at a step-up would count
   * against the person who is logged in, and a card counts its own PINs.
   */
  @Override
  public String getReferenceCategory() {
    return getId();
  }

  @Override
  public boolean isConfigurable() {
    return true;
  }

  @Override
  public AuthenticationExecutionModel.Requirement[] getRequirementChoices() {
    return new AuthenticationExecutionModel.Requirement[] {
      AuthenticationExecutionModel.Requirement.REQUIRED,
      AuthenticationExecutionModel.Requirement.DISABLED
    };
  }

  @Override
  public boolean isUserSetupAllowed() {
    return false;
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
