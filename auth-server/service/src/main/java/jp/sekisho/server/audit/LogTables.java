package jp.sekisho.server.audit;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.server.storage.EntryReceipt;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of {@code audit_log_state}, {@code audit_entry} and of emptying {@code audit_pending}.
 *
 * <p>Over 400 lines because all SQL of these tables is to be found in one place.
 */
final class LogTables {
  private static final String STATE =
      "select log, origin, size, epoch, frontier, checkpoint from audit_log_state";
  private static final String NEXT_NUMBER =
      "select coalesce((select max(number) + 1 from audit_pending where log = ?), size)"
          + " from audit_log_state where log = ?";
  private static final String INSERT_PENDING =
      "insert into audit_pending (log, number, entry_id, body, created, mac)"
          + " values (?, ?, ?, ?, ?, ?)";
  private static final String INSERT_ENTRY =
      "insert into audit_entry (log, idx, entry_id, body, leaf, person, created, mac)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?)";
  private static final String PENDING =
      "select log, number, entry_id, body, created, mac from audit_pending";
  private static final String BODIES =
      "select body from audit_entry where log = ? and idx >= ? and idx < ? order by idx";
  private static final String ENTRY =
      "select idx, entry_id, body, leaf, person, created, mac from audit_entry";

  private LogTables() {}

  /** A row of {@code audit_pending}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
  record Pending(String log, long number, byte[] entryId, byte[] body, long created, byte[] mac) {}

  /**
   * A row of {@code audit_entry}.
   *
   * @param created of the pending row, as its seal has it
   * @param mac the seal of the pending row, whose number the index was
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, never leaves the package
  record Integrated(
      long index,
      byte[] entryId,
      byte[] body,
      Hash leaf,
      @Nullable String person,
      long created,
      byte[] mac) {
    /** Whether everything that a seal or a leaf covers is the same. */
    boolean isSame(Integrated other) {
      return index == other.index
          && created == other.created
          && Arrays.equals(body, other.body)
          && Arrays.equals(entryId, other.entryId)
          && Arrays.equals(mac, other.mac)
          && leaf.equals(other.leaf);
    }
  }

  /** The hash of an entry: of one deleted after its term the one beside it, under a signed root. */
  static Hash leaf(Integrated row, long minimum) {
    return row.index() < minimum && row.body().length == 0 ? row.leaf() : Rfc6962.leaf(row.body());
  }

  /** Deletes what entries say, {@code from} up to, not including, {@code to}; hashes stay. */
  static int prune(Handle handle, String log, long from, long to) {
    FindTables.lock(handle, log);
    int _ =
        handle.execute(
            "delete from audit_find where log = ? and idx >= ? and idx < ?", log, from, to);
    return handle.execute(
        "update audit_entry set body = ?, person = null where log = ? and idx >= ? and idx < ?",
        new byte[0],
        log,
        from,
        to);
  }

  /** The first entry below {@code minimum} that says something. */
  static OptionalLong firstUnpruned(Handle handle, String log, long minimum) {
    return handle
        .createQuery(
            "select min(idx) from audit_entry"
                + " where log = :log and idx < :minimum and length(body) > 0")
        .bind("log", log)
        .bind("minimum", minimum)
        .mapTo(Long.class)
        .findOne()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /** A hash that stands for an entry's own. */
  record Leaf(long index, Hash hash) {}

  /** Puts right what stands beside the bodies; says how many rows there were. */
  static int mendLeaves(Handle handle, String log, List<Leaf> leaves) {
    for (Leaf leaf : leaves) {
      int _ =
          handle.execute(
              "update audit_entry set leaf = ? where log = ? and idx = ?",
              leaf.hash().bytes(),
              log,
              leaf.index());
    }
    return leaves.size();
  }

  static int insertState(Handle handle, String log, String origin, String checkpoint) {
    return insertState(handle, log, 1, origin, checkpoint);
  }

  /** The state of an empty log, unless it has one. */
  static int insertState(
      Handle handle, String log, int generation, String origin, String checkpoint) {
    return handle
        .createUpdate(
            "insert into audit_log_state"
                + " (log, generation, origin, size, epoch, frontier, checkpoint)"
                + " values (:log, :generation, :origin, 0, 0, :frontier, :checkpoint)"
                + " on conflict (log) do nothing")
        .bind("log", log)
        .bind("generation", generation)
        .bind("origin", origin)
        .bind("frontier", Frontier.empty().toBytes())
        .bind("checkpoint", checkpoint)
        .execute();
  }

  /** Cuts a log off behind its first {@code size} entries, which {@code checkpoint} covers. */
  static void close(Handle handle, String log, Frontier tree, String checkpoint) {
    long size = tree.size();
    int _ = handle.execute("delete from audit_entry where log = ? and idx >= ?", log, size);
    int _ = handle.execute("delete from audit_pending where log = ?", log);
    int _ = handle.execute("delete from audit_find where log = ? and idx >= ?", log, size);
    int _ =
        handle.execute(
            "update audit_find_state set size = ? where log = ? and size > ?", size, log, size);
    for (int level = 1; level < Long.SIZE / TreeNodes.HEIGHT; level++) {
      int _ =
          handle.execute(
              "delete from audit_node where log = ? and level = ? and idx >= ?",
              log,
              level,
              size >> (TreeNodes.HEIGHT * level));
    }
    int _ =
        handle.execute(
            "update audit_log_state set size = ?, epoch = epoch + 1, frontier = ?, checkpoint = ?"
                + " where log = ?",
            size,
            tree.toBytes(),
            checkpoint,
            log);
  }

  static Optional<LogState> state(Handle handle, String log) {
    return handle
        .createQuery(STATE + " where log = :log")
        .bind("log", log)
        .map((row, _) -> state(row))
        .findOne();
  }

  /** Whether the log has an entry of this index or a higher one. */
  static boolean hasFrom(Handle handle, String log, long index) {
    return handle
        .createQuery("select 1 from audit_entry where log = :log and idx >= :index limit 1")
        .bind("log", log)
        .bind("index", index)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** How many entries each log has, by its name; closed generations' too. */
  static Map<String, Long> sizes(Handle handle) {
    Map<String, Long> sizes = new TreeMap<>();
    handle
        .createQuery("select log, size from audit_log_state")
        .map((row, _) -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(log -> sizes.put(log.getKey(), log.getValue()));
    return sizes;
  }

  /** Whether the database answers. */
  static boolean isReadable(Handle handle) {
    return handle.createQuery("select 1").mapTo(Integer.class).one() == 1;
  }

  /** Whether nothing is pending and every integrated entry is published. */
  static boolean allPublished(Handle handle) {
    return logsWithPending(handle).isEmpty()
        && handle.createQuery(STATE).map((row, _) -> state(row)).stream()
            .allMatch(state -> state.publishedSize() == state.size());
  }

  static List<String> logsWithPending(Handle handle) {
    return handle
        .createQuery("select distinct log from audit_pending order by log")
        .mapTo(String.class)
        .list();
  }

  static List<Pending> pending(Handle handle, String log, int limit) {
    return handle
        .createQuery(PENDING + " where log = :log order by number limit :limit")
        .bind("log", log)
        .bind("limit", limit)
        .map((row, _) -> pending(row))
        .list();
  }

  /** Pending entries numbered {@code from} up to, not including, {@code to}. */
  static List<Pending> pending(Handle handle, String log, long from, long to) {
    return handle
        .createQuery(PENDING + " where log = :log and number >= :from and number < :to")
        .bind("log", log)
        .bind("from", from)
        .bind("to", to)
        .map((row, _) -> pending(row))
        .list();
  }

  /** The ids of pending entries numbered {@code from} up to, not including, {@code to}. */
  static Map<Long, EntryReceipt> pendingIds(Handle handle, String log, long from, long to) {
    Map<Long, EntryReceipt> ids = new HashMap<>();
    handle
        .createQuery(
            "select number, entry_id from audit_pending"
                + " where log = :log and number >= :from and number < :to")
        .bind("log", log)
        .bind("from", from)
        .bind("to", to)
        .map((row, _) -> Map.entry(row.getLong(1), new EntryReceipt(row.getBytes(2), log)))
        .forEach(row -> ids.put(row.getKey(), row.getValue()));
    return ids;
  }

  /**
   * The number of a log's next entry: each has one, without a gap, from 0. Plain JDBC, because
   * every entry of every unit asks, on SQLite on its one writer's thread.
   */
  static OptionalLong nextNumber(Handle handle, String log) {
    try (PreparedStatement query = handle.getConnection().prepareStatement(NEXT_NUMBER)) {
      query.setString(1, log);
      query.setString(2, log);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException("cannot number an entry", e, null);
    }
  }

  /** Adds entries in their order. Plain JDBC, as above. */
  static void insertPending(Handle handle, List<Pending> rows) {
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = handle.getConnection().prepareStatement(INSERT_PENDING)) {
      for (Pending row : rows) {
        insert.setString(1, row.log());
        insert.setLong(2, row.number());
        insert.setBytes(3, row.entryId());
        insert.setBytes(4, row.body());
        insert.setLong(5, row.created());
        insert.setBytes(6, row.mac());
        insert.addBatch();
      }
      int[] _ = insert.executeBatch();
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException("cannot insert entries", e, null);
    }
  }

  /** Deletes the rows numbered {@code from} up to, not including, {@code to}; says how many. */
  static int deletePending(Handle handle, String log, long from, long to) {
    return handle
        .createUpdate(
            "delete from audit_pending where log = :log and number >= :from and number < :to")
        .bind("log", log)
        .bind("from", from)
        .bind("to", to)
        .execute();
  }

  static void insertEntries(Handle handle, String log, List<Integrated> entries) {
    try (PreparedStatement insert = handle.getConnection().prepareStatement(INSERT_ENTRY)) {
      for (Integrated entry : entries) {
        insert.setString(1, log);
        insert.setLong(2, entry.index());
        insert.setBytes(3, entry.entryId());
        insert.setBytes(4, entry.body());
        insert.setBytes(5, entry.leaf().bytes());
        insert.setString(6, entry.person());
        insert.setLong(7, entry.created());
        insert.setBytes(8, entry.mac());
        insert.addBatch();
      }
      int[] _ = insert.executeBatch();
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException("cannot insert entries", e, null);
    }
  }

  /** Whether the log was still as {@code before} says. */
  static boolean compareAndSet(Handle handle, LogState before, Frontier after) {
    return handle
            .createUpdate(
                "update audit_log_state set size = :size, epoch = epoch + 1, frontier = :frontier"
                    + " where log = :log and size = :oldSize and epoch = :oldEpoch")
            .bind("size", after.size())
            .bind("frontier", after.toBytes())
            .bind("log", before.log())
            .bind("oldSize", before.size())
            .bind("oldEpoch", before.epoch())
            .execute()
        == 1;
  }

  /** Whether the log was still as {@code signed} says. */
  static boolean publish(Handle handle, LogState signed, String checkpoint) {
    return handle
            .createUpdate(
                "update audit_log_state set checkpoint = :checkpoint"
                    + " where log = :log and size = :size and epoch = :epoch")
            .bind("checkpoint", checkpoint)
            .bind("log", signed.log())
            .bind("size", signed.size())
            .bind("epoch", signed.epoch())
            .execute()
        == 1;
  }

  /** Entries {@code from} up to, not including, {@code to}, by index. */
  static List<Integrated> range(Handle handle, String log, long from, long to) {
    return handle
        .createQuery(ENTRY + " where log = :log and idx >= :from and idx < :to order by idx")
        .bind("log", log)
        .bind("from", from)
        .bind("to", to)
        .map((row, _) -> integrated(row))
        .list();
  }

  /** How many bytes entries {@code from} up to, not including, {@code to} are, one a line. */
  static long lineBytes(Handle handle, String log, long from, long to) {
    return handle
        .createQuery(
            "select coalesce(sum(length(body) + 1), 0) from audit_entry"
                + " where log = :log and idx >= :from and idx < :to")
        .bind("log", log)
        .bind("from", from)
        .bind("to", to)
        .mapTo(Long.class)
        .one();
  }

  /** What entries {@code from} up to, not including, {@code to} say, in order. Plain JDBC. */
  static List<byte[]> bodies(Handle handle, String log, long from, long to) {
    List<byte[]> bodies = new ArrayList<>();
    try (PreparedStatement query = handle.getConnection().prepareStatement(BODIES)) {
      query.setString(1, log);
      query.setLong(2, from);
      query.setLong(3, to);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          bodies.add(rows.getBytes(1));
        }
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException("cannot read entries", e, null);
    }
    return bodies;
  }

  /** Entries by index, in no order. */
  static List<Integrated> entries(Handle handle, String log, List<Long> indexes) {
    return handle
        .createQuery(ENTRY + " where log = :log and idx in (<indexes>)")
        .bind("log", log)
        .bindList("indexes", indexes)
        .map((row, _) -> integrated(row))
        .list();
  }

  /** Leaf hashes {@code from} up to, not including, {@code to}, as far as no row is missing. */
  static List<Hash> leaves(Handle handle, String log, long from, long to) {
    return gapless(
        handle
            .createQuery(
                "select idx, leaf as hash from audit_entry"
                    + " where log = :log and idx >= :from and idx < :to order by idx")
            .bind("log", log)
            .bind("to", to),
        from);
  }

  /** The hashes of rows {@code idx, hash} in order, from {@code from} to the first gap. */
  static List<Hash> gapless(Query rows, long from) {
    List<Hash> found = new ArrayList<>();
    rows.bind("from", from)
        .map((row, _) -> Map.entry(row.getLong("idx"), Hash.of(row.getBytes("hash"))))
        .forEach(row -> {
          if (row.getKey() == from + found.size()) {
            found.add(row.getValue());
          }
        });
    return found;
  }

  /** At most {@code limit} entries below {@code before}, newest first; of {@code person} alone. */
  static List<Integrated> page(
      Handle handle, String log, @Nullable String person, long before, int limit) {
    String where = person == null ? "" : " and person = :person";
    var query =
        handle
            .createQuery(
                ENTRY
                    + " where log = :log and idx < :before"
                    + where
                    + " order by idx desc limit :limit")
            .bind("log", log)
            .bind("before", before)
            .bind("limit", limit);
    if (person != null) {
      query.bind("person", person);
    }
    return query.map((row, _) -> integrated(row)).list();
  }

  /** Where an entry stands, by the name of its generation. */
  record Place(String log, long index) {}

  /** The place of an integrated entry: one carried into another generation stands there. */
  static Optional<Place> place(Handle handle, byte[] entryId) {
    return handle
        .createQuery("select log, idx from audit_entry where entry_id = :id")
        .bind("id", entryId)
        .map((row, _) -> new Place(row.getString("log"), row.getLong("idx")))
        .findOne();
  }

  private static LogState state(ResultSet row) throws SQLException {
    return LogState.of(
        row.getString("log"),
        row.getString("origin"),
        row.getLong("size"),
        row.getLong("epoch"),
        row.getBytes("frontier"),
        row.getString("checkpoint"));
  }

  // By position: a pass reads thousands of them.

  private static Pending pending(ResultSet row) throws SQLException {
    return new Pending(
        row.getString(1),
        row.getLong(2),
        row.getBytes(3),
        row.getBytes(4),
        row.getLong(5),
        row.getBytes(6));
  }

  private static Integrated integrated(ResultSet row) throws SQLException {
    return new Integrated(
        row.getLong(1),
        row.getBytes(2),
        row.getBytes(3),
        Hash.of(row.getBytes(4)),
        row.getString(5),
        row.getLong(6),
        row.getBytes(7));
  }
}
