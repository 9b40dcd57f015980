package jp.sekisho.server.authn;

import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.Registers.ActiveTerminal;
import jp.sekisho.server.authn.Registers.CurrentPerson;
import jp.sekisho.server.storage.Change;

/**
 * Step 7: this person may work at this terminal: it is still active, it belongs to the person's 機関,
 * and the person holds a role there.
 */
final class Permitted {
  private final PersonCurrent current;
  private final ActiveTerminal terminal;

  private Permitted(PersonCurrent current, ActiveTerminal terminal) {
    this.current = current;
    this.terminal = terminal;
  }

  static Verdict<Permitted> of(PersonCurrent current, Change change, Registers registers) {
    CurrentPerson person = current.person();
    String id = current.identified().spoke().terminal().id();
    // Asked again inside the unit: it may have been revoked since it spoke.
    return registers
        .terminal(change.handle(), id)
        .then(terminal ->
            terminal.organ().equals(person.organ())
                    && registers.hasRole(
                        change.handle(), person.number(), person.organ(), change.now())
                ? Verdict.passed(new Permitted(current, terminal))
                : Verdict.refused(Refusal.ROLE_MISSING));
  }

  PersonCurrent current() {
    return current;
  }

  ActiveTerminal terminal() {
    return terminal;
  }
}
