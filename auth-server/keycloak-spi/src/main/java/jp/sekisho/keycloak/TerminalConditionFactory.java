package jp.sekisho.keycloak;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import jp.sekisho.protocol.RelyingTerminal;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.AuthenticationFlowContext;
import org.keycloak.authentication.AuthenticationFlowError;
import org.keycloak.authentication.AuthenticationFlowException;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;
import org.keycloak.models.AuthenticationExecutionModel;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * {@code sekisho-terminal-state}: the condition "登録され、制御が有効な端末" of a flow, after a step by card.
 * The service is that of {@code sekisho-card}.
 *
 * <p>Whether the person sits at an enrolled terminal whose gates hold. The terminal is the one
 * whose card reader proved the person, in this login or in the session that it joins, and the
 * browser is where that was; the service is asked each time. While it does not answer, the login
 * ends with the error page of the steps: the next step would refuse the person, and Keycloak's own
 * {@code deny-access-authenticator} counts that in its lock-out.
 *
 * <p>It belongs beside the login, where the shipped flow has it. Within an alternative Keycloak
 * takes the exception that carries the page for a way that failed and goes on to the next one, so
 * the end is another exception there: no other way is tried, but a login that begins with the
 * condition sees Keycloak's own error page (400).
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

  /** It is not, or Sekisho knows of none; also when nothing is set. */
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
    if (card == null || service == null || !service.realm().equals(context.getRealm().getName())) {
      throw unknown(context, card, "not configured for this realm");
    }
    return service
        .terminal(
            context.getAuthenticationSession().getParentSession().getId(),
            context.getConnection().getRemoteAddr())
        .match(
            RelyingTerminal::state,
            refused -> {
              throw unknown(context, card, "refused " + refused.refusal());
            },
            why -> {
              throw unknown(context, card, why);
            });
  }

  /** Ends the flow: Keycloak shows the page, adds an error of its own kind and counts nothing. */
  private static RuntimeException unknown(
      AuthenticationFlowContext context, @Nullable CardAuthenticatorFactory card, String why) {
    LOG.errorf("the state of a terminal is not known: %s", why);
    context.getEvent().user(context.getUser()).error(StepAuthenticator.UNAVAILABLE);
    Response page = StepAuthenticator.unavailablePage(context, card == null ? "" : card.helpLine());
    return isInAlternative(context)
        ? new WebApplicationException(page)
        : new AuthenticationFlowException(
            AuthenticationFlowError.GENERIC_AUTHENTICATION_ERROR, page);
  }

  /** Whether one of the flows around this condition is one of several ways. */
  static boolean isInAlternative(AuthenticationFlowContext context) {
    AuthenticationExecutionModel step = context.getExecution();
    while (step != null && !step.isAlternative()) {
      step = context.getRealm().getAuthenticationExecutionByFlowId(step.getParentFlow());
    }
    return step != null;
  }

  @Override
  public String getDisplayType() {
    return "Condition - Sekisho: state of the terminal (端末の状態)";
  }

  @Override
  public String getHelpText() {
    return "Holds by the state of the terminal at which the person proved card and PIN. While"
        + " Sekisho cannot be asked, the login ends. Put it beside the login: within an alternative"
        + " the login ends with an error page of Keycloak's own.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    ProviderConfigProperty when =
        new ProviderConfigProperty(
            WHEN,
            "Holds when",
            "enforcing: the terminal is enrolled and its gates hold (有効). not-enforcing: anything"
                + " else that Sekisho says.",
            ProviderConfigProperty.LIST_TYPE,
            NOT_ENFORCING);
    when.setOptions(List.of(ENFORCING, NOT_ENFORCING));
    return List.of(when);
  }
}
