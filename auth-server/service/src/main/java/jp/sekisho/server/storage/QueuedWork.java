package jp.sekisho.server.storage;

import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** One queued work and what came of it; run by the writer thread, awaited by its caller. */
final class QueuedWork<T extends @Nullable Object, X extends Exception> {
  private final Writer.InTurn<T, X> work;
  private final CountDownLatch done = new CountDownLatch(1);
  // Written by the writer thread before the latch opens, read by the caller after it.
  private @Nullable Object result;
  private @Nullable Throwable failure;

  QueuedWork(Writer.InTurn<T, X> work) {
    this.work = work;
  }

  /** Runs the work, perhaps again; false when it failed. Completes nobody yet. */
  boolean run(Turn turn) {
    failure = null;
    try {
      result = work.run(turn);
      return true;
    } catch (JdbiException e) {
      failure = new StorageException("a statement failed", e);
    } catch (Throwable e) { // to be rethrown to the caller, whatever it is
      failure = e;
    }
    return false;
  }

  /** What the work failed with when it ran last; null if it did not. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** What it did cannot stay: its own failure, unless it is known by now. */
  void failed(StorageException why) {
    if (failure == null) {
      failure = why;
    }
  }

  /** The COMMIT is durable, or the work failed and was rolled back. */
  void complete() {
    done.countDown();
  }

  /** The transaction is lost, and with it whatever the work saw there. */
  void lose(StorageException why) {
    failure = why;
    done.countDown();
  }

  T await() throws X {
    boolean interrupted = false;
    // Not given up on interruption: the caller could not tell whether the change was made.
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    Throwable why = failure;
    if (why != null) {
      throw checked(why);
    }
    return value();
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // run() stored a T, null only if T allows it
  private T value() {
    return (T) result;
  }

  @SuppressWarnings("unchecked") // a Work<T, X> throws X or something unchecked
  private X checked(Throwable why) {
    return switch (why) {
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> (X) why;
    };
  }
}
