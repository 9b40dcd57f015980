package jp.sekisho.server.setup;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.util.function.ToIntFunction;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Offices;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.terminal.Registration;
import jp.sekisho.server.terminal.Tickets;
import org.jdbi.v3.core.Handle;

/** Beans of the first start, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class SetupBeans {
  @Singleton
  Setup setup(Installation installation) {
    Setup setup = Setup.of(installation);
    setup.settle();
    return setup;
  }

  @Singleton
  CodeTries codeTries(Installation installation) {
    return new CodeTries(installation.clock());
  }

  @Singleton
  Offices offices(Installation installation) {
    return new Offices(installation.seal(), officers(installation));
  }

  private static ToIntFunction<Handle> officers(Installation installation) {
    return handle -> SignedPolicies.threshold(handle, installation);
  }

  @Singleton
  SetupEnd setupEnd(
      Installation installation,
      Setup setup,
      Offices offices,
      Registration registration,
      SignedPolicies policies) {
    return new SetupEnd(
        installation.transactions(),
        setup,
        offices,
        new Authenticators(installation.seal()),
        registration::anyActive,
        policies::isImported);
  }

  @Singleton
  SetupSteps setupSteps(
      Installation installation,
      Setup setup,
      Offices offices,
      CardRegistry registry,
      Registration registration,
      Tickets tickets) {
    return new SetupSteps(
        installation.transactions(),
        setup,
        new PersonImport(
            installation.transactions(),
            installation.seal(),
            officers(installation),
            installation.clock()),
        offices,
        registry,
        new Authenticators(installation.seal()),
        new SetupSteps.Terminals(tickets, registration),
        installation.clock());
  }
}
