package jp.sekisho.policy;

import java.util.Locale;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.protocol.event.Ruling;

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

  /** As entries of the log say it. */
  public Ruling ruling() {
    return new Ruling(word(effect), rule, word(layer));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The same, with another effect. */
  Decision with(Effect other) {
    return effect == other ? this : new Decision(other, rule, layer, reason);
  }
}
