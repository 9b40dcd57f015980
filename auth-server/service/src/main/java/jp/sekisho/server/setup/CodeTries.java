package jp.sekisho.server.setup;

import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * How often a source may try the code: ten times a minute, wrong or right. No limit is shared, so
 * nobody keeps the rightful holder out; the code's 125 bits need none. Thread-safe.
 */
public final class CodeTries {
  private static final int MOST = 10;
  private static final int MOST_SOURCES = 10_000;

  private final InstantSource clock;
  private Instant minute = Instant.EPOCH;
  private final Map<InetAddress, Integer> tries = new HashMap<>(); // guarded by this

  public CodeTries(InstantSource clock) {
    this.clock = clock;
  }

  /** Counts a try; false when it is one too many. */
  public synchronized boolean take(InetAddress source) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    if (!now.equals(minute)) {
      minute = now;
      tries.clear();
    }
    if (tries.size() >= MOST_SOURCES && !tries.containsKey(source)) {
      tries.clear(); // rather a few tries more than somebody shut out
    }
    return tries.merge(source, 1, Integer::sum) <= MOST;
  }
}
