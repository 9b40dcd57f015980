package jp.sekisho.server.storage;

/** Knows whether this thread is inside a unit, where opening another transaction would deadlock. */
final class UnitScope implements AutoCloseable {
  private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

  private UnitScope() {
    INSIDE.set(true);
  }

  static UnitScope enter() {
    return new UnitScope();
  }

  static boolean isInside() {
    return INSIDE.get();
  }

  static void requireOutside() {
    if (INSIDE.get()) {
      throw new IllegalStateException("a transaction inside a unit; use the unit's own handle");
    }
  }

  @Override
  public void close() {
    INSIDE.remove();
  }
}
