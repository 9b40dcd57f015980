package jp.sekisho.audit.copy;

import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.tree.Hash;
import org.jspecify.annotations.Nullable;

/**
 * The first place where the entries leave the tiles, and what must have happened there: it watches
 * whether the entry found there turns up later among the tiles, and the leaf expected there later
 * among the entries. Entries carry a salt, so equal hashes mean the same entry.
 */
final class FirstDifference {
  private long index = -1;
  private @Nullable Hash foundThere;
  private @Nullable Hash expectedThere;
  private boolean foundIsExpectedLater;
  private boolean expectedIsFoundLater;
  private boolean anythingFoundLater;

  /**
   * Takes position at of both sequences, in order.
   *
   * @param found null where the copy has no entry
   * @param expected null where the tiles say nothing
   */
  void compare(long at, @Nullable Hash found, @Nullable Hash expected) {
    if (index >= 0) {
      foundIsExpectedLater |= foundThere != null && foundThere.equals(expected);
      expectedIsFoundLater |= expectedThere != null && expectedThere.equals(found);
      anythingFoundLater |= found != null;
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
      return anythingFoundLater ? Reason.ENTRY_MISSING : Reason.TRUNCATED;
    }
    if (expectedThere == null) {
      return Reason.ENTRY_INSERTED;
    }
    if (foundIsExpectedLater) {
      return expectedIsFoundLater ? Reason.ENTRY_MOVED : Reason.ENTRY_MISSING;
    }
    return expectedIsFoundLater ? Reason.ENTRY_INSERTED : Reason.ENTRY_ALTERED;
  }
}
