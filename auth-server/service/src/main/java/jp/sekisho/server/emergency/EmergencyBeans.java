package jp.sekisho.server.emergency;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.terminal.TerminalObserver;

/** Beans of 緊急時の例外措置, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class EmergencyBeans {
  @Singleton
  EmergencyRepository emergencyRepository(Installation installation) {
    return new EmergencyRepository(installation.seal());
  }

  @Singleton
  Emergencies emergencies(
      Installation installation, EmergencyRepository cases, Roles roles, Media media) {
    return new Emergencies(installation.transactions(), cases, roles, media, installation.clock());
  }

  @Singleton
  TerminalObserver emergencyWatch(EmergencyRepository cases) {
    return new EmergencyWatch(cases);
  }
}
