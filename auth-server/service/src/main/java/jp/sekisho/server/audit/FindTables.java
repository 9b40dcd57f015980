package jp.sekisho.server.audit;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.storage.Vendor;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/** The SQL of {@code audit_find} and {@code audit_find_state}. */
final class FindTables {
  private static final String COLUMNS = "idx, time, person, terminal, type, failed, grant_id";

  /** Sorted afterwards: asked to sort, SQLite would read all rows by their time instead. */
  static final String ROWS =
      "select " + COLUMNS + " from audit_find where log = :log and idx in (<indexes>)";

  private static final String INSERT =
      "insert into audit_find"
          + " (log, idx, time, person, terminal, feature, type, failed, grant_id, mark)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (log, idx) do nothing";

  private static final int FETCH = 500;

  /** Rows looked up by one statement. */
  private static final int MOST_ROWS = 250;

  private FindTables() {}

  /**
   * The one index by which a query is answered; it has all that the walk needs, so that no row is
   * looked up which the {@link EntryMark} tells to leave out.
   *
   * @param column null for time alone
   * @param failed whether it has failures only
   */
  record Walk(String index, @Nullable String column, @Nullable Object value, boolean failed) {
    /** Every way to walk for a query; the first where nobody counts. */
    static List<Walk> of(EntryQuery query) {
      Boolean success = query.success();
      boolean failed = success != null && !success;
      List<Walk> walks = new ArrayList<>();
      add(walks, "person", query.person(), failed);
      add(walks, "terminal", query.terminal(), failed);
      String event = query.event();
      add(walks, event != null && event.indexOf('.') < 0 ? "feature" : "type", event, failed);
      if (walks.isEmpty()) {
        walks.add(new Walk(failed ? "audit_find_failed" : "audit_find_time", null, null, failed));
      }
      return walks;
    }

    private static void add(
        List<Walk> walks, String column, @Nullable Object value, boolean failed) {
      if (value != null) {
        walks.add(
            new Walk(
                (failed ? "audit_find_failed_" : "audit_find_") + column, column, value, failed));
      }
    }
  }

  /** How dense a walk is: rows counted, and the time of the oldest of them. */
  record Density(long rows, long oldest) implements Comparable<Density> {
    /** The rarer first: fewer rows, or as many over a longer time. */
    @Override
    public int compareTo(Density other) {
      return Comparator.comparingLong(Density::rows)
          .thenComparingLong(Density::oldest)
          .compare(this, other);
    }
  }

  /** A row of an index. */
  private record Step(Position position, long mark) {}

  /** Rows of a walk: hits that were accepted, and where it ended; null at its end. */
  record Walked(List<EntryHit> hits, @Nullable Position reached) {}

  static long size(Handle handle, String log) {
    return handle
        .createQuery("select size from audit_find_state where log = :log")
        .bind("log", log)
        .mapTo(Long.class)
        .findOne()
        .orElse(0L);
  }

  /** Raises the size; false if it was no longer {@code before}: somebody else was first. */
  static boolean raise(Handle handle, String log, long before, long after) {
    String sql =
        before == 0
            ? "insert into audit_find_state (log, size) values (:log, :after)"
                + " on conflict (log) do update set size = :after"
                + " where audit_find_state.size = :before"
            : "update audit_find_state set size = :after where log = :log and size = :before";
    return handle
            .createUpdate(sql)
            .bind("log", log)
            .bind("before", before)
            .bind("after", after)
            .execute()
        == 1;
  }

  /** Lets nobody take entries of a log into the index before this transaction ends. */
  static void lock(Handle handle, String log) {
    int _ =
        handle.execute(
            "insert into audit_find_state (log, size) values (?, 0)"
                + " on conflict (log) do update set size = audit_find_state.size",
            log);
  }

  /** Plain JDBC: each entry comes here, on SQLite on its one writer's thread. */
  static void insert(Handle handle, String log, List<EntryHit> hits) {
    if (hits.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = handle.getConnection().prepareStatement(INSERT)) {
      for (EntryHit hit : hits) {
        insert.setString(1, log);
        insert.setLong(2, hit.index());
        insert.setLong(3, hit.time());
        insert.setString(4, hit.person());
        insert.setString(5, hit.terminal());
        insert.setString(6, hit.feature());
        insert.setString(7, hit.type());
        insert.setInt(8, hit.failed() ? 1 : 0);
        insert.setString(9, hit.grant());
        insert.setLong(10, EntryMark.of(hit));
        insert.addBatch();
      }
      int[] _ = insert.executeBatch();
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException("cannot insert into the index", e, null);
    }
  }

  /** How dense a walk is behind a place; at most {@code most} rows are counted. */
  static Density density(
      Handle handle,
      Vendor vendor,
      String log,
      Walk walk,
      EntryQuery query,
      Position before,
      int most) {
    String sql =
        "select count(*) as entries, coalesce(min(time), 0) as oldest from ("
            + walkSql(vendor, walk)
            + ") as counted";
    return bound(handle.createQuery(sql), log, walk, query, before)
        .bind("most", most)
        .map((row, _) -> new Density(row.getLong("entries"), row.getLong("oldest")))
        .one();
  }

  /**
   * Walks back from {@code before} until {@code limit} rows are accepted or {@code most} were seen.
   */
  static Walked walk(
      Handle handle,
      Vendor vendor,
      String log,
      Walk walk,
      EntryQuery query,
      Predicate<EntryHit> accepted,
      Position before,
      int limit,
      int most) {
    EntryMark.Wanted wanted = EntryMark.Wanted.of(query);
    List<EntryHit> hits = new ArrayList<>();
    List<Long> likely = new ArrayList<>();
    int seen = 0;
    int looked = 0;
    Step last = null;
    try (ResultIterator<Step> steps =
        bound(handle.createQuery(walkSql(vendor, walk)), log, walk, query, before)
            .bind("most", most)
            .setFetchSize(FETCH)
            .map((row, _) ->
                new Step(
                    new Position(row.getLong("time"), row.getLong("idx")), row.getLong("mark")))
            .iterator()) {
      while (steps.hasNext()) {
        last = steps.next();
        seen++;
        if (wanted.accepts(last.mark())) {
          likely.add(last.position().index());
        }
        boolean ended = !steps.hasNext();
        // As many rows at once as are missing on the page; more where most are of no use.
        if (ended || likely.size() >= Math.min(MOST_ROWS, Math.max(looked, limit - hits.size()))) {
          looked += likely.size();
          rows(handle, log, likely).stream()
              .filter(hit -> query.accepts(hit) && accepted.test(hit))
              .forEach(hits::add);
          likely.clear();
          if (hits.size() >= limit) {
            List<EntryHit> page = List.copyOf(hits.subList(0, limit));
            return new Walked(page, page.getLast().position());
          }
        }
      }
    }
    return new Walked(hits, seen < most || last == null ? null : last.position());
  }

  /** Rows by their indexes, newest first. */
  private static List<EntryHit> rows(Handle handle, String log, List<Long> indexes) {
    return indexes.isEmpty()
        ? List.of()
        : handle
            .createQuery(ROWS)
            .bind("log", log)
            .bindList("indexes", indexes)
            .map((row, _) -> hit(row))
            .stream()
            .sorted(EntryHit.NEWEST_FIRST)
            .toList();
  }

  /**
   * Every row that the service itself wrote about an exception, grouped by it and oldest first in
   * each. What terminals write names exceptions, too, as many as they like.
   */
  static List<EntryHit> aboutGrants(Handle handle, String log, int most) {
    return handle
        .createQuery(
            "select "
                + COLUMNS
                + " from audit_find where log = :log and grant_id is not null and feature = 'grant'"
                + " order by grant_id, type, time limit :most")
        .bind("log", log)
        .bind("most", most)
        .setFetchSize(FETCH)
        .map((row, _) -> hit(row))
        .list();
  }

  /**
   * The exceptions that the service wrote about in {@code log} and of which there is an entry of
   * that type in {@code other}.
   */
  static Set<String> grantsWith(Handle handle, String log, String other, String type) {
    return handle
        .createQuery(
            "select distinct grant_id from audit_find g where log = :log and feature = 'grant'"
                + " and grant_id is not null and exists (select 1 from audit_find e where"
                + " e.log = :other and e.grant_id = g.grant_id and e.type = :type)")
        .bind("log", log)
        .bind("other", other)
        .bind("type", type)
        .mapTo(String.class)
        .set();
  }

  /** The newest entries of one type about an exception. */
  static List<EntryHit> about(Handle handle, String log, String grant, String type, int most) {
    return handle
        .createQuery(
            "select "
                + COLUMNS
                + " from audit_find where log = :log and grant_id = :grant and type = :type"
                + " order by time desc limit :most")
        .bind("log", log)
        .bind("grant", grant)
        .bind("type", type)
        .bind("most", most)
        .map((row, _) -> hit(row))
        .list();
  }

  /** The rows of a walk, newest first. */
  static String walkSql(Vendor vendor, Walk walk) {
    return "select time, idx, mark from audit_find"
        // SQLite guesses without statistics; PostgreSQL has them.
        + (vendor == Vendor.SQLITE ? " indexed by " + walk.index() : "")
        + " where log = :log"
        + (walk.column() == null ? "" : " and " + walk.column() + " = :value")
        + (walk.failed() ? " and failed = 1" : "")
        + " and time >= :from and time <= :until and (time < :beforeTime or idx < :beforeIndex)"
        + " order by time desc, idx desc limit :most";
  }

  private static Query bound(
      Query statement, String log, Walk walk, EntryQuery query, Position before) {
    long from = Optional.ofNullable(query.from()).map(java.time.Instant::toEpochMilli).orElse(0L);
    long until =
        Optional.ofNullable(query.until())
            .map(end -> end.toEpochMilli() - 1)
            .orElse(Long.MAX_VALUE);
    statement
        .bind("log", log)
        .bind("from", from)
        .bind("until", Math.min(until, before.time()))
        .bind("beforeTime", before.time())
        .bind("beforeIndex", before.index());
    return walk.value() == null ? statement : statement.bind("value", walk.value());
  }

  private static EntryHit hit(ResultSet row) throws SQLException {
    return new EntryHit(
        row.getLong("idx"),
        row.getLong("time"),
        row.getString("person"),
        row.getString("terminal"),
        row.getString("type"),
        row.getInt("failed") != 0,
        row.getString("grant_id"));
  }
}
