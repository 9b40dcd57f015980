package jp.sekisho.audit.tile;

/** The name of a tile of entries ({@link EntryBundle}). */
public record EntryTilePath(long index, int width) implements TilePath {
  /** Checks the ranges; throws IllegalArgumentException. */
  public EntryTilePath {
    Syntax.check(index, width);
  }

  /**
   * Returns one tile of a log of this size, full or partial.
   *
   * @throws IllegalArgumentException if the log has no such tile
   */
  public static EntryTilePath of(long index, long size) {
    return new EntryTilePath(index, (int) Math.min(FULL, size - index * FULL));
  }

  @Override
  public String path() {
    return Syntax.path("entries", index, width);
  }
}
