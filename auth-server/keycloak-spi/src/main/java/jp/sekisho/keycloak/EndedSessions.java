package jp.sekisho.keycloak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.protocol.RelyingSessionEnd;
import jp.sekisho.protocol.RelyingSessionsEnded;
import org.jboss.logging.Logger;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Ends Keycloak's sessions when the service ended them: card pulled, terminal silent, card or
 * person suspended, twelve hours over; applications are told. Asks each {@link #PAUSE}; a thread of
 * its own.
 *
 * <p>Where the service cannot be reached nothing is known to have ended and sessions go on; new
 * logins are refused then, and the first answer brings what was missed, up to a day.
 */
final class EndedSessions implements AutoCloseable {
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** How far the service's clock may be set back without a session being missed. */
  private static final Duration OVERLAP = Duration.ofMinutes(2);

  /** A session may begin here after it ended there: a page can stand between card and session. */
  private static final Duration LATE = Duration.ofMinutes(5);

  private static final Duration RETRY = Duration.ofSeconds(10);

  private static final Logger LOG = Logger.getLogger(EndedSessions.class);

  private final KeycloakSessionFactory factory;
  private final SekishoService service;
  private final LogoutCalls calls;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "sekisho-ended-sessions");
        made.setDaemon(true);
        return made;
      });
  // Only that thread touches these.
  private long newest;
  private boolean more;
  private final SeenEnds seen = new SeenEnds();
  private long lastRetry;
  private boolean silent;

  EndedSessions(KeycloakSessionFactory factory, SekishoService service) {
    this.factory = factory;
    this.service = service;
    this.calls = new LogoutCalls(factory);
  }

  void start() {
    java.util.concurrent.Future<?> unused =
        thread.scheduleWithFixedDelay(
            this::lookSafely, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    calls.close();
  }

  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException e) {
      // Thrown out of here it would end the schedule for good.
      LOG.error("sessions that ended could not be ended here; tried again", e);
    }
  }

  private void look() {
    service
        .ended(more ? newest : Math.max(0, newest - OVERLAP.toMillis()))
        .act(this::end, refused -> quiet("refused " + refused.refusal()), this::quiet);
  }

  /** Said once per outage. */
  private void quiet(String why) {
    if (!silent) {
      LOG.errorf("which sessions ended is not known: %s", why);
    }
    silent = true;
  }

  private void end(RelyingSessionsEnded told) {
    silent = false;
    seen.take(told.ended(), this::isEnded);
    for (RelyingSessionEnd over : told.ended()) {
      newest = Math.max(newest, over.at());
    }
    more = told.ended().size() >= RelyingSessionsEnded.MOST;
    seen.forgetBefore(newest - 2 * OVERLAP.toMillis());
    if (told.now() - lastRetry >= RETRY.toMillis() || told.now() < lastRetry) {
      lastRetry = told.now();
      seen.retry(told.now(), LATE, this::isEnded);
    }
  }

  private boolean isEnded(RelyingSessionEnd over) {
    List<LogoutCalls.Call> told = new ArrayList<>();
    boolean ended =
        KeycloakModelUtils.runJobInTransactionWithResult(
            factory, session -> end(session, over, told));
    // After the commit: who is told first could ask and hear that the session is there.
    calls.send(told);
    return ended;
  }

  /** Whether there was such a session. */
  private boolean end(
      KeycloakSession session, RelyingSessionEnd over, List<LogoutCalls.Call> told) {
    RealmModel realm = session.realms().getRealmByName(service.realm());
    if (realm == null) {
      return false;
    }
    session.getContext().setRealm(realm);
    // An offline session has the same id, and would outlive the card by months.
    UserSessionModel offline = session.sessions().getOfflineUserSession(realm, over.session());
    if (offline != null) {
      session.sessions().removeOfflineUserSession(realm, offline);
    }
    UserSessionModel found = session.sessions().getUserSession(realm, over.session());
    if (found == null) {
      return offline != null;
    }
    EventBuilder event =
        new EventBuilder(realm, session)
            .event(EventType.LOGOUT)
            .session(found)
            .user(found.getUser())
            .ipAddress(found.getIpAddress())
            .detail("reason", over.cause());
    told.addAll(LogoutCalls.prepare(session, realm, found));
    session.sessions().removeUserSession(realm, found);
    event.success();
    return true;
  }
}
