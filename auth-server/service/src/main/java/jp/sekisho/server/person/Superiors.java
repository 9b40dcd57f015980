package jp.sekisho.server.person;

import java.time.Instant;
import java.util.List;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;

/**
 * Who speaks for a person as their 所属長: somebody else who may decide in the 機関 (決裁・代決) and has a
 * post in one of the person's divisions there. Where nobody is so placed, because the person is the
 * head or the division is small, everybody else who may decide in the 機関 does (代決). Reading throws
 * {@link jp.sekisho.server.storage.TamperedException}; let it pass. Thread-safe.
 */
public final class Superiors {
  private final Persons persons;
  private final Roles roles;

  public Superiors(RowSeal seal) {
    this.persons = new Persons(seal);
    this.roles = new Roles(seal);
  }

  /**
   * Whether {@code superior} speaks for a person.
   *
   * @param asker who asks for it, and is therefore nobody's second
   */
  public boolean speaks(
      Handle handle, String superior, String person, String asker, String organ, Instant at) {
    List<String> deciders =
        roles.everHeld(handle, Role.APPROVER, organ).stream()
            .filter(one -> !one.equals(person) && !one.equals(asker))
            .filter(one -> roles.has(handle, one, Role.APPROVER, organ, at))
            .filter(one -> persons.currentIn(handle, one, organ, at) instanceof Standing.Current)
            .toList();
    List<String> divisions = persons.divisions(handle, person, organ, at);
    List<String> heads =
        deciders.stream()
            .filter(one ->
                persons.divisions(handle, one, organ, at).stream().anyMatch(divisions::contains))
            .toList();
    return (heads.isEmpty() ? deciders : heads).contains(superior);
  }
}
