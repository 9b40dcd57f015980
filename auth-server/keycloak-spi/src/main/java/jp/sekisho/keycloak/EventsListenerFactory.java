package jp.sekisho.keycloak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.PostMigrationEvent;

/**
 * {@code sekisho-events}: Keycloak's events go into Sekisho's log. Global: no realm's administrator
 * can take it off; while it is off for the whole server nobody logs in by card.
 *
 * <p>Settings, {@code spi-events-listener--sekisho-events--*}: {@code spool}, the directory where
 * events wait for the service, on a disk that lasts (default: {@code data/sekisho-events} of
 * Keycloak); {@code attribute}, the user attribute with the staff number.
 */
public final class EventsListenerFactory implements EventListenerProviderFactory {
  /** The provider's id. */
  public static final String ID = "sekisho-events";

  private static final Logger LOG = Logger.getLogger(EventsListenerFactory.class);

  private String attribute = CardAuthenticatorFactory.DEFAULT_ATTRIBUTE;
  private @Nullable Path directory;
  private @Nullable Spool spool;
  private HeardRealms realms = new HeardRealms("", CardAuthenticatorFactory.DEFAULT_ATTRIBUTE);
  private final Strangers strangers = new Strangers();
  private Consumer<String> spoken = id -> {};
  private @Nullable EventsSender sender;

  @Override
  public String getId() {
    return ID;
  }

  @Override
  public boolean isGlobal() {
    return true;
  }

  @Override
  public void init(Config.Scope scope) {
    attribute = scope.get("attribute", CardAuthenticatorFactory.DEFAULT_ATTRIBUTE);
    String named = scope.get("spool");
    String home = System.getProperty("kc.home.dir");
    if (named != null && !named.isBlank()) {
      directory = Path.of(named);
    } else if (home != null) {
      directory = Path.of(home, "data", ID);
    }
  }

  @Override
  public void postInit(KeycloakSessionFactory factory) {
    CardAuthenticatorFactory card = CardAuthenticatorFactory.of(factory);
    SekishoService service = card == null ? null : card.service();
    if (card == null || service == null || directory == null) {
      LOG.error("sekisho-events has no service or no spool: no event reaches Sekisho's log");
      return;
    }
    try {
      Spool opened = new Spool(directory);
      HeardRealms heard = new HeardRealms(service.realm(), attribute);
      EventsSender made =
          new EventsSender(
              opened, service, new Comparison(new Jobs(factory), service, opened, heard));
      spool = opened;
      spoken = card::spoken;
      realms = heard;
      sender = made;
      // Before the migration there are no realms to look into.
      factory.register(event -> {
        if (event instanceof PostMigrationEvent) {
          made.start();
        }
      });
    } catch (IOException e) {
      LOG.errorf("sekisho-events cannot use its spool, logins by card will fail: %s", e);
    }
  }

  @Override
  public EventListenerProvider create(KeycloakSession session) {
    return EventsListener.enlisted(session, spool, realms, strangers, spoken);
  }

  /** Whether what happens now would reach the log. */
  boolean isHealthy() {
    return spool != null && spool.isHealthy();
  }

  @Override
  public void close() {
    if (sender != null) {
      sender.close();
    }
    if (spool != null) {
      try {
        spool.close();
      } catch (IOException e) {
        LOG.warn("the spool could not be closed", e);
      }
    }
  }
}
