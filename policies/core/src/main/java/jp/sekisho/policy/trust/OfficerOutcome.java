package jp.sekisho.policy.trust;

import jp.sekisho.policy.Policy;
import jp.sekisho.protocol.Refusal;

/** What came of the files that officers sign. */
public sealed interface OfficerOutcome {
  /** Both count. */
  record Accepted(Trusted<Root> root, Trusted<Policy> policy) implements OfficerOutcome {}

  /**
   * Neither counts.
   *
   * @param what which file, and why, in English for the log; never content
   */
  record Rejected(Refusal reason, String what) implements OfficerOutcome {}
}
