package jp.sekisho.server.audit;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.NodeSink;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Collects the complete subtrees of 256, 65536, … entries that a growing tree finishes, for {@code
 * audit_node}: one row per 256 entries, so that no tile needs more than 256 rows. Not thread-safe.
 */
final class TreeNodes implements NodeSink {
  /** Tree levels in one level of tiles. */
  static final int HEIGHT = 8;

  private record Place(int level, long index) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byLevel = Integer.compare(level, other.level);
      return byLevel != 0 ? byLevel : Long.compare(index, other.index);
    }
  }

  private final Map<Place, Hash> nodes = new TreeMap<>();

  @Override
  public void completed(int level, long index, Hash hash) {
    if (level > 0 && level % HEIGHT == 0) {
      nodes.put(new Place(level / HEIGHT, index), hash);
    }
  }

  boolean isEmpty() {
    return nodes.isEmpty();
  }

  /** Writes what was collected, over whatever stands there. */
  void store(Handle handle, String log) {
    if (nodes.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "insert into audit_node (log, level, idx, hash) values (:log, :level, :idx, :hash)"
                + " on conflict (log, level, idx) do update set hash = excluded.hash");
    nodes.forEach((place, hash) ->
        batch
            .bind("log", log)
            .bind("level", place.level())
            .bind("idx", place.index())
            .bind("hash", hash.bytes())
            .add());
    batch.execute();
  }

  /**
   * The nodes of a tile level from {@code from} up to, not including, {@code to}, as far as they
   * are there without a gap.
   */
  static List<Hash> read(Handle handle, String log, int level, long from, long to) {
    return LogTables.gapless(
        handle
            .createQuery(
                "select idx, hash from audit_node where log = :log and level = :level"
                    + " and idx >= :from and idx < :to order by idx")
            .bind("log", log)
            .bind("level", level)
            .bind("to", to),
        from);
  }
}
