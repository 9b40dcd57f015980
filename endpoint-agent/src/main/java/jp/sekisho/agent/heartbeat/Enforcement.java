package jp.sekisho.agent.heartbeat;

import org.jspecify.annotations.Nullable;

/**
 * Whether this terminal's gates hold, as measured: 有効 or 設定不良(fault).
 *
 * @param enforcing whether they hold
 * @param fault a stable word saying why not; null exactly when they do
 */
public record Enforcement(boolean enforcing, @Nullable String fault) {
  /** Started with {@code --no-enforcement}: nothing under /sys is opened for writing. */
  public static final Enforcement NOT_ENFORCING = new Enforcement(false, "not-enforcing");

  public Enforcement {
    if (enforcing != (fault == null)) {
      throw new IllegalArgumentException("a fault goes with gates that do not hold");
    }
  }
}
