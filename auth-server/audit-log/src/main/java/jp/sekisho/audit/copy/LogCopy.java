package jp.sekisho.audit.copy;

import java.io.IOException;
import java.util.Optional;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tree.HashSource;

/**
 * A copy of a log from anywhere; nothing it gives is believed. Sizes come from the signed
 * checkpoint, never from the copy. Used by one thread at a time.
 */
public interface LogCopy extends AutoCloseable {
  /**
   * Returns the signed checkpoint's bytes, not yet looked at.
   *
   * @throws FormatException if there is none or it is longer than a checkpoint can be
   * @throws IOException if it cannot be read
   */
  byte[] checkpoint() throws IOException, FormatException;

  /**
   * Refuses a copy that holds anything but what a log of this size calls for, where the kind of
   * copy has such a rule.
   */
  default void checkShape(long size) throws IOException, FormatException {}

  /**
   * Returns the signed statement of what was deleted after its term ({@code Minimum}), not looked
   * at; empty where there is none.
   */
  default Optional<byte[]> minimum() throws IOException, FormatException {
    return Optional.empty();
  }

  /**
   * Returns an older checkpoint with cosignatures, which shows how old the deleted entries are, not
   * looked at; empty where there is none.
   */
  default Optional<byte[]> aged() throws IOException, FormatException {
    return Optional.empty();
  }

  /** Returns an older checkpoint with a time-stamp, not looked at; empty where there is none. */
  default Optional<Stamped> stamped() throws IOException, FormatException {
    return Optional.empty();
  }

  /** Returns the entries of the log of this size, from index 0. */
  EntryReader entries(long size) throws IOException;

  /**
   * Returns the contents of a tile of hashes, {@code width·32} bytes; where the copy has only a
   * wider one, its beginning.
   *
   * @throws java.nio.file.NoSuchFileException if it is not there
   */
  byte[] tile(HashTilePath path) throws IOException, FormatException;

  /** Returns how many levels of tiles the copy should have, 1 to 8. */
  int tileLevels();

  /** Returns the nodes of the log of this size, for proofs; as true as the copy. */
  HashSource nodes(long size);

  @Override
  void close() throws IOException;
}
