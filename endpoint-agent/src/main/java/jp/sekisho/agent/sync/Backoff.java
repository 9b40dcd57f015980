package jp.sekisho.agent.sync;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: doubles from {@code first} to {@code longest}, and a random
 * part keeps terminals that lost one line from returning together.
 *
 * @param first bound of the first wait
 * @param longest bound of every wait
 */
public record Backoff(Duration first, Duration longest) {
  /** 1 s to 5 min. */
  public static final Backoff DEFAULT = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));

  /**
   * The wait after {@code failures} failures in a row, at least 1: between half the bound and the
   * bound.
   */
  public Duration after(int failures, RandomGenerator random) {
    long bound = longest.toMillis();
    int doublings = Math.min(failures - 1, 30);
    if (first.toMillis() < bound >> doublings) {
      bound = first.toMillis() << doublings;
    }
    return Duration.ofMillis(bound / 2 + random.nextLong(bound / 2 + 1));
  }
}
