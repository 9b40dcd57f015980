package jp.sekisho.audit.published;

import static jp.sekisho.audit.FormatException.Code.BUNDLE_MALFORMED;
import static jp.sekisho.audit.FormatException.Code.TILE_MALFORMED;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.copy.EntryReader;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TileHashSource;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.HashSource;

/** A copy of a log in the form in which logs are published. */
public final class PublishedCopy implements LogCopy {
  private static final int LEVELS = HashTilePath.MAX_LEVEL + 1;

  private final LogFiles files;

  public PublishedCopy(LogFiles files) {
    this.files = files;
  }

  @Override
  public byte[] checkpoint() throws IOException, FormatException {
    try {
      return files.read("checkpoint", SignedNote.MAX_BYTES);
    } catch (NoSuchFileException e) {
      throw new FormatException(BUNDLE_MALFORMED, "there is no checkpoint");
    } catch (LogFiles.TooLongException e) {
      throw new FormatException(BUNDLE_MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Optional<byte[]> minimum() throws IOException, FormatException {
    return beside("minimum", Minimum.MAX_BYTES);
  }

  @Override
  public Optional<byte[]> aged() throws IOException, FormatException {
    return beside("aged", SignedNote.MAX_BYTES);
  }

  private Optional<byte[]> beside(String file, int limit) throws IOException, FormatException {
    try {
      return Optional.of(files.read(file, limit));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (LogFiles.TooLongException e) {
      throw new FormatException(BUNDLE_MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public EntryReader entries(long size) {
    return new EntryTileReader(this, size);
  }

  @Override
  public byte[] tile(HashTilePath path) throws IOException, FormatException {
    int length = path.width() * Hash.SIZE;
    byte[] contents = length(path.path(), length);
    if (contents.length == 0 && path.width() < TilePath.FULL) {
      String full = new HashTilePath(path.level(), path.index(), TilePath.FULL).path();
      contents = length(full, TilePath.FULL * Hash.SIZE);
    }
    if (contents.length == 0) {
      throw new NoSuchFileException(path.path());
    }
    return Arrays.copyOf(contents, length);
  }

  /** Returns a file of exactly this length, or nothing if it is not there. */
  private byte[] length(String path, int length) throws IOException, FormatException {
    try {
      byte[] contents = files.read(path, length);
      if (contents.length != length) {
        throw new FormatException(TILE_MALFORMED, path + " is shorter than its name says");
      }
      return contents;
    } catch (NoSuchFileException e) {
      return new byte[0];
    } catch (LogFiles.TooLongException e) {
      throw new FormatException(TILE_MALFORMED, path + " is longer than its name says");
    }
  }

  /**
   * Returns the contents of a tile of entries.
   *
   * @throws NoSuchFileException if it is not there
   */
  byte[] entryTile(EntryTilePath path) throws IOException {
    return files.read(path.path(), EntryBundle.maxBytes(path.width()));
  }

  @Override
  public int tileLevels() {
    return LEVELS;
  }

  /** Keeps each tile it has read, for proofs ask for several nodes of one. */
  @Override
  public HashSource nodes(long size) {
    Map<HashTilePath, byte[]> known = new HashMap<>();
    return new TileHashSource(
        path -> {
          byte[] contents = known.get(path);
          if (contents == null) {
            try {
              contents = tile(path);
            } catch (FormatException e) {
              throw new IOException(e);
            }
            known.put(path, contents);
          }
          return contents;
        },
        size);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
