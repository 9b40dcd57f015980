package jp.sekisho.server.desk;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.card.TemporaryStock;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.Loans;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.grant.MediaList;
import jp.sekisho.server.grant.Stocktake;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.Superiors;
import jp.sekisho.server.policy.PolicyImport;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.setup.SetupEnd;
import jp.sekisho.server.webauthn.Passkeys;

/** Beans of the desk, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class DeskBeans {
  @Singleton
  Desk desk(
      Installation installation, Sessions sessions, Roles roles, StepUps stepUps, Setup setup) {
    return new Desk(
        installation.transactions(),
        sessions,
        roles,
        new Persons(installation.seal()),
        stepUps,
        setup::isOpen,
        installation.clock());
  }

  @Singleton
  CardRegistry cardRegistry(
      Installation installation, StaffTrust trust, Sessions sessions, Passkeys passkeys) {
    Persons persons = new Persons(installation.seal());
    return new CardRegistry(
        installation.transactions(),
        new Authenticators(installation.seal()),
        trust,
        (change, number) -> persons.organ(change.handle(), number, change.now()),
        sessions,
        passkeys::suspendAll);
  }

  @Singleton
  TemporaryStock temporaryStock(Installation installation, StaffTrust trust, Sessions sessions) {
    return new TemporaryStock(
        installation.transactions(),
        new Authenticators(installation.seal()),
        trust,
        new Persons(installation.seal()),
        sessions);
  }

  @Singleton
  DeskCards deskCards(
      Installation installation, Desk desk, CardRegistry registry, TemporaryStock stock) {
    return new DeskCards(
        desk,
        registry,
        stock,
        new Authenticators(installation.seal()),
        new Superiors(installation.seal()),
        installation.transactions());
  }

  @Singleton
  DeskMedia deskMedia(Installation installation, Desk desk, Media media, Loans loans) {
    return new DeskMedia(
        desk,
        media,
        new MediaList(
            installation.transactions(), media, installation.seal(), installation.clock()),
        new Stocktake(installation.transactions(), media, installation.seal()),
        loans,
        installation.transactions());
  }

  @Singleton
  DeskSessions deskSessions(Installation installation, Desk desk, Sessions sessions) {
    return new DeskSessions(desk, sessions, installation.transactions());
  }

  @Singleton
  DeskOrders deskOrders(Installation installation, Desk desk) {
    return new DeskOrders(
        desk,
        new PersonImport(
            installation.transactions(),
            installation.seal(),
            handle -> SignedPolicies.threshold(handle, installation),
            installation.clock()),
        installation.transactions());
  }

  @Singleton
  DeskSetup deskSetup(
      Installation installation, Desk desk, Setup setup, SetupEnd end, PolicyImport imports) {
    return new DeskSetup(desk, setup, end, imports, installation.transactions());
  }
}
