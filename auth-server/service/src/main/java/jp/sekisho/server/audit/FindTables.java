package jp.sekisho.server.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.storage.Vendor;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The SQL of {@code audit_find} and {@code audit_find_state}. */
final class FindTables {
  private static final String COLUMNS = "idx, time, person, terminal, type, failed, grant_id";
  private static final int FETCH = 500;

  private FindTables() {}

  /**
   * The one column by which the index is walked, the others being looked at row by row.
   *
   * @param column null for time alone
   */
  record Walk(String index, @Nullable String column, @Nullable Object value) {
    static final Walk BY_TIME = new Walk("audit_find_time", null, null);

    /** Every way to walk for a query; the first where nobody counts. */
    static List<Walk> of(EntryQuery query) {
      List<Walk> walks = new ArrayList<>();
      add(walks, "person", query.person());
      add(walks, "terminal", query.terminal());
      String event = query.event();
      add(walks, event != null && event.indexOf('.') < 0 ? "feature" : "type", event);
      Boolean success = query.success();
      add(walks, "failed", success == null ? null : success ? 0 : 1);
      if (walks.isEmpty()) {
        walks.add(BY_TIME);
      }
      return walks;
    }

    private static void add(List<Walk> walks, String column, @Nullable Object value) {
      if (value != null) {
        walks.add(new Walk("audit_find_" + column, column, value));
      }
    }
  }

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

  static void insert(Handle handle, String log, List<EntryHit> hits) {
    if (hits.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into audit_find"
                + " (log, idx, time, person, terminal, feature, type, failed, grant_id) values"
                + " (:log, :idx, :time, :person, :terminal, :feature, :type, :failed, :grant)"
                + " on conflict (log, idx) do nothing");
    for (EntryHit hit : hits) {
      batch
          .bind("log", log)
          .bind("idx", hit.index())
          .bind("time", hit.time())
          .bind("person", hit.person())
          .bind("terminal", hit.terminal())
          .bind("feature", hit.feature())
          .bind("type", hit.type())
          .bind("failed", hit.failed() ? 1 : 0)
          .bind("grant", hit.grant())
          .add();
    }
    batch.execute();
  }

  /** How many rows a walk has, counted up to {@code most}. */
  static long count(
      Handle handle, Vendor vendor, String log, Walk walk, EntryQuery query, int most) {
    String sql =
        "select count(*) from (select 1 from audit_find"
            + hint(vendor, walk)
            + where(walk)
            + " limit :most) as counted";
    return bound(handle.createQuery(sql), log, walk, query, Position.NEWEST)
        .bind("most", most)
        .mapTo(Long.class)
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
    String sql =
        "select "
            + COLUMNS
            + " from audit_find"
            + hint(vendor, walk)
            + where(walk)
            + " and (time < :beforeTime or idx < :beforeIndex)"
            + " order by time desc, idx desc limit :most";
    List<EntryHit> hits = new ArrayList<>();
    int seen = 0;
    EntryHit last = null;
    try (ResultIterator<EntryHit> rows =
        bound(handle.createQuery(sql), log, walk, query, before)
            .bind("beforeTime", before.time())
            .bind("beforeIndex", before.index())
            .bind("most", most)
            .setFetchSize(FETCH)
            .map((row, _) -> hit(row))
            .iterator()) {
      while (rows.hasNext()) {
        last = rows.next();
        seen++;
        if (query.accepts(last) && accepted.test(last)) {
          hits.add(last);
          if (hits.size() == limit) {
            return new Walked(hits, last.position());
          }
        }
      }
    }
    return new Walked(hits, seen < most || last == null ? null : last.position());
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

  /** The exceptions that the service wrote about and of which there is an entry of that type. */
  static Set<String> grantsWith(Handle handle, String log, String type) {
    return handle
        .createQuery(
            "select distinct grant_id from audit_find g where log = :log and feature = 'grant'"
                + " and grant_id is not null and exists (select 1 from audit_find e where"
                + " e.log = g.log and e.grant_id = g.grant_id and e.type = :type)")
        .bind("log", log)
        .bind("type", type)
        .mapTo(String.class)
        .set();
  }

  /** SQLite guesses without statistics; PostgreSQL has them. */
  private static String hint(Vendor vendor, Walk walk) {
    return vendor == Vendor.SQLITE ? " indexed by " + walk.index() : "";
  }

  private static String where(Walk walk) {
    return " where log = :log"
        + (walk.column() == null ? "" : " and " + walk.column() + " = :value")
        + " and time >= :from and time <= :until";
  }

  private static Query bound(
      Query statement, String log, Walk walk, EntryQuery query, Position before) {
    long from = Optional.ofNullable(query.from()).map(java.time.Instant::toEpochMilli).orElse(0L);
    long until =
        Optional.ofNullable(query.until())
            .map(end -> end.toEpochMilli() - 1)
            .orElse(Long.MAX_VALUE);
    statement.bind("log", log).bind("from", from).bind("until", Math.min(until, before.time()));
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
