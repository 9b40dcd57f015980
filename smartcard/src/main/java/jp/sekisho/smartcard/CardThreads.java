package jp.sekisho.smartcard;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The threads that wait for cards in place of their callers, who may give up waiting. A call into a
 * driver that never returns keeps its thread; the next one gets another. A thread that is free
 * stays for a minute: making one costs a login more than what it does.
 */
public final class CardThreads {
  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "card");
        thread.setDaemon(true);
        return thread;
      });

  private CardThreads() {}

  /** Runs it on a thread of its own, at once. */
  public static void run(Runnable task) {
    POOL.execute(task);
  }
}
