package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.Vendor;
import org.jdbi.v3.core.Handle;

/**
 * Fills the log {@code mayor} for a measurement, in minutes instead of hours: rows as the sequencer
 * and the index leave them, sealed, many to a COMMIT; the sequencer's own recovery then judges each
 * of them and signs the whole.
 */
final class LogFill {
  static final String LOG = "mayor";

  private static final int CHUNK = 10_000;

  private LogFill() {}

  /** What the entry of an index says. */
  interface Entries {
    Entry at(long index, byte[] id, byte[] salt);
  }

  /** A row of the log and what is found of it. */
  private record Both(LogTables.Integrated row, EntryHit hit) {}

  /**
   * Fills a log up to a size, and one entry more.
   *
   * @param found whether its entries can be found, too
   */
  static void fill(OpenStorage storage, long size, boolean found, Entries entries) {
    LogState before = storage.database.read(h -> LogTables.state(h, LOG)).orElseThrow();
    Frontier tree = before.frontier();
    Map<String, String> indexes = indexes(storage);
    alter(storage, indexes.keySet().stream().map(name -> "drop index " + name).toList());
    for (long from = before.size(); from < size; from += CHUNK) {
      List<Both> all =
          LongStream.range(from, Math.min(size, from + CHUNK))
              .parallel()
              .mapToObj(index -> row(storage, index, entries))
              .toList();
      TreeNodes nodes = new TreeNodes();
      for (Both one : all) {
        tree = tree.append(one.row().leaf(), nodes);
      }
      long begin = from;
      long end = tree.size();
      int _ =
          storage
              .database
              .writer()
              .sequence(handle -> {
                if (storage.database.vendor() == Vendor.SQLITE) {
                  int _ = handle.execute("pragma cache_size = -1000000"); // of this connection
                }
                LogTables.insertEntries(handle, LOG, all.stream().map(Both::row).toList());
                nodes.store(handle, LOG);
                if (found && FindTables.raise(handle, LOG, begin, end)) {
                  insert(handle, all);
                }
                return all.size();
              });
    }
    alter(storage, List.copyOf(indexes.values()));
    Frontier whole = tree;
    if (!storage.database.writer().sequence(h -> LogTables.compareAndSet(h, before, whole))) {
      throw new IllegalStateException("somebody else writes");
    }
    // An ordinary entry behind them, with which the sequencer finds, judges and signs them all.
    EntryReceipt _ =
        storage.transactions.write(
            change -> change.record(Entry.Subject.person(LOG, "S-1"), new SessionEvent.Resumed()));
    storage.logs.integrateNow();
    if (storage.database.vendor() == Vendor.POSTGRESQL) {
      // What autovacuum does within a minute of a server that runs: statistics, and which pages an
      // index answers for alone.
      try (Handle session = storage.database.openSession()) {
        int _ = session.execute("vacuum analyze audit_find");
        int _ = session.execute("vacuum analyze audit_entry");
      }
    }
    if (found && new EntryIndex(storage.database, storage.logs).catchUp(LOG, 1) != 0) {
      throw new IllegalStateException("the index does not follow");
    }
  }

  /** The indexes that are no constraint, by name: made anew behind the rows, which is quicker. */
  private static Map<String, String> indexes(OpenStorage storage) {
    String sql =
        storage.database.vendor() == Vendor.SQLITE
            ? "select name, sql from sqlite_master where type = 'index'"
                + " and tbl_name in ('audit_entry', 'audit_find') and sql is not null"
            : "select indexname as name, indexdef as sql from pg_indexes"
                + " where indexname like 'audit_find_%' and indexname not like '%_pkey'"
                + " or indexname = 'audit_entry_person'";
    Map<String, String> found = new TreeMap<>();
    storage
        .database
        .read(h ->
            h.createQuery(sql)
                .map((row, _) -> Map.entry(row.getString("name"), row.getString("sql")))
                .list())
        .forEach(index -> found.put(index.getKey(), index.getValue()));
    if (found.size() < 12) {
      throw new IllegalStateException("which indexes? " + found.keySet());
    }
    return found;
  }

  private static void alter(OpenStorage storage, List<String> statements) {
    for (String statement : statements) {
      int _ = storage.database.writer().sequence(handle -> handle.execute(statement));
    }
  }

  /** As {@link FindTables#insert}, by plain JDBC: millions of rows. */
  private static void insert(Handle handle, List<Both> all) {
    try (PreparedStatement insert =
        handle
            .getConnection()
            .prepareStatement(
                "insert into audit_find"
                    + " (log, idx, time, person, terminal, feature, type, failed, grant_id, mark)"
                    + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Both one : all) {
        EntryHit hit = one.hit();
        insert.setString(1, LOG);
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
      throw new IllegalStateException(e);
    }
  }

  private static Both row(OpenStorage storage, long index, Entries entries) {
    byte[] id = ByteBuffer.wrap(bytes(index, 1)).putLong(index).array(); // in their order: quicker
    Entry entry = entries.at(index, id, bytes(index, 2));
    byte[] body = entry.bytes();
    long created = entry.time().toEpochMilli();
    byte[] mac = EntrySeal.seal(storage.seal, new EntryReceipt(id, LOG), index, body, created);
    return new Both(
        new LogTables.Integrated(
            index, id, body, Rfc6962.leaf(body), entry.subject().person(), created, mac),
        EntryHit.of(index, entry));
  }

  /** As random as a salt, and the same each time. */
  private static byte[] bytes(long index, int what) {
    byte[] bytes = new byte[16];
    long state = index * 4 + what;
    for (int i = 0; i < 2; i++) {
      state += 0x9e3779b97f4a7c15L; // SplitMix64
      long mixed = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
      mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
      ByteBuffer.wrap(bytes).putLong(i * 8, mixed ^ (mixed >>> 31));
    }
    return bytes;
  }

  /** Times of a year's entries, evenly apart. */
  static Instant time(Instant begin, long index, long count) {
    return begin.plusMillis((long) (index * (365.0 * 86_400_000 / count)));
  }

  /** Bytes of a directory's files. */
  static long size(Path directory) throws IOException {
    List<Long> sizes = new ArrayList<>();
    try (var files = Files.walk(directory)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        sizes.add(Files.size(file));
      }
    }
    return sizes.stream().mapToLong(Long::longValue).sum();
  }
}
