package jp.sekisho.server.breach;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;

/** Lets {@link BreachSweep} sweep, as often as exceptional measures are swept. */
@Singleton
@Requires(beans = Installation.class)
final class BreachRounds {
  private final BreachSweep sweep;

  BreachRounds(BreachSweep sweep) {
    this.sweep = sweep;
  }

  @Scheduled(
      fixedDelay = "${sekisho.measure-sweep:60s}",
      initialDelay = "${sekisho.measure-sweep:60s}")
  void sweep() {
    sweep.sweep();
  }
}
