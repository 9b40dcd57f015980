package jp.sekisho.keycloak;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import jp.sekisho.protocol.RelyingSessionEnd;
import org.jboss.logging.Logger;

/**
 * Which ends of sessions were dealt with. The service tells an end several times, and one id may
 * end more than once: a later login in the same browser goes on under the id that ended before, and
 * its own end must count.
 *
 * <p>An end without a session is kept for days, since a page can stand between card and session for
 * as long as somebody likes. It is tried again each time it is twice as old, and at once when
 * Keycloak says something of such a session ({@link #again}); one that could not be done because
 * something failed, each {@link #RETRY}. One that was done is kept, too: a call that Keycloak
 * answers in that moment writes the session again.
 *
 * <p>For one thread, but for {@link #awaits}.
 */
final class SeenEnds {
  static final Duration RETRY = Duration.ofSeconds(10);

  private static final Logger LOG = Logger.getLogger(SeenEnds.class);

  // Times in milliseconds of the service's clock, by id.
  private final Map<String, Long> done = new HashMap<>();
  private final Map<String, Long> due = new HashMap<>();
  private final Map<String, RelyingSessionEnd> missing = new ConcurrentHashMap<>();

  /**
   * Ends what ended later than the end of that id seen last.
   *
   * @param now milliseconds of the service's clock
   * @param end ends it; whether there was such a session
   */
  void take(Collection<RelyingSessionEnd> told, long now, Predicate<RelyingSessionEnd> end) {
    for (RelyingSessionEnd over : told) {
      Long before = done.get(over.session());
      if (before == null || before < over.at()) {
        done.put(over.session(), over.at());
        missing.put(over.session(), over);
        attempt(over, now, end);
      }
    }
  }

  /** Whether an end waits for this session; for any thread. */
  boolean awaits(String session) {
    return missing.containsKey(session);
  }

  /** Keycloak speaks of this session: it may be there now. */
  void again(String session, Predicate<RelyingSessionEnd> end) {
    RelyingSessionEnd over = missing.get(session);
    if (over != null) {
      attempt(over, over.at(), end);
    }
  }

  /** Forgets ends before {@code since}, milliseconds: they are not told again. */
  void forgetBefore(long since) {
    done.values().removeIf(at -> at < since);
  }

  /** Tries those again that are due; gives up those that ended more than {@code kept} ago. */
  void retry(long now, Duration kept, Predicate<RelyingSessionEnd> end) {
    for (RelyingSessionEnd over : List.copyOf(missing.values())) {
      if (due.getOrDefault(over.session(), 0L) <= now) {
        attempt(over, now, end);
      }
      if (over.at() < now - kept.toMillis()) {
        missing.remove(over.session());
        due.remove(over.session());
      }
    }
  }

  private void attempt(RelyingSessionEnd over, long now, Predicate<RelyingSessionEnd> end) {
    long pause = RETRY.toMillis();
    try {
      if (!end.test(over)) {
        pause = Math.max(pause, now - over.at());
      }
    } catch (RuntimeException e) {
      LOG.errorf(e, "the session %s could not be ended; tried again", over.session());
    }
    due.put(over.session(), now + pause);
  }
}
