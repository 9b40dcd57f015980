package jp.sekisho.policy.reader;

/**
 * Whether staff may log in with their own My Number cards.
 *
 * <p>There is no other value: a terminal with a reader for residents, or with one reader, may not
 * have it, and no policy of this version can tell how many readers a terminal has.
 */
public enum JpkiStaffLogin {
  /** They may not. */
  OFF
}
