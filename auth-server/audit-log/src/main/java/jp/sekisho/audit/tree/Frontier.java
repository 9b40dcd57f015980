package jp.sekisho.audit.tree;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.FormatException;
import org.jspecify.annotations.Nullable;

/**
 * The right edge of a tree: its size and the roots of the complete subtrees that make it up, all
 * that is needed to append and to know the root. Immutable; appending gives the next one, so a
 * sequencer can compute it, commit it by compare-and-set and drop it if that fails.
 *
 * <p>Stored form ({@link #toBytes}): size as unsigned 64-bit big-endian, then one 32-byte hash per
 * one-bit of size, the largest (leftmost) subtree first; at most 8 + 63·32 bytes.
 */
public final class Frontier {
  private static final Frontier EMPTY = new Frontier(0, List.of());
  private static final NodeSink NOBODY = (level, index, hash) -> {};

  private final long size;
  private final List<Hash> peaks;

  private Frontier(long size, List<Hash> peaks) {
    this.size = size;
    this.peaks = peaks;
  }

  /** Returns the frontier of a log without entries. */
  public static Frontier empty() {
    return EMPTY;
  }

  /**
   * Reads the stored form.
   *
   * @throws FormatException if the length does not fit the size
   */
  public static Frontier parse(byte[] stored) throws FormatException {
    if (stored.length < Long.BYTES) {
      throw malformed("shorter than its size field");
    }
    long size = ByteBuffer.wrap(stored).getLong();
    if (size < 0 || stored.length != Long.BYTES + Hash.SIZE * Long.bitCount(size)) {
      throw malformed("length does not fit size " + Long.toUnsignedString(size));
    }
    List<Hash> peaks = new ArrayList<>();
    for (int at = Long.BYTES; at < stored.length; at += Hash.SIZE) {
      peaks.add(Hash.of(stored, at));
    }
    return new Frontier(size, List.copyOf(peaks));
  }

  /** Returns the stored form. */
  public byte[] toBytes() {
    ByteBuffer stored = ByteBuffer.allocate(Long.BYTES + Hash.SIZE * peaks.size()).putLong(size);
    peaks.forEach(peak -> stored.put(peak.shared()));
    return stored.array();
  }

  /** Returns how many entries the tree has, which is the index the next entry will get. */
  public long size() {
    return size;
  }

  /** Returns the frontier after one more leaf, made by {@link Rfc6962#leaf}. */
  public Frontier append(Hash leaf) {
    return append(leaf, NOBODY);
  }

  /** As {@link #append(Hash)}, and tells sink of every node the leaf completes, itself first. */
  public Frontier append(Hash leaf, NodeSink sink) {
    List<Hash> next = new ArrayList<>(peaks);
    Hash hash = leaf;
    int level = 0;
    long index = size;
    sink.completed(level, index, hash);
    while ((index & 1) == 1) {
      hash = Rfc6962.node(next.remove(next.size() - 1), hash);
      level++;
      index >>= 1;
      sink.completed(level, index, hash);
    }
    next.add(hash);
    return new Frontier(Math.addExact(size, 1), List.copyOf(next));
  }

  /** Returns the Merkle tree hash of all entries. */
  public Hash root() {
    if (peaks.isEmpty()) {
      return Rfc6962.EMPTY_ROOT;
    }
    Hash root = peaks.get(peaks.size() - 1);
    for (int i = peaks.size() - 2; i >= 0; i--) {
      root = Rfc6962.node(peaks.get(i), root);
    }
    return root;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Frontier that && size == that.size && peaks.equals(that.peaks);
  }

  @Override
  public int hashCode() {
    return peaks.hashCode();
  }

  @Override
  public String toString() {
    return size + ":" + root();
  }

  private static FormatException malformed(String detail) {
    return new FormatException(FormatException.Code.FRONTIER_MALFORMED, detail);
  }
}
