package jp.sekisho.policy.reader;

/**
 * Whether staff may log in with their own My Number cards, the strictest first.
 *
 * <p>Never at a terminal with a reader for residents, or with one reader: a policy that gives any
 * reader another role than STAFF has {@link #OFF} whatever it says, and the terminal, which alone
 * knows how many readers it has, looks again.
 */
public enum JpkiStaffLogin {
  /** They may not. */
  OFF,
  /** They may, where every reader is STAFF and {@code login.card-kinds} names {@code jpki}. */
  ON
}
