package jp.sekisho.keycloak;

import org.jspecify.annotations.Nullable;
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
   * None. Keycloak's lock-out leaves out categories that are not its own, but counts a step without
   * one: a refused card at a step-up counts against the person who is logged in (limitations).
   */
  @Override
  public @Nullable String getReferenceCategory() {
    return null;
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
