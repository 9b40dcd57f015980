package jp.sekisho.server.breach;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.util.Set;
import jp.sekisho.policy.calendar.CalendarSettings;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.policy.SignedPolicies;

/** Beans of the cases of 漏えい等, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class BreachBeans {
  @Singleton
  BreachRepository breachRows(Installation installation) {
    return new BreachRepository(installation.seal());
  }

  /** Those of the policy in force; a layer cannot change them. */
  @Singleton
  Holidays holidays(SignedPolicies policies) {
    return handle ->
        policies
            .current(handle)
            .map(policy -> Set.copyOf(policy.body().more().value(CalendarSettings.HOLIDAYS)))
            .orElse(Set.of());
  }

  @Singleton
  Breaches breaches(Installation installation, BreachRepository rows, Desk desk) {
    return new Breaches(installation.transactions(), rows, desk, installation.clock());
  }

  @Singleton
  BreachRegister breachRegister(
      Installation installation,
      BreachRepository rows,
      Desk desk,
      Holidays holidays,
      Persons persons) {
    return new BreachRegister(
        installation.transactions(), rows, desk, holidays, persons, installation.clock());
  }

  @Singleton
  BreachSweep breachSweep(Installation installation, BreachRepository rows, Holidays holidays) {
    return new BreachSweep(installation.transactions(), rows, holidays);
  }
}
