package jp.sekisho.server.emergency;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;

/** Lets {@link Emergencies} look for late ones. */
@Singleton
@Requires(beans = Installation.class)
final class EmergencyRounds {
  private final Emergencies emergencies;

  EmergencyRounds(Emergencies emergencies) {
    this.emergencies = emergencies;
  }

  @Scheduled(
      fixedDelay = "${sekisho.emergency-sweep:15s}",
      initialDelay = "${sekisho.emergency-sweep:15s}")
  void sweep() {
    emergencies.sweep();
  }
}
