package jp.sekisho.server.listener;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
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

  /**
   * One call, whose unit may run more than once: a happening that was let through stays so when the
   * unit runs again. For one thread.
   */
  public Call call() {
    return new Call();
  }

  /** Remembers what it said. */
  public final class Call {
    private final Map<String, Boolean> said = new HashMap<>();

    private Call() {}

    /** As {@link PerMinute#first}, the same answer for the same key. */
    public boolean first(String key, Instant now) {
      return said.computeIfAbsent(key, k -> PerMinute.this.first(k, now));
    }

    /** What was let through did not become durable after all: the next one is let through again. */
    public void takeBack() {
      synchronized (PerMinute.this) {
        said.forEach((key, first) -> {
          if (first) {
            seen.remove(key);
          }
        });
      }
    }
  }

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
