package jp.sekisho.keycloak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jp.sekisho.protocol.RelyingRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * The events of one of Keycloak's transactions, of which it is the part that runs after all others:
 * they go into the spool once those have committed, and nowhere when they were rolled back. Never
 * calls the network. An event that does not get there, because of the disk or because Keycloak is
 * killed in between, is found by {@link Comparison}.
 */
final class EventsListener extends AbstractKeycloakTransaction implements EventListenerProvider {
  private static final Logger LOG = Logger.getLogger(EventsListener.class);

  private final KeycloakSession session;
  private final @Nullable Spool spool;
  private final HeardRealms realms;
  private final Strangers strangers;
  private final Consumer<String> spoken;
  private final List<RelyingRecord> waiting = new ArrayList<>();
  private final List<String> sessions = new ArrayList<>();

  private EventsListener(
      KeycloakSession session,
      @Nullable Spool spool,
      HeardRealms realms,
      Strangers strangers,
      Consumer<String> spoken) {
    this.session = session;
    this.strangers = strangers;
    this.spool = spool;
    this.realms = realms;
    this.spoken = spoken;
  }

  /**
   * The listener of a session, part of its transaction.
   *
   * @param spool null where there is nobody to tell, which was said at the start
   * @param spoken hears of each session that an event names, once it is there
   */
  static EventsListener enlisted(
      KeycloakSession session,
      @Nullable Spool spool,
      HeardRealms realms,
      Strangers strangers,
      Consumer<String> spoken) {
    EventsListener listener = new EventsListener(session, spool, realms, strangers, spoken);
    session.getTransactionManager().enlistAfterCompletion(listener);
    return listener;
  }

  @Override
  public void onEvent(Event event) {
    RealmModel realm = heard(event.getRealmId());
    if (realm != null && event.getSessionId() != null) {
      sessions.add(event.getSessionId());
    }
    if (realm != null && Occurrence.counts(event)) {
      waiting.add(Occurrence.of(session, realm, realms.attribute(), event, false));
    }
  }

  @Override
  public void onEvent(AdminEvent event, boolean includeRepresentation) {
    RealmModel realm = heard(event.getRealmId());
    if (realm != null) {
      waiting.add(Occurrence.of(session, realm, realms.attribute(), event, false));
    }
  }

  private @Nullable RealmModel heard(@Nullable String realm) {
    return spool == null ? null : realms.find(session, realm);
  }

  @Override
  protected void commitImpl() {
    if (spool != null) {
      for (RelyingRecord event : waiting) {
        strangers.take(event).forEach(kept -> append(spool, kept));
      }
    }
    waiting.clear();
    sessions.forEach(spoken);
    sessions.clear();
  }

  private static void append(Spool spool, RelyingRecord event) {
    try {
      boolean unused = spool.append(event);
    } catch (IOException e) {
      // It has happened already.
      LOG.error("an event could not be kept for Sekisho's log; it is looked for again", e);
    }
  }

  @Override
  protected void rollbackImpl() {
    waiting.clear();
    sessions.clear();
  }

  @Override
  public void close() {
    // The transaction ends by itself.
  }
}
