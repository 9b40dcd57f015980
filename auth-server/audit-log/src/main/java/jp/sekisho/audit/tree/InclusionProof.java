package jp.sekisho.audit.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Proof that the tree of a size holds a leaf at an index (RFC 6962 §2.1.1).
 *
 * @param index of the leaf, 0 ≤ index &lt; size
 * @param path siblings from the leaf up to the root
 */
public record InclusionProof(long index, long size, List<Hash> path) {
  public InclusionProof {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException("index " + index + " is not in a tree of size " + size);
    }
    path = List.copyOf(path);
  }

  /** Makes the proof from complete nodes. */
  public static InclusionProof build(HashSource source, long index, long size) throws IOException {
    List<Hash> path = new ArrayList<>();
    if (index >= 0 && index < size) {
      collect(source, index, 0, size, path);
    }
    return new InclusionProof(index, size, path);
  }

  private static void collect(HashSource source, long index, long from, long to, List<Hash> path)
      throws IOException {
    if (to - from == 1) {
      return;
    }
    long middle = from + Ranges.split(to - from);
    if (index < middle) {
      collect(source, index, from, middle, path);
      path.add(Ranges.hash(source, middle, to));
    } else {
      collect(source, index, middle, to, path);
      path.add(Ranges.hash(source, from, middle));
    }
  }

  /** Returns whether the leaf is in the tree with this root; the algorithm of RFC 9162 §2.1.3.2. */
  public boolean proves(Hash leaf, Hash root) {
    long node = index;
    long last = size - 1;
    Hash hash = leaf;
    for (Hash sibling : path) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = Rfc6962.node(sibling, hash);
        while ((node & 1) == 0 && node != 0) {
          node >>= 1;
          last >>= 1;
        }
      } else {
        hash = Rfc6962.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && hash.equals(root);
  }
}
