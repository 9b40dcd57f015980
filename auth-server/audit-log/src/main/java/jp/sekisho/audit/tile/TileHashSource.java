package jp.sekisho.audit.tile;

import java.io.IOException;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.HashSource;
import jp.sekisho.audit.tree.Rfc6962;

/**
 * The complete nodes of a published tree, for proofs; nodes inside a tile are recomputed from its
 * lowest row. Reads one tile per call and keeps none. What it returns is as true as the tiles:
 * check proofs against a signed root.
 *
 * @param size of the tree whose tiles are read
 */
public record TileHashSource(TileSource tiles, long size) implements HashSource {
  @Override
  public Hash hash(int level, long index) throws IOException {
    int tileLevel = level / HashTilePath.HEIGHT;
    int within = level % HashTilePath.HEIGHT;
    long first = index << within;
    long hashes = HashTilePath.hashes(tileLevel, size);
    if (index < 0 || tileLevel > HashTilePath.MAX_LEVEL || first + (1L << within) > hashes) {
      throw new IOException("a tree of size " + size + " has no node " + level + "/" + index);
    }
    HashTilePath path = HashTilePath.at(tileLevel, first / TilePath.FULL, hashes);
    try {
      List<Hash> row = HashTile.parse(path, tiles.read(path)).hashes();
      int from = (int) (first % TilePath.FULL);
      return root(row.subList(from, from + (1 << within)));
    } catch (FormatException e) {
      throw new IOException(e);
    }
  }

  /** Returns the root of a row whose length is a power of two. */
  private static Hash root(List<Hash> row) {
    int half = row.size() / 2;
    return half == 0
        ? row.get(0)
        : Rfc6962.node(root(row.subList(0, half)), root(row.subList(half, row.size())));
  }
}
