package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.InstantSource;
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

  private final RequestCount<InetAddress> count;

  /**
   * @param most requests of one source in a minute, at least 1; a verifier that reads a log of a
   *     million entries needs 3,926 for its hashes
   */
  OpenLogLimit(InstantSource clock, @Value("${sekisho.open-log-requests:6000}") int most) {
    if (most < 1) {
      throw new IllegalArgumentException("sekisho.open-log-requests is at least 1");
    }
    this.count = new RequestCount<>(clock, most, (long) most * ALL);
  }

  /** Counts a request; false when it is one too many. */
  boolean admits(InetAddress source) {
    return count.admits(source);
  }
}
