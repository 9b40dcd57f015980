package jp.sekisho.server.grant;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;

/** Lets {@link GrantClock} sweep four times a minute. */
@Singleton
@Requires(beans = Installation.class)
final class GrantRounds {
  private final GrantClock clock;

  GrantRounds(GrantClock clock) {
    this.clock = clock;
  }

  @Scheduled(fixedDelay = "${sekisho.grant-sweep:15s}", initialDelay = "${sekisho.grant-sweep:15s}")
  void sweep() {
    clock.sweep();
  }
}
