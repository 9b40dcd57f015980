package jp.sekisho.server.terminal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * How many records of one terminal are taken in a minute: one that was taken over must not fill the
 * disk of all. What is refused stays in the terminal's spool and is sent again. Thread-safe.
 */
final class RecordQuota {
  /** A terminal that was offline for a week sends what it kept within minutes. */
  static final int MOST = 6_000;

  private Instant minute = Instant.EPOCH;
  private final Map<String, Integer> taken = new HashMap<>();

  /** Whether no more are taken of this terminal in the minute of {@code now}. */
  synchronized boolean isSpent(String terminal, Instant now) {
    begin(now);
    return taken.getOrDefault(terminal, 0) >= MOST;
  }

  /** Counts records that were taken. */
  synchronized void count(String terminal, int records, Instant now) {
    begin(now);
    taken.merge(terminal, records, Integer::sum);
  }

  private void begin(Instant now) {
    Instant current = now.truncatedTo(ChronoUnit.MINUTES);
    if (!current.equals(minute)) {
      minute = current;
      taken.clear();
    }
  }
}
