package jp.sekisho.server.web;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * Requests of the running minute, of each asker and of all together, with a bound on both.
 * Thread-safe.
 */
final class RequestCount<K> {
  private final InstantSource clock;
  private final int each;
  private final long all;
  private final Map<K, Integer> counts = new HashMap<>();
  private Instant minute = Instant.EPOCH;
  private long total;

  /**
   * @param each what one asker may ask in a minute
   * @param all what all of them may
   */
  RequestCount(InstantSource clock, int each, long all) {
    this.clock = clock;
    this.each = each;
    this.all = all;
  }

  /** Counts a request; false when it is one too many. */
  synchronized boolean admits(K asker) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    if (!now.equals(minute)) {
      minute = now;
      counts.clear();
      total = 0;
    }
    // What is refused counts for nobody: one asker alone must not use up what all may ask.
    int before = counts.getOrDefault(asker, 0);
    if (before >= each || total >= all) {
      return false;
    }
    total++;
    counts.put(asker, before + 1);
    return true;
  }
}
