package jp.sekisho.server.authn;

import java.time.LocalDateTime;
import java.time.ZoneId;
import jp.sekisho.policy.Decision;
import jp.sekisho.policy.Effect;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.Ruling;
import jp.sekisho.server.authn.Registers.ActiveTerminal;
import jp.sekisho.server.authn.Registers.CurrentPerson;
import jp.sekisho.server.policy.TerminalLogins;
import jp.sekisho.server.storage.Change;
import org.jspecify.annotations.Nullable;

/**
 * Step 7: this person may work at this terminal: the first start is over or the person does it, the
 * terminal is still active, it belongs to the person's 機関, the person holds a role there, and the
 * signed policy of the terminal lets such a login in.
 */
final class Permitted {
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  private final PersonCurrent current;
  private final ActiveTerminal terminal;

  private final @Nullable Ruling ruling;

  private Permitted(PersonCurrent current, ActiveTerminal terminal, @Nullable Ruling ruling) {
    this.current = current;
    this.terminal = terminal;
    this.ruling = ruling;
  }

  static Verdict<Permitted> of(PersonCurrent current, Change change, Registers registers) {
    CurrentPerson person = current.person();
    String id = current.identified().spoke().terminal().id();
    // Asked again inside the unit: it may have been revoked since it spoke.
    return registers
        .terminal(change.handle(), id)
        .then(terminal ->
            registers.awaitsSetup(change.handle(), person.number(), person.organ(), change.now())
                ? Verdict.<ActiveTerminal>refused(Refusal.SETUP_OPEN)
                : Verdict.passed(terminal))
        .then(terminal ->
            terminal.organ().equals(person.organ())
                    && registers.hasRole(
                        change.handle(), person.number(), person.organ(), change.now())
                ? decided(current, terminal, change, registers)
                : Verdict.refused(Refusal.ROLE_MISSING));
  }

  private static Verdict<Permitted> decided(
      PersonCurrent current, ActiveTerminal terminal, Change change, Registers registers) {
    TerminalLogins logins = registers.logins(change.handle(), terminal);
    if (current.identified() instanceof Registered registered
        && !logins.allows(registered.kind())) {
      return Verdict.refused(Refusal.CARD_KIND_POLICY);
    }
    Decision decision = decision(current, logins, change);
    return decision != null && decision.effect() == Effect.BLOCK
        ? Verdict.refused(Refusal.LOGIN_POLICY)
        : Verdict.passed(
            new Permitted(current, terminal, decision == null ? null : decision.ruling()));
  }

  /** What the policy says of this login, for the entry of its refusal too; null without one. */
  static @Nullable Ruling ruling(PersonCurrent current, Change change, Registers registers) {
    String id = current.identified().spoke().terminal().id();
    Decision decision =
        registers.terminal(change.handle(), id) instanceof Verdict.Passed<ActiveTerminal>(var at)
            ? decision(current, registers.logins(change.handle(), at), change)
            : null;
    return decision == null ? null : decision.ruling();
  }

  private static @Nullable Decision decision(
      PersonCurrent current, TerminalLogins logins, Change change) {
    Identified identified = current.identified();
    CardKind card = identified instanceof Registered registered ? registered.kind() : null;
    return logins
        .decide(
            new LoginAttempt(
                card == null ? LoginFactors.PASSKEY : LoginFactors.CARD_PIN,
                card,
                identified.before().sameAddress(),
                LocalDateTime.ofInstant(change.now(), JAPAN),
                null))
        .orElse(null);
  }

  /** The entry of a success, with the rule that let it in. */
  LoginEvent.Succeeded succeeded() {
    return current.identified().succeeded().by(ruling);
  }

  PersonCurrent current() {
    return current;
  }

  ActiveTerminal terminal() {
    return terminal;
  }
}
