package jp.sekisho.audit.tile;

/** The name of a tile of entries ({@link EntryBundle}). */
public record EntryTilePath(long index, int width) implements TilePath {
  /** Checks the ranges; throws IllegalArgumentException. */
  public EntryTilePath {
    Syntax.check(index, width);
  }

  @Override
  public String path() {
    return Syntax.path("entries", index, width);
  }
}
