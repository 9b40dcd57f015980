package jp.sekisho.server.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tile.TileSource;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.server.storage.Database;

/**
 * The tiles of one log up to a published size (C2SP tlog-tiles), made from the database when asked
 * for. They are as true as the database; who reads them checks them against the signed root.
 *
 * @param size of the tree under the newest signed checkpoint: nothing beyond it is shown
 */
record PublishedTiles(Database database, String log, long size) implements TileSource {

  /** Whether the published tree has this tile in this width. */
  boolean has(TilePath path) {
    long hashes =
        path instanceof HashTilePath tile ? size >> (TreeNodes.HEIGHT * tile.level()) : size;
    return path.index() <= hashes / TilePath.FULL
        && path.index() * TilePath.FULL + path.width() <= hashes;
  }

  @Override
  public byte[] read(HashTilePath path) throws IOException {
    require(path);
    long from = path.index() * TilePath.FULL;
    long to = from + path.width();
    List<Hash> row =
        database.read(handle ->
            path.level() == 0
                ? LogTables.leaves(handle, log, from, to)
                : TreeNodes.read(handle, log, path.level(), from, to));
    if (row.size() != path.width()) {
      throw new IOException("hashes of " + path.path() + " are missing from the database");
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    row.forEach(hash -> out.writeBytes(hash.bytes()));
    return out.toByteArray();
  }

  /** The contents of a tile of entries. */
  byte[] entries(EntryTilePath path) throws IOException {
    require(path);
    long from = path.index() * TilePath.FULL;
    List<byte[]> bodies =
        database.read(handle -> LogTables.range(handle, log, from, from + path.width())).stream()
            .map(LogTables.Integrated::body)
            .toList();
    if (bodies.size() != path.width()) {
      throw new IOException("entries of " + path.path() + " are missing from the database");
    }
    return EntryBundle.encode(bodies);
  }

  private void require(TilePath path) throws IOException {
    if (!has(path)) {
      throw new IOException("a log of " + size + " entries has no " + path.path());
    }
  }
}
