package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.session.Sessions;

/** What is done by the minute: write down expired sessions and counted refusals. */
@Singleton
@Requires(beans = Installation.class)
final class Rounds {
  private final Sessions sessions;
  private final RefusalTally tally;

  Rounds(Sessions sessions, RefusalTally tally) {
    this.sessions = sessions;
    this.tally = tally;
  }

  @Scheduled(fixedDelay = "15s", initialDelay = "15s")
  void sweep() {
    sessions.sweep();
  }

  @Scheduled(fixedDelay = "20s", initialDelay = "20s")
  void flush() {
    tally.flush();
  }

  @PreDestroy
  void end() {
    tally.flushAll();
  }
}
