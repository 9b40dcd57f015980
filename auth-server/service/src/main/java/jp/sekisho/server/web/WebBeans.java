package jp.sekisho.server.web;

import io.micronaut.context.annotation.Bean;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.annotation.Value;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Instant;
import jp.sekisho.server.audit.ClosedGenerations;
import jp.sekisho.server.audit.Cosignatures;
import jp.sekisho.server.audit.DailyStamps;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.OutsideWitness;
import jp.sekisho.server.audit.StampAuthority;
import jp.sekisho.server.auditor.Keeping;
import jp.sekisho.server.breach.BreachRegister;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.desk.DeskCards;
import jp.sekisho.server.emergency.Emergencies;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.measure.MeasureRegister;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.webauthn.PasskeyModels;

/** Beans of the pages, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class WebBeans {

  /** {@code sekisho.agent-url}: only tests set it; agents own one port. */
  @Singleton
  Pages pages(
      Installation installation,
      Desk desk,
      Setup setup,
      Emergencies emergencies,
      MeasureRegister measures,
      BreachRegister breaches,
      @Value("${sekisho.agent-url:`http://127.0.0.1:47621`}") String agentUrl) {
    return new Pages(
        new Pages.Settings(
            installation.config().trial(), agentUrl, installation.config().helpLine()),
        new PasskeyModels(installation.directory().passkeyModels())::listsAny,
        new Pages.Rights(
            session -> desk.holds(session, Desk.ADMINISTRATORS),
            session -> desk.holds(session, DeskCards.ATTESTERS),
            emergencies::unconfirmed,
            measures::sees,
            breaches::overdue,
            setup::isOpen));
  }

  @Singleton
  OpenRoute setupRoutes() {
    return path -> SetupController.ROUTES.contains(path);
  }

  @Singleton
  EntryIndex entryIndex(Installation installation) {
    return new EntryIndex(installation.database(), installation.logs());
  }

  @Singleton
  LogReader logReader(Installation installation, EntryIndex index) {
    return new LogReader(installation, index);
  }

  @Bean(preDestroy = "close")
  @Context
  IndexKeeper indexKeeper(Installation installation, EntryIndex index) {
    return new IndexKeeper(
        index, new TamperedRows(installation.transactions()), installation.logs().names());
  }

  @Singleton
  Cosignatures cosignatures(Installation installation) throws IOException {
    return new Cosignatures(
        installation.logs(),
        installation.transactions(),
        OutsideWitness.read(installation.directory().witnesses()),
        installation.clock());
  }

  @Bean(preDestroy = "close")
  @Context
  WitnessKeeper witnessKeeper(Installation installation, Cosignatures cosignatures) {
    return new WitnessKeeper(
        cosignatures::ask,
        new TamperedRows(installation.transactions()),
        installation.logs().names());
  }

  @Bean(preDestroy = "close")
  @Context
  RetentionKeeper retentionKeeper(Installation installation) {
    return new RetentionKeeper(
        Keeping.of(installation)::prune,
        new TamperedRows(installation.transactions()),
        installation.logs().names(),
        installation.clock());
  }

  @Bean(preDestroy = "close")
  @Context
  RowsKeeper rowsKeeper(Installation installation) {
    return new RowsKeeper(
        installation.logs().rowCheck(installation.clock()),
        new ClosedGenerations(installation.logs()),
        installation.logs().names(),
        new TamperedRows(installation.transactions()));
  }

  /** Once a day as well, by an own thread: it waits for somebody outside. */
  @Bean(preDestroy = "close")
  @Context
  StampKeeper stampKeeper(Installation installation) throws IOException {
    return new StampKeeper(
        StampAuthority.read(installation.directory().stampAuthority())
            .map(authority ->
                new DailyStamps(
                    installation.logs(),
                    installation.transactions(),
                    authority,
                    installation.clock())),
        new TamperedRows(installation.transactions()),
        installation.logs().names());
  }

  @Singleton
  Auditors auditors(Installation installation) {
    Roles roles = new Roles(installation.seal());
    return (person, organ) -> {
      Instant now = installation.clock().instant();
      return installation
          .transactions()
          .read(handle -> roles.has(handle, person, Role.AUDITOR, organ, now));
    };
  }
}
