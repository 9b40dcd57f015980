package jp.sekisho.keycloak;

import jp.sekisho.protocol.RelyingTerminal;
import org.jboss.logging.Logger;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.models.AuthenticatorConfigModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/**
 * Whether the person sits at an enrolled terminal whose gates hold. The terminal is the one whose
 * card reader proved the person, in this login or in the session that it joins; the service is
 * asked each time. What is not known is no such terminal.
 */
final class TerminalCondition implements ConditionalAuthenticator {
  static final TerminalCondition SINGLETON = new TerminalCondition();

  private static final Logger LOG = Logger.getLogger(TerminalCondition.class);

  private TerminalCondition() {}

  @Override
  public boolean matchCondition(AuthenticationFlowContext context) {
    AuthenticatorConfigModel config = context.getAuthenticatorConfig();
    boolean wanted =
        config != null
            && config.getConfig() != null
            && TerminalConditionFactory.ENFORCING.equals(
                config.getConfig().get(TerminalConditionFactory.WHEN));
    String state = state(context);
    context.getEvent().detail("terminal_state", state);
    return state.equals(RelyingTerminal.ENFORCING) == wanted;
  }

  private static String state(AuthenticationFlowContext context) {
    CardAuthenticatorFactory card =
        CardAuthenticatorFactory.of(context.getSession().getKeycloakSessionFactory());
    SekishoService service = card == null ? null : card.service();
    if (service == null || !service.realm().equals(context.getRealm().getName())) {
      LOG.error("the state of a terminal is not known: not configured for this realm");
      return "unknown";
    }
    return service
        .terminal(context.getAuthenticationSession().getParentSession().getId())
        .match(
            RelyingTerminal::state,
            refused -> unknown("refused " + refused.refusal()),
            TerminalCondition::unknown);
  }

  private static String unknown(String why) {
    LOG.errorf("the state of a terminal is not known: %s", why);
    return "unknown";
  }

  @Override
  public void action(AuthenticationFlowContext context) {
    // A condition has no page.
  }

  @Override
  public boolean requiresUser() {
    return false;
  }

  @Override
  public void setRequiredActions(KeycloakSession session, RealmModel realm, UserModel user) {
    // Terminals are enrolled in Sekisho.
  }

  @Override
  public void close() {
    // Holds nothing.
  }
}
