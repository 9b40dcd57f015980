package jp.sekisho.server.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.FindTables.Walk;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.Vendor;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** What an auditor can ask, in every combination, and how a database goes about answering. */
final class Walks {
  private Walks() {}

  /** Every combination of conditions. */
  static List<EntryQuery> queries(
      List<String> persons, List<String> terminals, List<String> events, Instant from) {
    List<EntryQuery> queries = new ArrayList<>();
    for (String person : orNone(persons)) {
      for (String terminal : orNone(terminals)) {
        for (String event : orNone(events)) {
          for (Boolean success : Arrays.<@Nullable Boolean>asList(null, true, false)) {
            for (Instant begin : Arrays.<@Nullable Instant>asList(null, from)) {
              queries.add(new EntryQuery(person, terminal, event, success, begin, null));
            }
          }
        }
      }
    }
    return queries;
  }

  private static List<@Nullable String> orNone(List<String> values) {
    List<@Nullable String> all = new ArrayList<>(values);
    all.add(null);
    return all;
  }

  /** The database's own plan of every walk of a query, as text. */
  static List<String> plans(OpenStorage storage, EntryQuery query) {
    return storage.database.read(handle -> {
      Vendor vendor = storage.database.vendor();
      forced(handle, vendor);
      List<String> plans = new ArrayList<>();
      for (Walk walk : Walk.of(query)) {
        plans.add(plan(handle, vendor, walk, query));
      }
      return plans;
    });
  }

  /** The database's own plan of reading some rows. */
  static String planOfRows(OpenStorage storage) {
    return storage.database.read(handle -> {
      forced(handle, storage.database.vendor());
      return plan(
          storage.database.vendor(),
          handle
              .createQuery(explain(storage.database.vendor()) + FindTables.ROWS)
              .bind("log", LogFill.LOG)
              .bindList("indexes", List.of(1L, 2L, 3L)));
    });
  }

  private static void forced(Handle handle, Vendor vendor) {
    if (vendor == Vendor.POSTGRESQL) {
      // A handful of rows is read faster as a whole; the question is what can be done.
      int _ = handle.execute("set local enable_seqscan = off");
      int _ = handle.execute("set local enable_bitmapscan = off");
      int _ = handle.execute("set local enable_sort = off");
    }
  }

  private static String explain(Vendor vendor) {
    return vendor == Vendor.SQLITE ? "explain query plan " : "explain ";
  }

  private static String plan(Vendor vendor, Query statement) {
    String column = vendor == Vendor.SQLITE ? "detail" : "QUERY PLAN";
    return String.join("\n", statement.map((row, _) -> row.getString(column)).list());
  }

  private static String plan(Handle handle, Vendor vendor, Walk walk, EntryQuery query) {
    Query statement = handle.createQuery(explain(vendor) + FindTables.walkSql(vendor, walk));
    if (walk.value() != null) {
      Query _ = statement.bind("value", walk.value());
    }
    return plan(
        vendor,
        statement
            .bind("log", LogFill.LOG)
            .bind("from", Optional.ofNullable(query.from()).map(Instant::toEpochMilli).orElse(0L))
            .bind("until", Long.MAX_VALUE)
            .bind("beforeTime", Position.NEWEST.time())
            .bind("beforeIndex", Position.NEWEST.index())
            .bind("most", EntryIndex.MOST_WALKED));
  }
}
