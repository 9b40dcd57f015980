package jp.sekisho.audit.tile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.NodeSink;

/**
 * The tiles that change while a tree grows. Pass it to {@link
 * jp.sekisho.audit.tree.Frontier#append(Hash, NodeSink)} for each leaf of a batch, then {@link
 * #drain} the tiles to publish. Keeps at most one unfinished tile per level. Not thread-safe.
 */
public final class TileAssembler implements NodeSink {
  private final List<Row> rows = new ArrayList<>();
  private final List<HashTile> finished = new ArrayList<>();

  /** Begins with the empty tree. */
  public TileAssembler() {
    for (int level = 0; level <= HashTilePath.MAX_LEVEL; level++) {
      rows.add(new Row(level));
    }
  }

  /**
   * Begins where the tree has a size, reading its unfinished tiles, at most one per level.
   *
   * @throws IOException if one cannot be read or has the wrong length
   */
  public static TileAssembler resume(long size, TileSource tiles) throws IOException {
    TileAssembler assembler = new TileAssembler();
    for (Row row : assembler.rows) {
      long hashes = HashTilePath.hashes(row.level, size);
      row.next = hashes - hashes % TilePath.FULL;
      if (row.next < hashes) {
        HashTilePath path = HashTilePath.at(row.level, row.next / TilePath.FULL, hashes);
        try {
          row.hashes.addAll(HashTile.parse(path, tiles.read(path)).hashes());
        } catch (FormatException e) {
          throw new IOException(e);
        }
        row.next = hashes;
      }
    }
    return assembler;
  }

  @Override
  public void completed(int level, long index, Hash hash) {
    if (level % HashTilePath.HEIGHT == 0) {
      rows.get(level / HashTilePath.HEIGHT).add(index, hash);
    }
  }

  /** Returns the full tiles since the last call, leaving the unfinished ones for later. */
  public List<HashTile> drainFinished() {
    List<HashTile> tiles = List.copyOf(finished);
    finished.clear();
    return tiles;
  }

  /**
   * Returns the tiles finished since the last call, then the unfinished ones that grew since.
   * Publish them all before the checkpoint that needs them.
   */
  public List<HashTile> drain() {
    List<HashTile> tiles = new ArrayList<>(finished);
    finished.clear();
    for (Row row : rows) {
      if (row.grew && !row.hashes.isEmpty()) {
        tiles.add(row.tile());
      }
      row.grew = false;
    }
    return tiles;
  }

  /** The unfinished tile of one level. */
  private final class Row {
    private final int level;
    private final List<Hash> hashes = new ArrayList<>();
    private long next;
    private boolean grew;

    Row(int level) {
      this.level = level;
    }

    void add(long index, Hash hash) {
      if (index != next) {
        throw new IllegalStateException("node " + index + " where " + next + " comes next");
      }
      next++;
      hashes.add(hash);
      grew = true;
      if (hashes.size() == TilePath.FULL) {
        finished.add(tile());
        hashes.clear();
      }
    }

    HashTile tile() {
      return new HashTile(HashTilePath.at(level, (next - 1) / TilePath.FULL, next), hashes);
    }
  }
}
