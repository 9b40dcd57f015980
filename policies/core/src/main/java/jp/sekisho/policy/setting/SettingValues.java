package jp.sekisho.policy.setting;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.policy.rule.Rule;

/** Some settings and the rules that set them. Immutable. */
public final class SettingValues {
  /** None: every setting has its strictest value. */
  public static final SettingValues NONE = new SettingValues(Map.of());

  private final Map<Setting<?>, Rule<?>> rules;

  private SettingValues(Map<Setting<?>, Rule<?>> rules) {
    this.rules = rules;
  }

  /** Collects rules, each under the setting of its type. Not thread-safe. */
  public static final class Builder {
    private final Map<Setting<?>, Rule<?>> rules = new LinkedHashMap<>();

    /** Sets one; a rule for the same setting is replaced. */
    public <T> Builder put(Setting<T> setting, Rule<T> rule) {
      rules.put(setting, rule);
      return this;
    }

    /** Takes over {@code setting} from {@code values}, if it is set there. */
    public <T> Builder copy(Setting<T> setting, SettingValues values) {
      values.rule(setting).ifPresent(rule -> put(setting, rule));
      return this;
    }

    /** What was collected. */
    public SettingValues build() {
      return new SettingValues(new LinkedHashMap<>(rules));
    }
  }

  /** The settings that are set. */
  public Set<Setting<?>> settings() {
    return Set.copyOf(rules.keySet());
  }

  /** The rule that sets {@code setting}. */
  @SuppressWarnings("unchecked") // put() is the only way in
  public <T> Optional<Rule<T>> rule(Setting<T> setting) {
    return Optional.ofNullable((Rule<T>) rules.get(setting));
  }

  /** The value of {@code setting}: its strictest where none is set. */
  public <T> T value(Setting<T> setting) {
    return rule(setting).map(Rule::value).orElse(setting.strictest());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SettingValues values && rules.equals(values.rules);
  }

  @Override
  public int hashCode() {
    return rules.hashCode();
  }

  @Override
  public String toString() {
    return rules.toString();
  }
}
