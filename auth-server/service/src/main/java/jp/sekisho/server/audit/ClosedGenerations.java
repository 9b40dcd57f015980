package jp.sekisho.server.audit;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.server.storage.TamperedException;

/**
 * Whether the closed generations of a log are still what they were when the next one opened. The
 * newest generation is guarded by what lies outside the database; of the others there is a row of
 * state, which somebody with the database can delete, or set back to an older checkpoint, with all
 * that the entries behind it say: a legal hold, or which row is the newest. Entry 0 of each later
 * generation says what was there (ADR 0045). Thread-safe.
 */
public final class ClosedGenerations {
  private final AuditLogs logs;
  private final Set<String> read = ConcurrentHashMap.newKeySet();

  public ClosedGenerations(AuditLogs logs) {
    this.logs = logs;
  }

  /**
   * Looks at the rows of state of all generations.
   *
   * @throws TamperedException when one is missing, covers fewer entries than it did, or the entry
   *     that says so is not as it was written
   */
  public void require(String organ) {
    int newest = logs.generation(organ);
    Set<?> lost = null;
    for (int number = newest; number > 1; number--) {
      Optional<Map<String, Object>> said = opening(organ + "@" + number);
      if (said.isEmpty()) {
        continue;
      }
      if (lost == null && said.get().get("lost") instanceof List<?> numbers) {
        lost = Set.copyOf(numbers); // the newest that says it knows best
        requireAll(organ, number - 1, lost);
      }
      String previous = organ + "@" + (number - 1);
      boolean shortened =
          said.get().get("held") instanceof Long held
              && (!logs.has(previous) || logs.size(previous) < held);
      if (shortened) {
        throw new TamperedException("audit_log_state", previous);
      }
    }
  }

  private void requireAll(String organ, int last, Set<?> lost) {
    for (int number = 1; number <= last; number++) {
      String name = organ + "@" + number;
      if (!lost.contains((long) number) && !logs.has(name)) {
        throw new TamperedException("audit_log_state", name);
      }
    }
  }

  /**
   * Reads all entries of every closed generation, once in the life of this object, and compares
   * them with the checkpoint that closed it: nobody else does before an export.
   *
   * @throws TamperedException when they are others
   */
  public void readOnce(String organ) {
    int newest = logs.generation(organ);
    for (String name : logs.generations(organ)) {
      if (Generation.of(name).number() < newest && !read.contains(name)) {
        Iterator<byte[]> entries = logs.bundle(name).entries();
        while (entries.hasNext()) {
          byte[] _ = entries.next(); // ends with an exception unless it has the signed root
        }
        boolean _ = read.add(name);
      }
    }
  }

  /** What entry 0 says; empty where there is none, or none any more after its term. */
  private Optional<Map<String, Object>> opening(String name) {
    if (!logs.has(name) || logs.size(name) == 0) {
      return Optional.empty();
    }
    List<LogRow> first = logs.entries(name, List.of(0L)); // none where it was deleted
    if (first.isEmpty()) {
      return Optional.empty();
    }
    if (first.getFirst() instanceof LogRow.Intact intact) {
      return Optional.of(intact.entry().data());
    }
    throw new TamperedException("audit_entry", name);
  }
}
