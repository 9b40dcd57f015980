package jp.sekisho.server.authn;

import jp.sekisho.server.authn.Registers.CurrentPerson;
import jp.sekisho.server.storage.Change;

/**
 * Step 6: the holder is employed, not suspended, and post and contract are current. Of several
 * current posts the terminal fixes the acting one: {@link jp.sekisho.server.person.Persons#acting}.
 */
final class PersonCurrent {
  private final Registered registered;
  private final CurrentPerson person;

  private PersonCurrent(Registered registered, CurrentPerson person) {
    this.registered = registered;
    this.person = person;
  }

  static Verdict<PersonCurrent> of(Registered registered, Change change, Registers registers) {
    return registers
        .person(
            change.handle(),
            registered.card().person(),
            registered.signed().spoke().terminal(),
            change.now())
        .then(person -> Verdict.passed(new PersonCurrent(registered, person)));
  }

  Registered registered() {
    return registered;
  }

  CurrentPerson person() {
    return person;
  }
}
