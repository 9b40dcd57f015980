package jp.sekisho.policy.grant;

/** What a request for a grant is judged by, in the order in which it is. */
public enum GrantDemand {
  /** What grants can open at all; of something unknown, or about no medium, too. */
  CAPABILITY,
  /** The longest use. */
  USE,
  /** The longest time from start to end. */
  SPAN,
  /** What has to be said. */
  FIELDS,
  /** Who approves: somebody of the policy's list, and never who asks. */
  APPROVER,
  /** That two do. */
  SECOND_APPROVER,
  /** That somebody stands by. */
  ATTENDANT,
  /** Which media grants are about. */
  MEDIUM,
  /** To whom files go. */
  RECIPIENT,
  /** How many files. */
  FILES,
  /** How much data. */
  DATA
}
