package jp.sekisho.audit.tile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;

/**
 * All tiles of a tree, where only those of its leaves are kept: the others are computed when asked
 * for and remembered. Meant for a few proofs. Not thread-safe.
 */
public final class DerivedTiles implements TileSource {
  private final TileSource leaves;
  private final Map<HashTilePath, byte[]> computed = new HashMap<>();

  /** Takes the source of the tiles of level 0. */
  public DerivedTiles(TileSource leaves) {
    this.leaves = leaves;
  }

  @Override
  public byte[] read(HashTilePath path) throws IOException {
    if (path.level() == 0) {
      return leaves.read(path);
    }
    byte[] known = computed.get(path);
    if (known == null) {
      known = compute(path);
      computed.put(path, known);
    }
    return known.clone();
  }

  private byte[] compute(HashTilePath path) throws IOException {
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    long first = path.index() * TilePath.FULL;
    for (long child = first; child < first + path.width(); child++) {
      contents.writeBytes(root(new HashTilePath(path.level() - 1, child, TilePath.FULL)).bytes());
    }
    return contents.toByteArray();
  }

  private Hash root(HashTilePath full) throws IOException {
    byte[] contents = full.level() == 0 ? leaves.read(full) : compute(full);
    try {
      Frontier tree = Frontier.empty();
      for (Hash hash : HashTile.parse(full, contents).hashes()) {
        tree = tree.append(hash); // a tile's hashes are combined as leaves are
      }
      return tree.root();
    } catch (FormatException e) {
      throw new IOException(e);
    }
  }
}
