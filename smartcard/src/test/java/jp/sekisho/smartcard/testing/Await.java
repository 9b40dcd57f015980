package jp.sekisho.smartcard.testing;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for conditions. */
public final class Await {
  private static final Duration LOOK = Duration.ofMillis(10);

  private Await() {}

  /**
   * Returns as soon as the condition holds; what it throws counts as "not yet".
   *
   * @return how long it took
   * @throws AssertionError after the limit, with the last exception as its cause
   */
  public static Duration until(String what, Duration limit, Callable<Boolean> condition) {
    long start = System.nanoTime();
    Throwable last = null;
    while (System.nanoTime() - start < limit.toNanos()) {
      try {
        if (condition.call()) {
          return Duration.ofNanos(System.nanoTime() - start);
        }
        Thread.sleep(LOOK.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for " + what, e);
      } catch (Exception e) {
        last = e;
      }
    }
    throw new AssertionError("not within " + limit + ": " + what, last);
  }
}
