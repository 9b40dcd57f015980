package jp.sekisho.server.emergency;

import io.micronaut.context.annotation.Requires;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;

/** Lets {@link Emergencies} look for late ones, as often as exceptions are swept. */
@Singleton
@Requires(beans = Installation.class)
final class EmergencyRounds {
  private final Emergencies emergencies;

  EmergencyRounds(Emergencies emergencies) {
    this.emergencies = emergencies;
  }

  @Scheduled(fixedDelay = "${sekisho.grant-sweep:15s}", initialDelay = "${sekisho.grant-sweep:15s}")
  void sweep() {
    emergencies.sweep();
  }
}
