package jp.sekisho.audit.bundle;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.tile.HashTile;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tree.Hash;

/** Leaf hashes as the tiles of a bundle tell them, in order, one tile in memory at a time. */
final class TileReader {
  private final BundleSource source;
  private final Iterator<HashTilePath> paths;
  private Iterator<Hash> hashes = List.<Hash>of().iterator();

  TileReader(BundleSource source, long size) {
    this.source = source;
    this.paths = HashTilePath.ofLevel(0, size).iterator();
  }

  /** Returns the next leaf hash; to be called size times. */
  Hash next() throws IOException, FormatException {
    if (!hashes.hasNext()) {
      HashTilePath path = paths.next();
      byte[] contents = source.read(path.path(), path.width() * Hash.SIZE);
      hashes = HashTile.parse(path, contents).hashes().iterator();
    }
    return hashes.next();
  }
}
