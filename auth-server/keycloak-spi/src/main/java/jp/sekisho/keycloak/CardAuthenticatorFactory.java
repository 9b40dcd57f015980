package jp.sekisho.keycloak;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.authentication.Authenticator;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ProviderConfigProperty;

/**
 * {@code sekisho-card}: the step "職員証とPIN" of a flow.
 *
 * <p>Settings of the server are those of {@link ServiceSettings}. A server without them, or with
 * files that cannot be read, starts all the same, because other realms must not fall with it; each
 * login through this step then ends with the error page.
 */
public final class CardAuthenticatorFactory extends StepFactory {
  /** The provider's id in flows and settings. */
  public static final String ID = "sekisho-card";

  /** Flow setting: name of the user attribute that holds the staff number. */
  static final String ATTRIBUTE = "sekisho.attribute";

  /** Flow setting: whether a card that is 低保証 is enough. */
  static final String LOW = "sekisho.low";

  static final String DEFAULT_ATTRIBUTE = "staffNumber";

  private static final Logger LOG = Logger.getLogger(CardAuthenticatorFactory.class);

  private @Nullable SekishoService service;
  private @Nullable EndedSessions ended;
  private String helpLine = "";

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public void init(Config.Scope scope) {
    helpLine = scope.get("help-line", "");
    try {
      service = new SekishoService(ServiceSettings.of(scope));
    } catch (IllegalArgumentException | IOException | GeneralSecurityException e) {
      LOG.errorf("sekisho-card is not configured, every login by it will fail: %s", e.getMessage());
    }
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    SekishoService configured = service;
    if (configured != null) {
      EndedSessions watch = new EndedSessions(new Jobs(factory), configured);
      ended = watch;
      // Before the migration there are no realms to look into.
      factory.register(event -> {
        if (event instanceof PostMigrationEvent) {
          watch.start();
        }
      });
    }
  }

  @Override
  public Authenticator create(KeycloakSession session) {
    return StepAuthenticator.byCard(service, helpLine);
  }

  /** The one of this Keycloak; null where it is switched off. */
  static @Nullable CardAuthenticatorFactory of(KeycloakSessionFactory factory) {
    return factory.getProviderFactory(Authenticator.class, ID)
            instanceof CardAuthenticatorFactory found
        ? found
        : null;
  }

  /** Whom to call. */
  String helpLine() {
    return helpLine;
  }

  /** The service, for the other providers; null when it is not configured. */
  @Nullable SekishoService service() {
    return service;
  }

  /** Keycloak speaks of this session: it is there. */
  void spoken(String session) {
    EndedSessions watch = ended;
    if (watch != null) {
      watch.spoken(session);
    }
  }

  @Override
  public void close() {
    if (ended != null) {
      ended.close();
    }
  }

  @Override
  public String getDisplayType() {
    return "Sekisho: staff card and PIN (職員証とPIN)";
  }

  @Override
  public String getHelpText() {
    return "Asks Sekisho's service to prove who is at the terminal, by staff card and PIN.";
  }

  @Override
  public List<ProviderConfigProperty> getConfigProperties() {
    return settings();
  }

  /** The flow settings of a step of ours, by card or by passkey. */
  static List<ProviderConfigProperty> settings() {
    return List.of(
        new ProviderConfigProperty(
            ATTRIBUTE,
            "Attribute of the staff number",
            "User attribute that holds the staff number; username: the user's name is it. Users"
                + " must not be able to edit it.",
            ProviderConfigProperty.STRING_TYPE,
            DEFAULT_ATTRIBUTE),
        new ProviderConfigProperty(
            LOW,
            "Low assurance is enough",
            "Whether a card of low assurance (低保証) passes this step.",
            ProviderConfigProperty.BOOLEAN_TYPE,
            "false"));
  }
}
