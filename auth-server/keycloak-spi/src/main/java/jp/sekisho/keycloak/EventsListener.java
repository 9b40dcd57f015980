package jp.sekisho.keycloak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Puts the events of one of Keycloak's transactions into the spool, once that has committed; never
 * calls the network. An event that does not get there, because of the disk or because Keycloak is
 * killed in between, is found by {@link Comparison}.
 */
final class EventsListener implements EventListenerProvider {
  private static final Logger LOG = Logger.getLogger(EventsListener.class);

  private final KeycloakSession session;
  private final Spool spool;
  private final HeardRealms realms;
  private final List<Occurrence> waiting = new ArrayList<>();

  EventsListener(KeycloakSession session, Spool spool, HeardRealms realms) {
    this.session = session;
    this.spool = spool;
    this.realms = realms;
    session
        .getTransactionManager()
        .enlistAfterCompletion(
            new AbstractKeycloakTransaction() {
              @Override
              protected void commitImpl() {
                waiting.forEach(EventsListener.this::append);
                waiting.clear();
              }

              @Override
              protected void rollbackImpl() {
                waiting.clear();
              }
            });
  }

  @Override
  public void onEvent(Event event) {
    @Nullable RealmModel realm = realms.find(session, event.getRealmId());
    if (realm != null && Occurrence.counts(event)) {
      waiting.add(Occurrence.of(session, realm, realms.attribute(), event));
    }
  }

  @Override
  public void onEvent(AdminEvent event, boolean includeRepresentation) {
    @Nullable RealmModel realm = realms.find(session, event.getRealmId());
    if (realm != null) {
      waiting.add(Occurrence.of(session, realm, realms.attribute(), event));
    }
  }

  private void append(Occurrence event) {
    try {
      boolean unused = spool.append(event, false);
    } catch (IOException e) {
      // It has happened already.
      LOG.error("an event could not be kept for Sekisho's log; it is looked for again", e);
    }
  }

  @Override
  public void close() {
    // The transaction ends by itself.
  }
}
