package jp.sekisho.server.authn;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.policy.TerminalLogins;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.terminal.SignsOfLife;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.Terminals;
import org.jdbi.v3.core.Handle;

/**
 * The registers of this service. A tampered row is thrown as {@code TamperedException} by its owner
 * and let pass: nothing may go on with it.
 */
final class ServiceRegisters implements Registers {
  private final Terminals terminals;
  private final Persons persons;
  private final Roles roles;
  private final SignsOfLife signs;
  private final SignedPolicies policies;
  private final Setup setup;

  ServiceRegisters(
      Terminals terminals,
      Persons persons,
      Roles roles,
      SignsOfLife signs,
      SignedPolicies policies,
      Setup setup) {
    this.terminals = terminals;
    this.persons = persons;
    this.roles = roles;
    this.signs = signs;
    this.policies = policies;
    this.setup = setup;
  }

  @Override
  public Verdict<ActiveTerminal> terminal(Handle handle, String id) {
    Optional<Terminal> found = terminals.find(handle, id);
    if (found.isEmpty()) {
      return Verdict.refused(Refusal.TERMINAL_REVOKED);
    }
    Terminal terminal = found.get();
    return switch (terminal.state()) {
      case PENDING -> Verdict.refused(Refusal.TERMINAL_PENDING);
      case REVOKED -> Verdict.refused(Refusal.TERMINAL_REVOKED);
      // A session there would outlive its card: nobody would hear that the card left.
      case ACTIVE ->
          signs.owesRecords(terminal.id())
              ? Verdict.refused(Refusal.TERMINAL_SILENT)
              : Verdict.passed(
                  new ActiveTerminal(terminal.id(), terminal.organ(), terminal.deviceKey()));
    };
  }

  @Override
  public Verdict<CurrentPerson> person(
      Handle handle, String number, ActiveTerminal terminal, Instant at) {
    Persons.Place place = persons.place(handle, number, terminal.id(), terminal.organ(), at);
    return switch (place.standing()) {
      case Standing.NotCurrent(Refusal reason) -> Verdict.refused(reason);
      // The log's post is the division's code: a title is free text.
      case Standing.Current current ->
          Verdict.passed(
              new CurrentPerson(
                  number, current.organ(), place.choices().size() > 1 ? null : current.division()));
    };
  }

  @Override
  public List<Look> looks(String number, String terminal) {
    return Stream.of(
            List.of(Terminals.look(terminal)),
            Persons.looks(number, terminal),
            SignedPolicies.looks())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public TerminalLogins logins(Handle handle, ActiveTerminal terminal) {
    return policies.logins(handle, terminal.organ(), terminal.id());
  }

  @Override
  public int failures(Handle handle, ActiveTerminal terminal) {
    return policies
        .rulesOf(handle, terminal.organ(), terminal.id())
        .map(rules -> rules.more().value(LoginSettings.FAILURES))
        .orElse(FailureDelays.STANDARD);
  }

  @Override
  public boolean hasRole(Handle handle, String number, String organ, Instant at) {
    return roles.hasAny(handle, number, organ, at);
  }

  @Override
  public boolean awaitsSetup(Handle handle, String number, String organ, Instant at) {
    return setup.isOpen(handle) && !roles.has(handle, number, Role.ADMIN, organ, at);
  }
}
