package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.Standing;
import org.jdbi.v3.core.Handle;

/**
 * Who decides in whose place (代決): for an absent approver, the first deputy of the approver's
 * division who is there. A deputy has no deputies: orders are never followed from one to the next.
 * Reading throws {@link jp.sekisho.server.storage.TamperedException}; let it pass. Thread-safe.
 */
final class Representation {
  private final DeputyRepository deputies;
  private final Roles roles;
  private final Persons persons;

  Representation(DeputyRepository deputies, Roles roles, Persons persons) {
    this.deputies = deputies;
    this.roles = roles;
    this.persons = persons;
  }

  /**
   * Whom a person without the right to decide could represent now.
   *
   * @return by staff number of the absent approver; empty for nobody
   */
  List<Represented> by(Handle handle, String person, String organ, Instant at) {
    List<Deputy> orders =
        deputies.deputies(handle, organ).stream().filter(one -> one.stands(at)).toList();
    if (orders.stream().noneMatch(one -> one.person().equals(person))) {
      return List.of();
    }
    Set<String> absent = new HashSet<>();
    deputies.absences(handle, organ, at).stream()
        .filter(one -> one.covers(at))
        .forEach(one -> absent.add(one.person()));
    if (absent.contains(person)) {
      return List.of();
    }
    List<Represented> found = new ArrayList<>();
    for (String approver : roles.everHeld(handle, Role.APPROVER, organ)) {
      if (absent.contains(approver) && roles.has(handle, approver, Role.APPROVER, organ, at)) {
        List<String> divisions = persons.divisions(handle, approver, organ, at);
        for (String division : divisions) {
          place(handle, orders, division, person, approver, absent, organ, at)
              .ifPresent(found::add);
        }
      }
    }
    return found;
  }

  /** Whether a person has a place in the order of an approver's division, absent or not. */
  boolean isDeputy(Handle handle, String person, String approver, String organ, Instant at) {
    if (!roles.has(handle, approver, Role.APPROVER, organ, at)) {
      return false;
    }
    List<String> divisions = persons.divisions(handle, approver, organ, at);
    return deputies.deputies(handle, organ).stream()
        .anyMatch(one ->
            one.person().equals(person) && one.stands(at) && divisions.contains(one.division()));
  }

  private Optional<Represented> place(
      Handle handle,
      List<Deputy> orders,
      String division,
      String person,
      String approver,
      Set<String> absent,
      String organ,
      Instant at) {
    List<String> before = new ArrayList<>();
    for (Deputy one : orders) {
      if (!one.division().equals(division) || one.person().equals(approver)) {
        continue;
      }
      if (one.person().equals(person)) {
        return Optional.of(new Represented(approver, before));
      }
      boolean there =
          !absent.contains(one.person())
              && persons.currentIn(handle, one.person(), organ, at) instanceof Standing.Current;
      if (there) {
        before.add(one.person());
      }
    }
    return Optional.empty();
  }
}
