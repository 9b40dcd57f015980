package jp.sekisho.server.storage;

import org.jspecify.annotations.Nullable;

/**
 * Knows whether this thread is inside a unit, where opening another transaction would deadlock, and
 * what that unit asked ahead.
 */
final class UnitScope implements AutoCloseable {
  private static final ThreadLocal<@Nullable UnitScope> CURRENT = new ThreadLocal<>();

  private @Nullable AskedAhead ahead;

  private UnitScope() {
    CURRENT.set(this);
  }

  static UnitScope enter() {
    return new UnitScope();
  }

  static boolean isInside() {
    return CURRENT.get() != null;
  }

  static void requireOutside() {
    if (isInside()) {
      throw new IllegalStateException("a transaction inside a unit; use the unit's own handle");
    }
  }

  /** What this thread's unit asked ahead and may still believe; null for nothing. */
  static @Nullable AskedAhead ahead() {
    UnitScope unit = CURRENT.get();
    return unit == null ? null : unit.ahead;
  }

  /** From now on this thread's unit has these answers instead of others; outside one, nobody. */
  static void keep(@Nullable AskedAhead answers) {
    UnitScope unit = CURRENT.get();
    if (unit == null) {
      if (answers != null) {
        answers.close();
      }
      return;
    }
    AskedAhead before = unit.ahead;
    unit.ahead = answers;
    if (before != null) {
      before.close();
    }
  }

  @Override
  public void close() {
    keep(null);
    CURRENT.remove();
  }
}
