package jp.sekisho.server.measure;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;

/** Lets {@link MeasureClock} sweep once a minute. */
@Singleton
@Requires(beans = Installation.class)
final class MeasureRounds {
  private final MeasureClock clock;

  MeasureRounds(MeasureClock clock) {
    this.clock = clock;
  }

  @Scheduled(
      fixedDelay = "${sekisho.measure-sweep:60s}",
      initialDelay = "${sekisho.measure-sweep:60s}")
  void sweep() {
    clock.sweep();
  }
}
