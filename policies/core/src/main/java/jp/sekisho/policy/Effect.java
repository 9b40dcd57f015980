package jp.sekisho.policy;

/** What a policy does about an act, the strictest first. */
public enum Effect {
  /** It does not happen. */
  BLOCK,
  /** It does not happen unless a signed grant opens it. */
  GRANT_ONLY,
  /** Reading only, under a grant. */
  READ_ONLY,
  /** It happens after a warning and is recorded. */
  WARN,
  /** It happens and is marked in the record. */
  AUDIT,
  /** It happens. */
  ALLOW;

  /** Whether this permits no more than {@code other}. */
  public boolean isAtMost(Effect other) {
    return compareTo(other) <= 0;
  }
}
