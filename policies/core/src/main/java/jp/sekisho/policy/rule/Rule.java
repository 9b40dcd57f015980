package jp.sekisho.policy.rule;

import jp.sekisho.protocol.Names;

/**
 * One setting of a policy.
 *
 * @param <T> type of the value
 * @param id names the rule in decisions and in the log: lower-case words joined by {@code .} or
 *     {@code -}, at most 64 characters, unique in a policy
 * @param reason why it is there
 * @param value what it sets
 * @param layer the layer that set it; {@link Layer#COMMON} in a policy of one layer
 */
public record Rule<T>(String id, Reason reason, T value, Layer layer) {
  /** Checks the id. */
  public Rule {
    if (layer == Layer.BUILT_IN) {
      throw new IllegalArgumentException("no policy sets a built-in rule");
    }
    if (!Names.isRule(id)) {
      throw new IllegalArgumentException("rule id is not lower-case words joined by . or -");
    }
  }

  /** A rule of the layer that everybody shares. */
  public Rule(String id, Reason reason, T value) {
    this(id, reason, value, Layer.COMMON);
  }

  /** The same rule, with another value. */
  public <U> Rule<U> with(U other) {
    return new Rule<>(id, reason, other, layer);
  }
}
