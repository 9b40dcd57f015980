package jp.sekisho.audit.tree;

/** Hears of each complete node at the moment an append completes it, lower levels first. */
@FunctionalInterface
public interface NodeSink {
  /**
   * Takes one complete node.
   *
   * @param level 0 for a leaf
   * @param index from the left on that level
   */
  void completed(int level, long index, Hash hash);
}
