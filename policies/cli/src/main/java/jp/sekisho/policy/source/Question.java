package jp.sekisho.policy.source;

import jp.sekisho.policy.Decision;
import jp.sekisho.policy.PolicyEvaluator;

/** Something a policy decides about, as {@code explain} and the cases ask it. */
interface Question {
  /** The decision of one policy. */
  Decision ask(PolicyEvaluator policy);
}
