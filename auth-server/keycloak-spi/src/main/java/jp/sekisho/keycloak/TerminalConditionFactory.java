package jp.sekisho.keycloak;

import java.util.List;
import jp.sekisho.protocol.RelyingTerminal;
import org.jboss.logging.Logger;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * {@code sekisho-terminal-state}: the condition "登録され、制御が有効な端末" of a flow, after a step by card.
 * The service is that of {@code sekisho-card}.
 *
 * <p>Whether the person sits at an enrolled terminal whose gates hold. The terminal is the one
 * whose card reader proved the person, in this login or in the session that it joins, and the
 * browser is where that was; the service is asked each time. What is not known is no such terminal.
 *
 * <p>Factory and condition in one, for it holds nothing and each class is a kilobyte of the jar.
 */
public final class TerminalConditionFactory extends StepFactory
    implements ConditionalAuthenticatorFactory, ConditionalAuthenticator {
  /** The provider's id in flows. */
  public static final String ID = "sekisho-terminal-state";

  /** Flow setting: when the condition holds. */
  static final String WHEN = "sekisho.when";

  /** The terminal is enrolled and its gates hold. */
  static final String ENFORCING = "enforcing";

  /** It is not, or that is not known; also when nothing is set. */
  static final String NOT_ENFORCING = "not-enforcing";

  private static final Logger LOG = Logger.getLogger(TerminalConditionFactory.class);

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public ConditionalAuthenticator getSingleton() {
    return this;
  }

  @Override
  public boolean matchCondition(AuthenticationFlowContext context) {
    boolean wanted = ENFORCING.equals(StepAuthenticator.config(context).get(WHEN));
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
        .terminal(
            context.getAuthenticationSession().getParentSession().getId(),
            context.getConnection().getRemoteAddr())
        .match(
            RelyingTerminal::state,
            refused -> unknown("refused " + refused.refusal()),
            TerminalConditionFactory::unknown);
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
  public String getDisplayType() {
    return "Condition - Sekisho: state of the terminal (端末の状態)";
  }

  @Override
  public String getHelpText() {
    return "Holds by the state of the terminal at which the person proved card and PIN. Unknown"
        + " counts as not enforcing.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    ProviderConfigProperty when =
        new ProviderConfigProperty(
            WHEN,
            "Holds when",
            "enforcing: the terminal is enrolled and its gates hold (有効). not-enforcing: anything"
                + " else, also when Sekisho cannot be asked.",
            ProviderConfigProperty.LIST_TYPE,
            NOT_ENFORCING);
    when.setOptions(List.of(ENFORCING, NOT_ENFORCING));
    return List.of(when);
  }
}
