package jp.sekisho.policy.trust;

import jp.sekisho.protocol.Refusal;

/** What came of a set of signed files: all of it counts, or nothing of it. */
public sealed interface TrustOutcome {
  /** All of it counts. */
  record Accepted(TrustedState state) implements TrustOutcome {}

  /**
   * Nothing of it counts; what counted before still does.
   *
   * @param what which file, and why, in English for the log; never content
   */
  record Rejected(Refusal reason, String what) implements TrustOutcome {}
}
