package jp.sekisho.server.breach;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;

/** Lets {@link BreachSweep} sweep. */
@Singleton
@Requires(beans = Installation.class)
final class BreachRounds {
  private final BreachSweep sweep;

  BreachRounds(BreachSweep sweep) {
    this.sweep = sweep;
  }

  @Scheduled(
      fixedDelay = "${sekisho.breach-sweep:60s}",
      initialDelay = "${sekisho.breach-sweep:60s}")
  void sweep() {
    sweep.sweep();
  }
}
