package jp.sekisho.keycloak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import jp.sekisho.protocol.RelyingSessionEnd;
import jp.sekisho.protocol.RelyingSessionsEnded;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.UserSessionProvider;

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

  private final Jobs jobs;
  private final SekishoService service;
  private final LogoutCalls calls;
  private final Consumer<EventBuilder> succeeded;
  private final ScheduledExecutorService thread = Daemons.of(1, "sekisho-ended-sessions");
  // Only that thread touches these.
  private long newest;
  private boolean more;
  private final SeenEnds seen = new SeenEnds();
  private long lastRetry;
  private boolean silent;

  EndedSessions(Jobs jobs, SekishoService service) {
    this(jobs, service, new LogoutCalls(jobs), EventBuilder::success);
  }

  /**
   * @param succeeded makes an event of what was built
   */
  EndedSessions(
      Jobs jobs, SekishoService service, LogoutCalls calls, Consumer<EventBuilder> succeeded) {
    this.jobs = jobs;
    this.service = service;
    this.calls = calls;
    this.succeeded = succeeded;
  }

  void start() {
    thread.execute(this::checkSafely);
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

  private void checkSafely() {
    try {
      boolean unused = jobs.run(session -> LogoutCalls.canBeMade(session, service.realm()));
    } catch (RuntimeException e) {
      LOG.error("whether applications can be told of logouts is not known", e);
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

  /** Asks what ended and ends it here. */
  void look() {
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
    boolean ended = jobs.run(session -> end(session, over, told));
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
    UserSessionModel online = concerned(over, sessions.getUserSession(realm, over.session()));
    // An offline session has the same id, and would outlive the card by months.
    UserSessionModel offline =
        concerned(over, sessions.getOfflineUserSession(realm, over.session()));
    UserSessionModel any = online == null ? offline : online;
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
    told.addAll(
        calls.prepare(
            session, realm, Stream.of(online, offline).filter(Objects::nonNull).toList()));
    if (offline != null) {
      sessions.removeOfflineUserSession(realm, offline);
    }
    if (online != null) {
      sessions.removeUserSession(realm, online);
    }
    succeeded.accept(event);
    return true;
  }

  private static @Nullable UserSessionModel concerned(
      RelyingSessionEnd over, @Nullable UserSessionModel found) {
    return concerns(over, found) ? found : null;
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
