package jp.sekisho.server.person;

import java.time.Instant;
import java.util.List;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/** Who holds which role in which organ. Thread-safe. */
public final class Roles {
  private final RowSeal seal;
  private final Timelines timelines;

  public Roles(RowSeal seal) {
    this.seal = seal;
    this.timelines = new Timelines(seal);
  }

  /**
   * Whether the person holds the role in the organ at {@code at}. Somebody found to be both ADMIN
   * and AUDITOR of one organ has neither.
   *
   * @throws TamperedException when a row of this person fails its MAC; let it pass
   */
  public boolean has(Handle handle, String person, Role role, String organ, Instant at) {
    List<Role> held =
        of(handle, person).stream()
            .filter(row -> row.organ().equals(organ) && row.validity().includes(at))
            .map(RoleRow::role)
            .toList();
    boolean conflict = held.contains(Role.ADMIN) && held.contains(Role.AUDITOR);
    return held.contains(role) && !(conflict && (role == Role.ADMIN || role == Role.AUDITOR));
  }

  /** Whether the person holds any role in the organ at {@code at}; throws as {@link #has}. */
  public boolean hasAny(Handle handle, String person, String organ, Instant at) {
    return of(handle, person).stream()
        .anyMatch(row -> row.organ().equals(organ) && row.validity().includes(at));
  }

  /**
   * Everybody who holds or held the role in the organ by an assignment that still stands, whatever
   * its days; throws as {@link #has}.
   */
  public List<String> everHeld(Handle handle, Role role, String organ) {
    return handle
        .createQuery(RoleRow.SELECT + " where organ = :organ and role = :role order by person")
        .bind("organ", organ)
        .bind("role", role.name())
        .map((row, _) -> RoleRow.read(row, seal).person())
        .list()
        .stream()
        .distinct()
        .toList();
  }

  /** All assignments of a person, current or not. */
  List<RoleRow> of(Handle handle, String person) {
    return timelines.roles(handle, person);
  }
}
