package jp.sekisho.keycloak;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import jp.sekisho.protocol.RelyingSessionEnd;

/**
 * Which ends of sessions were dealt with. The service tells an end several times, and one id may
 * end more than once: a later login in the same browser goes on under the id that ended before, and
 * its own end must count. Not thread-safe.
 */
final class SeenEnds {
  // Times in milliseconds of the service's clock, by id.
  private final Map<String, Long> done = new HashMap<>();
  private final Map<String, RelyingSessionEnd> missing = new HashMap<>();

  /**
   * Ends what ended later than the end of that id seen last.
   *
   * @param end ends it; whether there was such a session. One that was not there is kept for {@link
   *     #retry}
   */
  void take(Collection<RelyingSessionEnd> told, Predicate<RelyingSessionEnd> end) {
    for (RelyingSessionEnd over : told) {
      Long before = done.get(over.session());
      if (before != null && before >= over.at()) {
        continue;
      }
      done.put(over.session(), over.at());
      missing.put(over.session(), over); // stays there where ending it throws
      if (end.test(over)) {
        missing.remove(over.session());
      }
    }
  }

  /** Forgets ends before {@code since}, milliseconds: they are not told again. */
  void forgetBefore(long since) {
    done.values().removeIf(at -> at < since);
  }

  /**
   * Tries those again that were not there; gives up those that ended more than {@code late} ago.
   */
  void retry(long now, Duration late, Predicate<RelyingSessionEnd> end) {
    for (RelyingSessionEnd over : List.copyOf(missing.values())) {
      if (over.at() < now - late.toMillis()) {
        missing.remove(over.session());
      }
      if (end.test(over)) {
        missing.remove(over.session());
      }
    }
  }
}
