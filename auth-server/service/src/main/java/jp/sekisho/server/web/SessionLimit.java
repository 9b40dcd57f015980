package jp.sekisho.server.web;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Token;

/**
 * How often one session asks: more than any person at a page does, and less than a program that
 * walks through everything its person may see. Thread-safe.
 */
@Singleton
@Requires(beans = Installation.class)
final class SessionLimit {
  private final RequestCount<String> count;

  /**
   * @param most requests of one session in a minute, at least 1
   */
  SessionLimit(InstantSource clock, @Value("${sekisho.session-requests:1200}") int most) {
    if (most < 1) {
      throw new IllegalArgumentException("sekisho.session-requests is at least 1");
    }
    this.count = new RequestCount<>(clock, most, Long.MAX_VALUE);
  }

  /**
   * Counts a request; false when it is one too many in this minute. Whoever has a cookie that was
   * replaced uses up nothing of its session's holder.
   */
  boolean admits(Session session, Token token) {
    return count.admits(session.isHeldBy(token) ? session.name() : session.name() + " replaced");
  }
}
