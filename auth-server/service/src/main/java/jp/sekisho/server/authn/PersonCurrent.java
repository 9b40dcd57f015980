package jp.sekisho.server.authn;

import jp.sekisho.server.authn.Registers.CurrentPerson;
import jp.sekisho.server.storage.Change;

/**
 * Step 6: the holder is employed, not suspended, and post and contract are current. Of several
 * current posts the terminal fixes the acting one: {@link jp.sekisho.server.person.Persons#acting}.
 */
final class PersonCurrent {
  private final Identified identified;
  private final CurrentPerson person;

  private PersonCurrent(Identified identified, CurrentPerson person) {
    this.identified = identified;
    this.person = person;
  }

  static Verdict<PersonCurrent> of(Identified identified, Change change, Registers registers) {
    return registers
        .person(change.handle(), identified.person(), identified.spoke().terminal(), change.now())
        .then(person -> Verdict.passed(new PersonCurrent(identified, person)));
  }

  Identified identified() {
    return identified;
  }

  CurrentPerson person() {
    return person;
  }
}
