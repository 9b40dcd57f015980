package jp.sekisho.audit.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Proof that a tree is a continuation of an older one (RFC 6962 §2.1.2).
 *
 * @param oldSize 0 ≤ oldSize ≤ newSize; 0 and equal sizes have an empty path
 */
public record ConsistencyProof(long oldSize, long newSize, List<Hash> path) {
  public ConsistencyProof {
    if (oldSize < 0 || oldSize > newSize) {
      throw new IllegalArgumentException("no continuation from " + oldSize + " to " + newSize);
    }
    path = List.copyOf(path);
  }

  /** Makes the proof from complete nodes. */
  public static ConsistencyProof build(HashSource source, long oldSize, long newSize)
      throws IOException {
    List<Hash> path = new ArrayList<>();
    if (oldSize > 0 && oldSize < newSize) {
      collect(source, oldSize, 0, newSize, true, path);
    }
    return new ConsistencyProof(oldSize, newSize, path);
  }

  /** SUBPROOF of RFC 6962; known says that the checker already has the old root of this run. */
  private static void collect(
      HashSource source, long oldSize, long from, long to, boolean known, List<Hash> path)
      throws IOException {
    if (oldSize == to) {
      if (!known) {
        path.add(Ranges.hash(source, from, to));
      }
      return;
    }
    long middle = from + Ranges.split(to - from);
    if (oldSize <= middle) {
      collect(source, oldSize, from, middle, known, path);
      path.add(Ranges.hash(source, middle, to));
    } else {
      collect(source, oldSize, middle, to, false, path);
      path.add(Ranges.hash(source, from, middle));
    }
  }

  /** Returns whether newRoot continues oldRoot; the algorithm of RFC 9162 §2.1.4.2. */
  public boolean proves(Hash oldRoot, Hash newRoot) {
    if (oldSize == newSize) {
      return path.isEmpty() && oldRoot.equals(newRoot);
    }
    if (oldSize == 0) {
      return path.isEmpty() && oldRoot.equals(Rfc6962.EMPTY_ROOT);
    }
    List<Hash> steps = new ArrayList<>(path);
    if (Long.bitCount(oldSize) == 1) {
      steps.add(0, oldRoot); // then the old root is itself a node of the new tree
    }
    if (steps.isEmpty()) {
      return false;
    }
    int shared = Long.numberOfTrailingZeros(oldSize);
    long node = (oldSize - 1) >> shared;
    long last = (newSize - 1) >> shared;
    Hash older = steps.get(0);
    Hash newer = older;
    for (Hash step : steps.subList(1, steps.size())) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        older = Rfc6962.node(step, older);
        newer = Rfc6962.node(step, newer);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        newer = Rfc6962.node(newer, step);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && older.equals(oldRoot) && newer.equals(newRoot);
  }
}
