package jp.sekisho.server.storage;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses one storage call, JDBC or file, and lets it fail, with what it does already done or not
 * done at all; the process may live on or end there. Thread-safe.
 */
public final class Faults {
  /** What of the call happens before it fails. */
  public enum How {
    NOT_PERSISTED,
    PERSISTED
  }

  /** A storage call. */
  @FunctionalInterface
  public interface Call<R extends @Nullable Object, X extends Exception> {
    R run() throws X;
  }

  private final AtomicInteger left = new AtomicInteger();
  private volatile How how = How.NOT_PERSISTED;
  private volatile boolean deadly;
  private volatile boolean dead;
  private volatile String at = "";

  /** Fails the n-th call from now, counted from 1; the calls after it succeed. */
  void arm(int n) {
    arm(n, How.NOT_PERSISTED, false);
  }

  /**
   * Fails the n-th call from now, counted from 1.
   *
   * @param deadly whether every later call fails too, undone: the process is gone
   */
  public void arm(int n, How how, boolean deadly) {
    this.how = how;
    this.deadly = deadly;
    at = "";
    dead = false;
    left.set(n);
  }

  /** Lets everything succeed. */
  public void disarm() {
    left.set(0);
    dead = false;
  }

  /** Whether no armed fault is left. */
  public boolean met() {
    return left.get() <= 0;
  }

  /** The call that failed. */
  public String at() {
    return at;
  }

  <R extends @Nullable Object, X extends Exception> R call(
      String name, Call<R, X> call, Function<String, X> failure) throws X {
    if (Thread.currentThread().getName().contains(":")) {
      return call.run(); // a pool's own threads, which come and go by the clock
    }
    if (dead) {
      throw failure.apply("the process is gone at " + name);
    }
    if (left.get() > 0 && left.decrementAndGet() == 0) {
      at = name;
      dead = deadly;
      if (how == How.PERSISTED) {
        R _ = call.run();
      }
      throw failure.apply("injected at " + name + ", " + how);
    }
    return call.run();
  }
}
