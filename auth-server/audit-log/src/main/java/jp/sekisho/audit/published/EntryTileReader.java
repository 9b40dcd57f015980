package jp.sekisho.audit.published;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import jp.sekisho.audit.copy.EntryReader;
import jp.sekisho.audit.copy.Slot;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.TilePath;

/**
 * The entries of a published log, one tile in memory at a time. Unlike {@link
 * jp.sekisho.audit.tile.EntryBundle#decode} it goes on behind a damaged or missing tile, so that
 * the first bad entry can be told and everything after it looked at.
 */
final class EntryTileReader implements EntryReader {
  private final PublishedCopy copy;
  private final long size;
  private long next;
  private long endOfTile;
  private ByteBuffer tile = ByteBuffer.allocate(0);
  private boolean broken;

  EntryTileReader(PublishedCopy copy, long size) {
    this.copy = copy;
    this.size = size;
  }

  @Override
  public Slot next() throws IOException {
    if (next == size) {
      return Slot.Gap.END;
    }
    if (next % TilePath.FULL == 0) {
      open(EntryTilePath.of(next / TilePath.FULL, size));
    }
    next++;
    Slot slot = take();
    boolean lastOfTile = next == endOfTile;
    return lastOfTile && tile.hasRemaining() ? Slot.Gap.DAMAGED : slot;
  }

  /** Opens only the tile it lands in. */
  @Override
  public void skip(long count) throws IOException {
    long target = next + count;
    long tileStart = target - target % TilePath.FULL;
    if (tileStart > next) {
      next = tileStart;
    }
    while (next < target) {
      next();
    }
  }

  private void open(EntryTilePath path) throws IOException {
    broken = false;
    endOfTile = path.index() * TilePath.FULL + path.width();
    try {
      tile = ByteBuffer.wrap(copy.entryTile(path));
    } catch (NoSuchFileException e) {
      if (path.width() < TilePath.FULL) {
        open(new EntryTilePath(path.index(), TilePath.FULL)); // the log has gone on since
      } else {
        tile = ByteBuffer.allocate(0);
      }
    } catch (LogFiles.TooLongException e) {
      broken = true;
    }
  }

  private Slot take() {
    if (broken) {
      return Slot.Gap.DAMAGED;
    }
    if (!tile.hasRemaining()) {
      return Slot.Gap.ABSENT;
    }
    int length = tile.remaining() < Short.BYTES ? -1 : Short.toUnsignedInt(tile.getShort());
    if (length < 0 || length > tile.remaining()) {
      broken = true; // where the next one begins is not known
      return Slot.Gap.DAMAGED;
    }
    byte[] entry = new byte[length];
    tile.get(entry);
    return new Slot.Entry(entry);
  }

  @Override
  public void close() {}
}
