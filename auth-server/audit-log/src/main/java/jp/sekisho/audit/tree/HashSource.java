package jp.sekisho.audit.tree;

import java.io.IOException;

/** Where a proof gets complete nodes from: stored hashes or published tiles. */
@FunctionalInterface
public interface HashSource {
  /**
   * Returns the hash of the complete node over the entries {@code index·2^level} up to, not
   * including, {@code (index+1)·2^level}.
   *
   * @throws IOException if it cannot be read or does not exist
   */
  Hash hash(int level, long index) throws IOException;
}
