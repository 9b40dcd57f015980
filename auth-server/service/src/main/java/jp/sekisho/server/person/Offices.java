package jp.sekisho.server.person;

import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;

/** Who holds the offices of an installation, and which run empty. Thread-safe. */
public final class Offices {
  /** The offices that one person may not unite when an installation begins. */
  public static final Set<Role> APART =
      Set.of(Role.APPROVER, Role.ADMIN, Role.AUDITOR, Role.POLICY_OFFICER);

  private final Timelines timelines;
  private final ToIntFunction<Handle> officers;

  /**
   * @param officers how many policy officers must sign (k), as the newest root says
   */
  public Offices(RowSeal seal, ToIntFunction<Handle> officers) {
    this.timelines = new Timelines(seal);
    this.officers = officers;
  }

  /**
   * Which of {@link #APART} each person holds now with a post, in whichever organs, by staff
   * number.
   *
   * @throws jp.sekisho.server.storage.TamperedException when a row fails its MAC; let it pass
   */
  public Map<String, Set<Role>> held(Handle handle, Instant at) {
    LocalDate day = Validity.day(at);
    Set<String> organs = Organs.names(handle).keySet();
    Map<String, Set<Role>> held = new TreeMap<>();
    timelines
        .officeHolders(handle)
        .forEach((number, person) -> {
          Set<Role> offices = EnumSet.noneOf(Role.class);
          for (Role role : APART) {
            if (organs.stream().anyMatch(organ -> person.holds(role, organ, day))) {
              offices.add(role);
            }
          }
          if (!offices.isEmpty()) {
            held.put(number, offices);
          }
        });
    return held;
  }

  /**
   * The offices that are not filled now, as {@link PersonImport} tells gaps: its values begin with
   * the organ, {@code *} for all of them.
   */
  public List<RowFault> empty(Handle handle, Instant at) {
    LocalDate day = Validity.day(at);
    return new Staffing(Organs.names(handle).keySet(), officers.applyAsInt(handle))
        .gaps(timelines.officeHolders(handle), day).stream()
            .filter(gap -> gap.values().get(1).equals(day.toString()))
            .toList();
  }
}
