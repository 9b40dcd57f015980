package jp.sekisho.policy.grant;

import jp.sekisho.protocol.Refusal;

/** What a request for a grant is judged by, in the order in which it is. */
public enum GrantDemand {
  /** What grants can open at all; of something unknown, or about no medium, too. */
  CAPABILITY(Refusal.GRANT_CAPABILITY),
  /** The longest use. */
  USE(Refusal.GRANT_TOO_LONG),
  /** The longest time from start to end. */
  SPAN(Refusal.GRANT_TOO_LONG),
  /** What has to be said. */
  FIELDS(Refusal.GRANT_FIELDS),
  /** Who approves: somebody of the policy's list, and never who asks. */
  APPROVER(Refusal.APPROVER_UNLISTED),
  /** That two do. */
  SECOND_APPROVER(Refusal.APPROVAL_SECOND),
  /** That somebody stands by. */
  ATTENDANT(Refusal.GRANT_ATTENDANT),
  /** Which media grants are about. */
  MEDIUM(Refusal.GRANT_MEDIUM),
  /** To whom files go. */
  RECIPIENT(Refusal.GRANT_RECIPIENT),
  /** How many files. */
  FILES(Refusal.GRANT_FILES),
  /** How much data. */
  DATA(Refusal.GRANT_BYTES);

  private final Refusal refusal;

  GrantDemand(Refusal refusal) {
    this.refusal = refusal;
  }

  /** What a person is told where it refuses: the same at the service and at the terminal. */
  public Refusal refusal() {
    return refusal;
  }
}
