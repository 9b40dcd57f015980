package jp.sekisho.keycloak;

import java.util.List;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticator;
import org.keycloak.authentication.authenticators.conditional.ConditionalAuthenticatorFactory;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * {@code sekisho-terminal-state}: the condition "登録され、制御が有効な端末" of a flow, after a step by card.
 * The service is that of {@code sekisho-card}.
 */
public final class TerminalConditionFactory extends StepFactory
    implements ConditionalAuthenticatorFactory {
  /** The provider's id in flows. */
  public static final String ID = "sekisho-terminal-state";

  /** Flow setting: when the condition holds. */
  static final String WHEN = "sekisho.when";

  /** The terminal is enrolled and its gates hold. */
  static final String ENFORCING = "enforcing";

  /** It is not, or that is not known; also when nothing is set. */
  static final String NOT_ENFORCING = "not-enforcing";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public ConditionalAuthenticator getSingleton() {
    return TerminalCondition.SINGLETON;
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
