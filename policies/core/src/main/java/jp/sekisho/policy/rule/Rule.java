package jp.sekisho.policy.rule;

import java.util.regex.Pattern;

/**
 * One setting of a policy.
 *
 * @param <T> type of the value
 * @param id names the rule in decisions and in the log: lower-case words joined by {@code .} or
 *     {@code -}, at most 64 characters, unique in a policy
 * @param reason why it is there
 * @param value what it sets
 */
public record Rule<T>(String id, Reason reason, T value) {
  private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*([.-][a-z0-9]+)*");
  private static final int MAX_ID = 64;

  /** Checks the id. */
  public Rule {
    if (id.length() > MAX_ID || !ID.matcher(id).matches()) {
      throw new IllegalArgumentException("rule id is not lower-case words joined by . or -");
    }
  }
}
