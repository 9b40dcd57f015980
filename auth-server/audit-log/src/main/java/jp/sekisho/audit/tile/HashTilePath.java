package jp.sekisho.audit.tile;

import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The name of a tile of hashes.
 *
 * @param level 0 to 7, counted in tiles: level 1 is eight tree levels above level 0
 */
public record HashTilePath(int level, long index, int width) implements TilePath {
  /** Highest level a log below 2^63 entries has. */
  public static final int MAX_LEVEL = 7;

  /** Tree levels in one tile level. */
  static final int HEIGHT = 8;

  /** Checks the ranges; throws IllegalArgumentException. */
  public HashTilePath {
    Syntax.check(index, width);
    if (level < 0 || level > MAX_LEVEL) {
      throw new IllegalArgumentException("no tile level " + level);
    }
  }

  /**
   * Returns the tiles of one level of a tree of this size, from the left, the last maybe partial.
   */
  public static Stream<HashTilePath> ofLevel(int level, long size) {
    long hashes = hashes(level, size);
    return LongStream.range(0, TilePath.count(hashes)).mapToObj(index -> at(level, index, hashes));
  }

  /**
   * Returns one tile of a tree of this size, full or partial.
   *
   * @throws IllegalArgumentException if the tree has no such tile
   */
  public static HashTilePath of(int level, long index, long size) {
    return at(level, index, hashes(level, size));
  }

  /** Returns how many hashes a level of a tree of this size has. */
  static long hashes(int level, long size) {
    return size >> (HEIGHT * level);
  }

  /** Returns the tile as it is when its level has this many hashes. */
  static HashTilePath at(int level, long index, long hashes) {
    return new HashTilePath(level, index, (int) Math.min(FULL, hashes - index * FULL));
  }

  @Override
  public String path() {
    return Syntax.path(Integer.toString(level), index, width);
  }
}
