package jp.sekisho.policy;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;

/**
 * A setting's value beside the decisions its rule can make, made once: deciding allocates nothing.
 */
final class RuledSetting<T> {
  private final T value;
  private final Map<Effect, Decision> decisions = new EnumMap<>(Effect.class);

  RuledSetting(Setting<T> setting, SettingValues policy) {
    this.value = policy.value(setting);
    Rule<T> rule = policy.rule(setting).orElse(null);
    for (Effect effect : Effect.values()) {
      decisions.put(
          effect,
          rule == null ? BuiltIn.decision(BuiltIn.UNSET, effect) : Decision.by(rule, effect));
    }
  }

  T value() {
    return value;
  }

  /** The decision of its rule, or of the rule about what nobody set. */
  Decision is(Effect effect) {
    return Objects.requireNonNull(decisions.get(effect));
  }
}
