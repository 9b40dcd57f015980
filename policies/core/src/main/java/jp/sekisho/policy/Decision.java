package jp.sekisho.policy;

import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;

/**
 * What is done about an act, and why.
 *
 * @param effect what is done
 * @param rule id of the rule that decided
 * @param layer where that rule comes from
 * @param reason its reason, for the clerk and the auditor
 */
public record Decision(Effect effect, String rule, Layer layer, Reason reason) {
  /** Decided by a rule of a policy. */
  static Decision by(Rule<?> rule, Effect effect) {
    return new Decision(effect, rule.id(), rule.layer(), rule.reason());
  }

  /** The same, with another effect. */
  Decision with(Effect other) {
    return effect == other ? this : new Decision(other, rule, layer, reason);
  }
}
