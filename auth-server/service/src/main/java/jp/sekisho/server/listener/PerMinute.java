package jp.sekisho.server.listener;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;

/**
 * Lets the first of equal happenings in each minute through, so that nobody can flood the log.
 * Thread-safe.
 */
public final class PerMinute {
  /** More different happenings in a minute than this are bounded as one. */
  private static final int MAX_KEYS = 100_000;

  private Instant minute = Instant.EPOCH;
  private final Set<String> seen = new HashSet<>();

  /** Whether {@code key} happens for the first time in the minute of {@code now}. */
  public synchronized boolean first(String key, Instant now) {
    Instant current = now.truncatedTo(ChronoUnit.MINUTES);
    if (!current.equals(minute)) {
      minute = current;
      seen.clear();
    }
    return seen.size() < MAX_KEYS && seen.add(key);
  }
}
