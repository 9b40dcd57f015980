package jp.sekisho.audit.copy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tree.HashSource;

/**
 * A copy whose checkpoint is read once, since a served log's changes, and may get signature lines
 * that witnesses sent by another way.
 */
public final class CosignedCopy implements LogCopy {
  private final LogCopy copy;
  private final byte[] checkpoint;

  private CosignedCopy(LogCopy copy, byte[] checkpoint) {
    this.copy = copy;
    this.checkpoint = checkpoint;
  }

  /** The copy under another signed checkpoint. */
  public static CosignedCopy of(LogCopy copy, byte[] checkpoint) {
    return new CosignedCopy(copy, checkpoint.clone());
  }

  /** Takes a copy and lines to be put under its checkpoint, possibly none. */
  public static CosignedCopy snapshot(LogCopy copy, byte[] lines)
      throws IOException, FormatException {
    try {
      ByteArrayOutputStream note = new ByteArrayOutputStream();
      note.writeBytes(copy.checkpoint());
      note.writeBytes(lines);
      return new CosignedCopy(copy, note.toByteArray());
    } catch (IOException | FormatException e) {
      copy.close();
      throw e;
    }
  }

  @Override
  public byte[] checkpoint() {
    return checkpoint.clone();
  }

  @Override
  public void checkShape(long size) throws IOException, FormatException {
    copy.checkShape(size);
  }

  @Override
  public Optional<byte[]> minimum() throws IOException, FormatException {
    return copy.minimum();
  }

  @Override
  public Optional<byte[]> aged() throws IOException, FormatException {
    return copy.aged();
  }

  @Override
  public Optional<Stamped> stamped() throws IOException, FormatException {
    return copy.stamped();
  }

  @Override
  public EntryReader entries(long size) throws IOException {
    return copy.entries(size);
  }

  @Override
  public byte[] tile(HashTilePath path) throws IOException, FormatException {
    return copy.tile(path);
  }

  @Override
  public int tileLevels() {
    return copy.tileLevels();
  }

  @Override
  public HashSource nodes(long size) {
    return copy.nodes(size);
  }

  @Override
  public void close() throws IOException {
    copy.close();
  }
}
