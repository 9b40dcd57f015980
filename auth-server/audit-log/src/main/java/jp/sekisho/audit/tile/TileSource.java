package jp.sekisho.audit.tile;

import java.io.IOException;

/** Where published tiles of hashes are read: a directory, a table, a server. */
@FunctionalInterface
public interface TileSource {
  /**
   * Returns the contents of a tile, {@code width·32} bytes. A source that has stored a wider one
   * under the same number returns its beginning.
   *
   * @throws IOException if there is none or it cannot be read
   */
  byte[] read(HashTilePath path) throws IOException;
}
