package jp.sekisho.audit.tile;

import static jp.sekisho.audit.FormatException.Code.TILE_PATH_MALFORMED;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;

/** The name of a tile below a log's prefix: of hashes, or of entries. */
public sealed interface TilePath permits HashTilePath, EntryTilePath {
  /** Hashes or entries in a full tile. */
  int FULL = 256;

  /** Tiles of one level are numbered below this, since sizes are below 2^63. */
  long MAX_INDEX = (1L << 55) - 1;

  /** Number of the tile on its level, from 0. */
  long index();

  /** Hashes or entries in the tile, 1 to {@link #FULL}. */
  int width();

  /** Returns the path, {@code tile/…}, without a leading slash. */
  String path();

  /**
   * Reads a path.
   *
   * @throws FormatException unless it is exactly what {@link #path} writes
   */
  static TilePath parse(String path) throws FormatException {
    Matcher matcher = Syntax.PATH.matcher(path);
    if (path.length() > Syntax.MAX_LENGTH || !matcher.matches()) {
      throw new FormatException(TILE_PATH_MALFORMED, "not a tile path");
    }
    try {
      long index = Long.parseLong(matcher.group("index").replace("x", "").replace("/", ""));
      String partial = matcher.group("width");
      int width = partial == null ? FULL : Integer.parseInt(partial);
      String level = matcher.group("level");
      TilePath tile =
          level.equals("entries")
              ? new EntryTilePath(index, width)
              : new HashTilePath(Integer.parseInt(level), index, width);
      if (!tile.path().equals(path)) {
        throw new FormatException(TILE_PATH_MALFORMED, "tile path is not canonical");
      }
      return tile;
    } catch (IllegalArgumentException e) {
      throw new FormatException(TILE_PATH_MALFORMED, "level, number or width is out of range");
    }
  }

  /** Returns how many tiles, the partial one included, hold this many hashes or entries. */
  static long count(long hashes) {
    return hashes / FULL + (hashes % FULL == 0 ? 0 : 1);
  }

  /** The grammar, and the writer of what follows the level. */
  final class Syntax {
    static final int MAX_LENGTH = 64;
    static final Pattern PATH =
        Pattern.compile(
            "tile/(?<level>[0-7]|entries)/(?<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\\.p/(?<width>[0-9]{1,3}))?");

    private Syntax() {}

    static void check(long index, int width) {
      if (index < 0 || index > MAX_INDEX || width < 1 || width > FULL) {
        throw new IllegalArgumentException("no tile " + index + " of width " + width);
      }
    }

    static String path(String level, long index, int width) {
      StringBuilder number = new StringBuilder(group(index));
      for (long rest = index / 1000; rest > 0; rest /= 1000) {
        number.insert(0, "x" + group(rest) + "/");
      }
      return "tile/" + level + "/" + number + (width == FULL ? "" : ".p/" + width);
    }

    private static String group(long number) {
      return String.format(Locale.ROOT, "%03d", number % 1000);
    }
  }
}
