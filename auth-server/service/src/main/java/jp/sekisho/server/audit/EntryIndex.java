package jp.sekisho.server.audit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.FindTables.Density;
import jp.sekisho.server.audit.FindTables.Walk;
import jp.sekisho.server.audit.FindTables.Walked;
import jp.sekisho.server.storage.Database;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Finds entries by time, person, terminal, event and outcome, newest first, without reading the
 * log. Thread-safe; several processes may keep one index.
 *
 * <p>The index follows the published log, some entries behind ({@link #catchUp}), and is derived
 * from entries whose seals were verified. What it finds is read anew from the log and shown only as
 * far as its seal says. That it <em>hides</em> nothing is not proved: whoever can edit the database
 * can take a row out of it. An export is complete or fails, and reads no index.
 *
 * <p>A page costs a bounded amount: of several conditions the rarest is walked, at most {@value
 * #MOST_WALKED} rows of its index, then the page ends with the place to go on from, full or not.
 * What the other conditions leave out costs no look at a row ({@link EntryMark}).
 */
public final class EntryIndex {
  /** Entries of one step of {@link #catchUp}. */
  private static final int STEP = AuditLogs.MAX_PAGE;

  /** What terminals record when an exception is used: a medium, an imported file, a copy. */
  public static final List<String> USES =
      List.of("export.opened", "import.released", "clipboard.crossed");

  /** Rows looked at for a page. */
  static final int MOST_WALKED = 4_000;

  private static final int MOST_COUNTED = 1_000;

  /** Rows about exceptions that one look at all of them reads. */
  private static final int MOST_ABOUT_GRANTS = 200_000;

  private final Database database;
  private final AuditLogs logs;

  public EntryIndex(Database database, AuditLogs logs) {
    this.database = database;
    this.logs = logs;
  }

  /**
   * Entries found.
   *
   * @param hits newest first
   * @param next from where older ones are found; null when there are none
   */
  public record Hits(List<EntryHit> hits, @Nullable Position next) {
    public Hits {
      hits = List.copyOf(hits);
    }
  }

  /** How many entries of a log can be found. */
  public long size(String log) {
    return database.read(handle -> FindTables.size(handle, logs.stored(log)));
  }

  /**
   * Takes at most {@code most} further published entries into the index; how many are still missing
   * from it.
   */
  public long catchUp(String log, long most) {
    String stored = logs.stored(log);
    long published = logs.size(log);
    long size = size(log);
    long end = Math.min(published, size + most);
    while (size < end) {
      long from = size;
      long to = Math.min(end, from + STEP);
      boolean first = take(stored, from, to, hits(log, from, to));
      size = first ? to : size(log);
    }
    return published - size;
  }

  /** What entries {@code from} up to, not including, {@code to} are found by. */
  List<EntryHit> hits(String log, long from, long to) {
    List<EntryHit> hits = new ArrayList<>();
    for (LogRow row : logs.page(log, null, to, (int) (to - from))) {
      if (row instanceof LogRow.Intact intact) {
        hits.add(EntryHit.of(intact.index(), intact.entry()));
      }
    }
    return hits;
  }

  /** Takes them into the index, unless another process did. */
  boolean take(String stored, long from, long to, List<EntryHit> hits) {
    return database
        .writer()
        .sequence(handle -> {
          if (!FindTables.raise(handle, stored, from, to)) {
            return false;
          }
          // Asked behind the lock on the index: what was deleted since the entries were read is not
          // put back, and what is deleted from now on waits for the lock.
          long minimum = logs.minimum(stored);
          FindTables.insert(
              handle, stored, hits.stream().filter(hit -> hit.index() >= minimum).toList());
          return true;
        });
  }

  /**
   * Entries for which one of {@code any} and {@code also} hold, at most {@code limit}, older than
   * {@code before}.
   */
  public Hits find(
      String log, List<EntryQuery> any, Predicate<EntryHit> also, Position before, int limit) {
    String stored = logs.stored(log);
    return database.read(handle -> {
      TreeMap<EntryHit, EntryHit> merged = new TreeMap<>(EntryHit.NEWEST_FIRST);
      Position newestReached = null;
      for (EntryQuery query : any) {
        Walk walk = rarest(handle, stored, query, before);
        Walked walked =
            FindTables.walk(
                handle, database.vendor(), stored, walk, query, also, before, limit, MOST_WALKED);
        walked.hits().forEach(hit -> merged.put(hit, hit));
        newestReached = newer(newestReached, walked.reached());
      }
      // Below the place where one of the walks stopped, its rows would be missing.
      Position end = newestReached;
      List<EntryHit> hits = new ArrayList<>();
      for (EntryHit hit : merged.keySet()) {
        boolean seen = end == null || !end.isBefore(hit);
        if (seen && hits.size() < limit) {
          hits.add(hit);
        } else {
          return new Hits(hits, hits.isEmpty() ? end : hits.getLast().position());
        }
      }
      return new Hits(hits, end);
    });
  }

  private Walk rarest(Handle handle, String stored, EntryQuery query, Position before) {
    List<Walk> ways = Walk.of(query);
    if (ways.size() == 1) {
      return ways.getFirst();
    }
    Map<Walk, Density> densities = new LinkedHashMap<>();
    for (Walk way : ways) {
      densities.put(
          way,
          FindTables.density(handle, database.vendor(), stored, way, query, before, MOST_COUNTED));
    }
    return Collections.min(densities.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  /** As {@link AuditLogs#generations}: what each of them has, is asked for by its name. */
  public List<String> generations(String organ) {
    return logs.generations(organ);
  }

  /**
   * What the service wrote of each exception, by its id: its entries, oldest first.
   *
   * @throws IllegalStateException when there are more than {@value #MOST_ABOUT_GRANTS} such entries
   */
  public Map<String, List<EntryHit>> grants(String log) {
    List<EntryHit> rows =
        database.read(
            handle -> FindTables.aboutGrants(handle, logs.stored(log), MOST_ABOUT_GRANTS + 1));
    if (rows.size() > MOST_ABOUT_GRANTS) {
      throw new IllegalStateException("too many entries about exceptions in log " + log);
    }
    Map<String, List<EntryHit>> grants = new TreeMap<>();
    for (EntryHit row : rows) {
      String grant = row.grant();
      if (grant != null) {
        grants.computeIfAbsent(grant, _ -> new ArrayList<>()).add(row);
      }
    }
    grants.values().forEach(list -> list.sort(EntryHit.NEWEST_FIRST.reversed()));
    return grants;
  }

  /**
   * The exceptions that the service wrote about in a log and that were used ({@link #USES}), as
   * another generation of it, or the same one, says.
   */
  public Set<String> used(String log, String other) {
    return database.read(handle -> {
      Set<String> used = new HashSet<>();
      USES.forEach(type ->
          used.addAll(FindTables.grantsWith(handle, logs.stored(log), logs.stored(other), type)));
      return used;
    });
  }

  /**
   * Entries of these types about one exception, oldest first.
   *
   * @param most of each type
   */
  public List<EntryHit> about(String log, String grant, List<String> types, int most) {
    String stored = logs.stored(log);
    return database.read(handle -> {
      List<EntryHit> hits = new ArrayList<>();
      types.forEach(type -> hits.addAll(FindTables.about(handle, stored, grant, type, most)));
      hits.sort(EntryHit.NEWEST_FIRST.reversed());
      return hits;
    });
  }

  /**
   * The entries themselves, in the order given; each as its seal says. Nobody has to believe the
   * index (ADR 0011): an entry for which {@code query} does not hold is left out.
   */
  public List<LogRow> entries(String log, List<EntryHit> hits, EntryQuery query) {
    return logs.entries(log, hits.stream().map(EntryHit::index).toList()).stream()
        .filter(row ->
            !(row instanceof LogRow.Intact intact)
                || query.accepts(EntryHit.of(intact.index(), intact.entry())))
        .toList();
  }

  private static @Nullable Position newer(@Nullable Position one, @Nullable Position other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    boolean isNewer =
        one.time() > other.time() || (one.time() == other.time() && one.index() > other.index());
    return isNewer ? one : other;
  }
}
