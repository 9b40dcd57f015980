package jp.sekisho.audit.tree;

import java.io.IOException;

/** Hashes of runs of leaves as RFC 6962 §2.1 cuts them: every cut is aligned to its own length. */
final class Ranges {
  private Ranges() {}

  /** Returns the largest power of two smaller than n, for n above 1. */
  static long split(long n) {
    return Long.highestOneBit(n - 1);
  }

  /** Returns MTH(D[from:to]), for a run that the recursion of RFC 6962 produces. */
  static Hash hash(HashSource source, long from, long to) throws IOException {
    long width = to - from;
    if (Long.bitCount(width) == 1) {
      int level = Long.numberOfTrailingZeros(width);
      return source.hash(level, from >> level);
    }
    long middle = from + split(width);
    return Rfc6962.node(hash(source, from, middle), hash(source, middle, to));
  }
}
