package jp.sekisho.server.session;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When each session was last used, in memory: a row per click would make every click a log entry.
 *
 * <p>The price, said plainly: a restart of the service counts as activity of every session, so a
 * session may idle for up to the idle limit longer around a restart. The absolute limit, which is
 * in the row, is not touched by it. Thread-safe.
 */
final class Activity {
  private final Instant started;
  private final ConcurrentHashMap<String, Instant> last = new ConcurrentHashMap<>();

  Activity(InstantSource clock) {
    started = clock.instant();
  }

  /** The session was used at {@code now}. */
  void used(Session session, Instant now) {
    last.merge(session.name(), now, (a, b) -> a.isAfter(b) ? a : b);
  }

  /** The latest of its last use, its last card and PIN, and the start of this process. */
  Instant last(Session session) {
    Instant seen = last.getOrDefault(session.name(), started);
    return seen.isAfter(session.resumed()) ? seen : session.resumed();
  }

  /** Forgets all sessions but these. */
  void keep(Set<String> names) {
    last.keySet().retainAll(names);
  }
}
