package jp.sekisho.server.authn;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.server.authn.OpenTransactions.Limits;
import jp.sekisho.server.card.Authenticators;
import jp.sekisho.server.card.CardTrusts;
import jp.sekisho.server.card.StaffTrust;
import jp.sekisho.server.card.TrustAlarms;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.session.SessionLimits;
import jp.sekisho.server.session.Sessions;
import jp.sekisho.server.session.Sources;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.TerminalWatch;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.terminal.SignsOfLife;
import jp.sekisho.server.terminal.TerminalObserver;
import jp.sekisho.server.terminal.Terminals;
import jp.sekisho.server.webauthn.PasskeyRules;
import jp.sekisho.server.webauthn.Passkeys;
import jp.sekisho.server.webauthn.RelyingPlace;

/** Beans of logins, cards and sessions, made from the installation that the launcher provides. */
@Factory
@Requires(beans = Installation.class)
final class AuthnBeans {
  private static final int SOURCE_KEY_BYTES = 32;

  /** A cookie is bound to its login's address exactly where the login is: not behind NAT. */
  @Singleton
  Sessions sessions(Installation installation, Logins.Settings settings) throws IOException {
    Sources sources =
        settings.addressMatch() == AddressMatch.REQUIRE
            ? withSourceKey(installation, Sources::bound)
            : Sources.ANYWHERE;
    return new Sessions(
        installation.transactions(),
        installation.seal(),
        SessionLimits.STANDARD,
        sources,
        installation.clock());
  }

  private static <T> T withSourceKey(Installation installation, Function<byte[], T> use)
      throws IOException {
    byte[] key = PrivateFiles.read(installation.directory().sourceKey(), SOURCE_KEY_BYTES);
    try {
      return use.apply(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Singleton
  TerminalObserver terminalWatch(Sessions sessions) {
    return new TerminalWatch(sessions);
  }

  @Singleton
  OnlineHere onlineHere(Installation installation, Sessions sessions) {
    return new OnlineHere(
        installation.transactions(), sessions, new Authenticators(installation.seal()));
  }

  @Singleton
  TerminalObserver offlineWatch(Installation installation) {
    return new OfflineWatch(
        new Authenticators(installation.seal()), new Persons(installation.seal()));
  }

  /** Reads the pinned CAs now, so that a bad file ends the start and not a login. */
  @Singleton
  StaffTrust staffTrust(Installation installation, TrustAlarms alarms) throws IOException {
    return StaffTrust.load(
        installation.staffTrust(),
        installation.clock(),
        new StaffTrust.Remote(installation.config().staffCrl(), installation.config().staffOcsp()),
        alarms,
        installation.config().trial());
  }

  @Singleton
  CardTrusts cardTrusts(Installation installation, StaffTrust staff, TrustAlarms alarms)
      throws IOException {
    return CardTrusts.load(
        staff,
        installation.directory()::cardTrust,
        installation.clock(),
        alarms,
        installation.config().trial());
  }

  @Singleton
  TrustAlarms trustAlarms(Installation installation) {
    return new TrustAlarms(installation.transactions(), installation.clock());
  }

  @Singleton
  RefusalTally refusalTally(Installation installation) throws IOException {
    return withSourceKey(
        installation,
        key -> new RefusalTally(installation.transactions(), installation.clock(), key));
  }

  @Singleton
  Logins.Settings loginSettings(Installation installation) {
    return new Logins.Settings(
        Set.of(installation.config().origin()), installation.config().addressMatch());
  }

  @Singleton
  ActingPosts actingPosts(Installation installation, Sessions sessions) {
    return new ActingPosts(
        installation.transactions(),
        sessions,
        new Persons(installation.seal()),
        installation.clock());
  }

  @Singleton
  Logins logins(
      Installation installation,
      Sessions sessions,
      CardTrusts trust,
      SignedPolicies policies,
      Passkeys passkeys,
      RelyingPlace place,
      PasskeyRules rules,
      StepUps stepUps,
      Terminals terminals,
      SignsOfLife signs,
      Approvals approvals,
      Setup setup,
      Logins.Settings settings) {
    Limits limits =
        settings.addressMatch() == AddressMatch.REQUIRE ? Limits.DIRECT : Limits.BEHIND_NAT;
    return new Logins(
        installation.transactions(),
        new OpenTransactions(installation.clock(), limits),
        sessions,
        new Authenticators(installation.seal()),
        trust,
        new PasskeySigned.Desk(
            installation.transactions(),
            passkeys,
            place,
            rules,
            new TamperedRows(installation.transactions())),
        stepUps,
        new ServiceRegisters(
            terminals,
            new Persons(installation.seal()),
            new Roles(installation.seal()),
            signs,
            policies,
            setup),
        approvals,
        settings,
        new FailureDelays(installation.clock()));
  }
}
