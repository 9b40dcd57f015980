package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import jp.sekisho.server.config.Installation;

/**
 * How often the open files of the logs are read: everybody may, nobody so often that the terminals
 * wait. Counted per source address and minute, and over all of them. Thread-safe.
 */
@Singleton
@Requires(beans = Installation.class)
final class OpenLogLimit {
  /** Sources together may read so many times what one may. */
  private static final int ALL = 10;

  private final InstantSource clock;
  private final int most;
  private final Map<InetAddress, Integer> counts = new HashMap<>();
  private Instant minute = Instant.EPOCH;
  private int all;

  /**
   * @param most requests of one source in a minute, at least 1; a verifier that reads a log of a
   *     million entries needs 3,926 for its hashes
   */
  OpenLogLimit(InstantSource clock, @Value("${sekisho.open-log-requests:6000}") int most) {
    if (most < 1) {
      throw new IllegalArgumentException("sekisho.open-log-requests is at least 1");
    }
    this.clock = clock;
    this.most = most;
  }

  /** Counts a request; false when it is one too many. */
  synchronized boolean admits(InetAddress source) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    if (!now.equals(minute)) {
      minute = now;
      counts.clear();
      all = 0;
    }
    // What is refused counts for nobody: one source alone must not use up what all may read.
    int before = counts.getOrDefault(source, 0);
    if (before >= most || all >= (long) most * ALL) {
      return false;
    }
    all++;
    counts.put(source, before + 1);
    return true;
  }
}
