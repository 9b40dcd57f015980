package jp.sekisho.server.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Transactions whose card left before their answer was recorded: the terminal's record may overtake
 * the page's answer, and the session must not begin without its card.
 *
 * <p>In memory: after a restart an unanswered transaction is unknown anyway. Remembered for {@link
 * #MEMORY}, longer than a transaction lives, {@value #MOST} at most, the oldest forgotten first.
 * Thread-safe.
 */
final class DepartedCards {
  static final Duration MEMORY = Duration.ofMinutes(3);
  static final int MOST = 50_000;

  private final InstantSource clock;
  // In order of departure; guarded by this.
  private final LinkedHashMap<String, Instant> departed = new LinkedHashMap<>();

  DepartedCards(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void add(String transaction) {
    Instant now = clock.instant();
    departed.put(transaction, now);
    while (departed.size() > MOST || isOld(departed.firstEntry(), now)) {
      departed.pollFirstEntry();
    }
  }

  synchronized boolean holds(String transaction) {
    return departed.containsKey(transaction);
  }

  private static boolean isOld(Map.Entry<String, Instant> entry, Instant now) {
    return entry.getValue().plus(MEMORY).isBefore(now);
  }
}
