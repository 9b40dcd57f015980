package jp.sekisho.audit.bundle;

import jp.sekisho.audit.bundle.Verification.Reason;
import jp.sekisho.audit.tree.Hash;
import org.jspecify.annotations.Nullable;

/**
 * The first place where the lines leave the tiles, and what must have happened there: it watches
 * whether the line found there turns up later among the tiles, and the leaf expected there later
 * among the lines. Entries carry a salt, so equal hashes mean the same entry.
 */
final class FirstDifference {
  private long index = -1;
  private @Nullable Hash foundThere;
  private @Nullable Hash expectedThere;
  private boolean foundIsExpectedLater;
  private boolean expectedIsFoundLater;

  /**
   * Takes position at of both sequences, in order.
   *
   * @param found null when the lines have ended
   * @param expected null when the tiles have ended
   */
  void compare(long at, @Nullable Hash found, @Nullable Hash expected) {
    if (index >= 0) {
      foundIsExpectedLater |= foundThere != null && foundThere.equals(expected);
      expectedIsFoundLater |= expectedThere != null && expectedThere.equals(found);
    } else if (found == null || !found.equals(expected)) {
      index = at;
      foundThere = found;
      expectedThere = expected;
    }
  }

  boolean exists() {
    return index >= 0;
  }

  long index() {
    return index;
  }

  Reason reason() {
    if (foundThere == null) {
      return Reason.ENTRY_DELETED;
    }
    if (expectedThere == null) {
      return Reason.ENTRY_INSERTED;
    }
    if (foundIsExpectedLater) {
      return expectedIsFoundLater ? Reason.ENTRY_MOVED : Reason.ENTRY_DELETED;
    }
    return expectedIsFoundLater ? Reason.ENTRY_INSERTED : Reason.ENTRY_ALTERED;
  }
}
