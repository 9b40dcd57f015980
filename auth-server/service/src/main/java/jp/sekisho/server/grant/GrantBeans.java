package jp.sekisho.server.grant;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.Optional;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.server.authn.Approvals;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.terminal.TerminalObserver;
import jp.sekisho.server.terminal.Terminals;
import org.jdbi.v3.core.Handle;

/** Beans of exceptions, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class GrantBeans {
  @Singleton
  DossierRepository dossiers(Installation installation) {
    return new DossierRepository(installation.seal());
  }

  @Singleton
  Media media(Installation installation) {
    return new Media(installation.transactions(), installation.seal());
  }

  @Singleton
  Loans loans(Installation installation, Media media) {
    return new Loans(installation.transactions(), media, installation.seal());
  }

  @Singleton
  Limits limits(Installation installation, SignedPolicies policies) {
    SignedRules signed =
        new SignedRules() {
          @Override
          public Rules in(Handle handle) {
            return policies
                .current(handle)
                .<Rules>map(
                    policy -> new Rules.InForce(policy.body().grants(), policy.body().more()))
                .orElseGet(
                    () -> policies.hash(handle).isEmpty() ? new Rules.None() : new Rules.Lapsed());
          }

          @Override
          public Optional<PolicyEvaluator> at(Handle handle, String organ, String terminal) {
            return policies.evaluatorOf(handle, organ, terminal);
          }
        };
    return new Limits(signed, installation.config().trial());
  }

  @Singleton
  Shelf shelf(Installation installation, DossierRepository dossiers, Roles roles, Persons persons) {
    return new Shelf(
        dossiers,
        roles,
        new Representation(new DeputyRepository(installation.seal()), roles, persons),
        new ReviewRepository(installation.seal()));
  }

  @Singleton
  Papers papers(Installation installation, DossierRepository dossiers, Shelf shelf) {
    return new Papers(
        installation.transactions(), dossiers, installation.seal(), shelf, installation.clock());
  }

  @Singleton
  Deputies deputies(Installation installation) {
    return new Deputies(installation.transactions(), installation.seal());
  }

  @Singleton
  Reviews reviews(Installation installation, Shelf shelf, Roles roles, Deputies deputies) {
    return new Reviews(
        installation.transactions(),
        shelf,
        new ReviewRepository(installation.seal()),
        roles,
        deputies,
        installation.clock());
  }

  @Singleton
  Requests requests(
      Installation installation,
      DossierRepository dossiers,
      Shelf shelf,
      Media media,
      Persons persons,
      Terminals terminals,
      Limits limits,
      Setup setup,
      Occurrences occurrences) {
    return new Requests(
        installation.transactions(),
        dossiers,
        shelf,
        media,
        new Requests.Registers(persons, terminals, setup::isOpen),
        limits,
        occurrences);
  }

  @Singleton
  Extensions extensions(
      Installation installation, DossierRepository dossiers, Shelf shelf, Limits limits) {
    return new Extensions(installation.transactions(), dossiers, shelf, limits);
  }

  @Singleton
  @Named("grants")
  Approvals approvals(
      Installation installation,
      DossierRepository dossiers,
      Shelf shelf,
      Limits limits,
      Occurrences occurrences,
      CardStanding people) {
    return new MonthlyConfirmations(
        installation.transactions(),
        dossiers,
        shelf,
        limits,
        occurrences,
        new CardApprovals(
            installation.transactions(), dossiers, shelf, limits, occurrences, people));
  }

  @Singleton
  CardStanding cardStanding(Installation installation, Persons persons) {
    return new CardStanding(persons, new Authenticators(installation.seal()));
  }

  @Singleton
  Occurrences occurrences(
      DossierRepository dossiers,
      CardStanding people,
      Terminals terminals,
      Media media,
      Limits limits) {
    return new Occurrences(dossiers, new SeriesStanding(people, terminals, media, limits), limits);
  }

  @Singleton
  Activations activations(
      Installation installation,
      DossierRepository dossiers,
      Media media,
      Sessions sessions,
      Occurrences occurrences,
      Limits limits) {
    return new Activations(
        installation.transactions(), dossiers, media, sessions, occurrences, limits);
  }

  @Singleton
  Returns returns(Installation installation, DossierRepository dossiers, Shelf shelf, Loans loans) {
    return new Returns(installation.transactions(), dossiers, shelf, loans);
  }

  @Singleton
  UsedGrants usedGrants(Installation installation, DossierRepository dossiers) {
    return new UsedGrants(installation.transactions(), dossiers, installation.clock());
  }

  @Singleton
  Overview overview(
      Installation installation,
      DossierRepository dossiers,
      Shelf shelf,
      Media media,
      Limits limits,
      Reviews reviews,
      Occurrences occurrences) {
    return new Overview(
        installation.transactions(),
        dossiers,
        shelf,
        media,
        limits,
        reviews,
        occurrences,
        installation.clock());
  }

  @Singleton
  GrantClock grantClock(
      Installation installation, DossierRepository dossiers, Occurrences occurrences) {
    return new GrantClock(installation.transactions(), dossiers, occurrences);
  }

  @Singleton
  TerminalObserver grantWatch(DossierRepository dossiers) {
    return new GrantWatch(dossiers);
  }
}
