package jp.sekisho.server.measure;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Primary;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import jp.sekisho.server.authn.Approvals;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.TerminalDivisions;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.terminal.Registration;
import jp.sekisho.server.terminal.Terminals;

/** Beans of exceptional measures, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class MeasureBeans {
  @Singleton
  MeasureRepository measureRows(Installation installation) {
    return new MeasureRepository(installation.seal());
  }

  @Singleton
  Measures measures(
      Installation installation,
      MeasureRepository rows,
      Roles roles,
      Terminals terminals,
      SignedPolicies policies,
      Setup setup) {
    return new Measures(
        installation.transactions(),
        rows,
        new Measures.Registers(
            roles, terminals, new TerminalDivisions(installation.seal()), policies, setup::isOpen));
  }

  /** Everything that a card can approve: these here, and those of the exceptions. */
  @Singleton
  @Primary
  Approvals approvals(
      Installation installation,
      MeasureRepository rows,
      Measures measures,
      @Named("grants") Approvals grants) {
    return new MeasureApprovals(
        installation.transactions(), rows, measures, grants, installation.config().trial());
  }

  @Singleton
  MeasureRegister register(
      Installation installation,
      MeasureRepository rows,
      Measures measures,
      Registration terminals,
      SignedPolicies policies,
      Persons persons) {
    return new MeasureRegister(
        installation.transactions(),
        rows,
        measures,
        new Comparison(rows, policies, terminals, new TerminalDivisions(installation.seal())),
        persons,
        installation.clock());
  }

  @Singleton
  MeasureClock measureClock(Installation installation, MeasureRepository rows) {
    return new MeasureClock(installation.transactions(), rows);
  }
}
