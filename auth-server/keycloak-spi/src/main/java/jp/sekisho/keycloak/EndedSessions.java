package jp.sekisho.keycloak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.protocol.RelyingSessionEnd;
import jp.sekisho.protocol.RelyingSessionsEnded;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionProvider;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Ends Keycloak's sessions when the service ended them: card pulled, terminal silent, card or
 * person suspended, twelve hours over; applications are told. Asks each {@link #PAUSE}; a thread of
 * its own.
 *
 * <p>Where the service cannot be reached nothing is known to have ended and sessions go on; new
 * logins are refused then, and the first answer brings what was missed, up to a day.
 *
 * <p>What ended is a proof of card and PIN: the session that rests on an earlier one ends, one that
 * rests on a later one or on none goes on ({@code docs/adr/0029-levels-and-ends.md}).
 */
final class EndedSessions implements AutoCloseable {
  static final Duration PAUSE = Duration.ofSeconds(1);

  /** How far the service's clock may be set back without a session being missed. */
  private static final Duration OVERLAP = Duration.ofMinutes(2);

  /**
   * A session may begin here after it ended there, as long as a browser keeps its login alive and
   * this process lives: logins that are not over do not outlive it.
   */
  private static final Duration KEPT = Duration.ofDays(7);

  private static final Logger LOG = Logger.getLogger(EndedSessions.class);

  private final KeycloakSessionFactory factory;
  private final SekishoService service;
  private final LogoutCalls calls;
  private final ScheduledExecutorService thread = Recent.threads(1, "sekisho-ended-sessions");
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
    Future<?> unused =
        thread.scheduleWithFixedDelay(
            this::lookSafely, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    thread.shutdownNow();
    calls.close();
  }

  /** Keycloak speaks of this session; if its end was told before it began, it ends now. */
  void spoken(String session) {
    if (seen.awaits(session)) {
      thread.execute(() -> seen.again(session, this::isEnded));
    }
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
    seen.take(told.ended(), told.now(), this::isEnded);
    for (RelyingSessionEnd over : told.ended()) {
      newest = Math.max(newest, over.at());
    }
    more = told.ended().size() >= RelyingSessionsEnded.MOST;
    seen.forgetBefore(newest - 2 * OVERLAP.toMillis());
    if (told.now() - lastRetry >= SeenEnds.RETRY.toMillis() || told.now() < lastRetry) {
      lastRetry = told.now();
      seen.retry(told.now(), KEPT, this::isEnded);
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

  /** Whether there was such a session, and the end is the one of its proof. */
  private boolean end(
      KeycloakSession session, RelyingSessionEnd over, List<LogoutCalls.Call> told) {
    RealmModel realm = session.realms().getRealmByName(service.realm());
    if (realm == null) {
      return false;
    }
    session.getContext().setRealm(realm);
    UserSessionProvider sessions = session.sessions();
    UserSessionModel found = sessions.getUserSession(realm, over.session());
    boolean online = concerns(over, found);
    // An offline session has the same id, and would outlive the card by months.
    UserSessionModel offline = sessions.getOfflineUserSession(realm, over.session());
    boolean also = concerns(over, offline);
    UserSessionModel any = online ? found : also ? offline : null;
    if (any == null) {
      return false;
    }
    EventBuilder event =
        new EventBuilder(realm, session)
            .event(EventType.LOGOUT)
            .session(any)
            .user(any.getUser())
            .ipAddress(any.getIpAddress())
            .detail("reason", over.cause());
    told.addAll(LogoutCalls.prepare(session, realm, any));
    if (also) {
      sessions.removeOfflineUserSession(realm, offline);
    }
    if (online) {
      sessions.removeUserSession(realm, found);
    }
    event.success();
    return true;
  }

  /**
   * Whether an end is that of the proof that a session rests on. One by password rests on none, and
   * an id may have ended before the session of that id was proved.
   */
  static boolean concerns(RelyingSessionEnd over, @Nullable UserSessionModel found) {
    if (found == null || found.getNote(StepAuthenticator.PROVED) == null) {
      return false;
    }
    String at = found.getNote(StepAuthenticator.PROVED_AT);
    // Without a time it is of the provider before this one.
    return at == null || Long.parseLong(at) < over.at();
  }
}
