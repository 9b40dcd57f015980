package jp.sekisho.audit.tile;

import static jp.sekisho.audit.FormatException.Code.TILE_MALFORMED;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.tree.Hash;

/** A tile of hashes with its name; the path says how many there are. */
public record HashTile(HashTilePath path, List<Hash> hashes) {
  /** Checks the number of hashes; throws IllegalArgumentException. */
  public HashTile {
    hashes = List.copyOf(hashes);
    if (hashes.size() != path.width()) {
      throw new IllegalArgumentException("a tile of width " + path.width());
    }
  }

  /**
   * Reads the contents of a tile.
   *
   * @throws FormatException if the length does not fit the width
   */
  public static HashTile parse(HashTilePath path, byte[] contents) throws FormatException {
    if (contents.length != path.width() * Hash.SIZE) {
      throw new FormatException(TILE_MALFORMED, path.path() + " has another length than its name");
    }
    List<Hash> hashes = new ArrayList<>(path.width());
    for (int at = 0; at < contents.length; at += Hash.SIZE) {
      hashes.add(Hash.of(contents, at));
    }
    return new HashTile(path, hashes);
  }

  /** Returns the contents to be served. */
  public byte[] contents() {
    ByteArrayOutputStream contents = new ByteArrayOutputStream(hashes.size() * Hash.SIZE);
    hashes.forEach(hash -> contents.writeBytes(hash.bytes()));
    return contents.toByteArray();
  }
}
