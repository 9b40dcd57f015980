package jp.sekisho.audit.tree;

/**
 * A tree that grows in place: {@link Frontier} for whoever reads a million leaves in a row and
 * needs no earlier state. Not thread-safe.
 */
public final class GrowingTree {
  private final Hash[] peaks = new Hash[Long.SIZE];
  private long size;

  /** Begins with the empty tree. */
  public GrowingTree() {}

  /** Returns another tree that grows from here on by itself. */
  public GrowingTree copy() {
    GrowingTree other = new GrowingTree();
    System.arraycopy(peaks, 0, other.peaks, 0, peaks.length);
    other.size = size;
    return other;
  }

  /** Appends a leaf and tells sink of every node it completes, itself first. */
  public void append(Hash leaf, NodeSink sink) {
    Hash hash = leaf;
    int level = 0;
    long index = size;
    sink.completed(level, index, hash);
    while ((index & 1) == 1) {
      hash = Rfc6962.node(peaks[level], hash);
      level++;
      index >>= 1;
      sink.completed(level, index, hash);
    }
    peaks[level] = hash; // what lies below is of no use until it is overwritten
    size = Math.addExact(size, 1);
  }

  public long size() {
    return size;
  }

  /** Returns the Merkle tree hash of all leaves. */
  public Hash root() {
    if (size == 0) {
      return Rfc6962.EMPTY_ROOT;
    }
    int level = Long.numberOfTrailingZeros(size);
    Hash root = peaks[level];
    for (long rest = size & (size - 1); rest != 0; rest &= rest - 1) {
      root = Rfc6962.node(peaks[Long.numberOfTrailingZeros(rest)], root);
    }
    return root;
  }
}
