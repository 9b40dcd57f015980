package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does not fit between the exceptions of a 機関 and what its terminals recorded (突合), newest
 * first: {@code GET /api/v1/reconciliation}.
 *
 * @param openings recorded by terminals, without an exception or outside its time
 * @param olderOpenings {@code openings} of the question for older ones; null when there are none
 * @param uses what was in use and lacks something
 * @param olderUses {@code uses} of the question for older ones; null when there are none
 * @param missing how many of the newest entries of the log were not looked at yet
 * @param edited how many rows and entries were not believed; each of the rows is an entry
 */
public record ReconciledUses(
    List<UnmatchedOpening> openings,
    @Nullable String olderOpenings,
    List<ReconciledUse> uses,
    @Nullable String olderUses,
    long missing,
    int edited) {
  public ReconciledUses {
    openings = List.copyOf(openings);
    uses = List.copyOf(uses);
  }
}
