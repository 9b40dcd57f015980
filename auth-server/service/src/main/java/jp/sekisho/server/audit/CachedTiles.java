package jp.sekisho.server.audit;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tile.TileSource;
import jp.sekisho.server.storage.Recent;

/**
 * Tiles of hashes for one proof: every terminal asks for one at every heartbeat, and nearly all of
 * them need the same full tiles, which never change. Not thread-safe, the full ones apart.
 */
final class CachedTiles implements TileSource {
  private static final int MOST = 1024; // of 8 KiB

  /** Full tiles of all logs, least recently used first. Thread-safe. */
  static final class Full {
    private record Key(String log, HashTilePath path) {}

    private final Map<Key, byte[]> tiles = Recent.map(MOST);

    /** Drops the tiles of a log whose hashes were made again. */
    void forget(String log) {
      synchronized (tiles) {
        tiles.keySet().removeIf(key -> key.log().equals(log));
      }
    }
  }

  private final PublishedTiles tiles;
  private final Full full;
  private final Map<HashTilePath, byte[]> partial = new HashMap<>();

  CachedTiles(PublishedTiles tiles, Full full) {
    this.tiles = tiles;
    this.full = full;
  }

  @Override
  public byte[] read(HashTilePath path) throws IOException {
    Full.Key key = new Full.Key(tiles.log(), path);
    boolean isFull = path.width() == TilePath.FULL;
    byte[] known = isFull ? full.tiles.get(key) : partial.get(path);
    if (known != null) {
      return known;
    }
    byte[] read = tiles.read(path);
    if (isFull) {
      full.tiles.put(key, read);
    } else {
      partial.put(path, read);
    }
    return read;
  }
}
