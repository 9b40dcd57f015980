package jp.sekisho.smartcard.pcsc;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import jp.sekisho.smartcard.CardThreads;
import org.jspecify.annotations.Nullable;

/**
 * Calls of one context that pcsc-lite may hold up for as long as another program keeps its
 * transaction: connect and disconnect, and whatever follows them on the same context. None can be
 * cancelled, so each runs on a thread of its own, and when its time is up the thread is left behind
 * with the clearing away. A lane that was left is closed to every further call.
 *
 * <p>One caller at a time.
 */
final class Lane {
  private static final System.Logger LOG = System.getLogger(Lane.class.getName());

  private volatile boolean left;

  /** Whether a call is still under way that nobody waits for any more. */
  boolean isLeft() {
    return left;
  }

  /**
   * Makes one call.
   *
   * @param whenLate runs after the call, on its thread, if nobody waited that long
   * @return what the call returned, or SHARING_VIOLATION when its time was up
   */
  int call(Duration limit, IntSupplier call, Runnable whenLate) {
    if (left) {
      return ScardCode.SHARING_VIOLATION;
    }
    BlockingQueue<Integer> answer = new ArrayBlockingQueue<>(1);
    CardThreads.run(() -> {
      int code = made(call);
      synchronized (this) {
        if (!left) {
          answer.add(code);
          return;
        }
      }
      whenLate.run();
    });
    Integer code = poll(answer, limit);
    if (code != null) {
      return code;
    }
    synchronized (this) {
      Integer late = answer.poll();
      left = late == null;
      return late == null ? ScardCode.SHARING_VIOLATION : late;
    }
  }

  /** A call that throws has an answer too: else its caller waits, and nobody clears away. */
  private static int made(IntSupplier call) {
    try {
      return call.getAsInt();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.WARNING, "the native call failed", e);
      return ScardCode.UNEXPECTED;
    }
  }

  private static @Nullable Integer poll(BlockingQueue<Integer> answer, Duration limit) {
    try {
      return answer.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
