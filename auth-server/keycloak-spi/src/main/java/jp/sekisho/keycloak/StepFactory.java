package jp.sekisho.keycloak;

import org.keycloak.Config;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * What every step and condition of ours is in a flow: configurable, and required or off. Never an
 * alternative, since then another step could run in its place.
 *
 * <p>Some are factory and step in one: what such a step answers without a page is here, too. Public
 * as they are: the compiler would repeat each of its methods in every one of them.
 */
public abstract class StepFactory implements AuthenticatorFactory {
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

  // Of those that are a step themselves.

  public void action(AuthenticationFlowContext context) {
    // It has no page.
  }

  public boolean requiresUser() {
    return false;
  }

  public boolean configuredFor(KeycloakSession session, RealmModel realm, UserModel user) {
    return true;
  }

  public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
    // It asks nothing of a user: cards and terminals are registered in Sekisho.
  }
}
