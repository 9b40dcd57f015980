package jp.sekisho.server.storage;

import java.util.concurrent.CountDownLatch;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** One queued work and what came of it; run by the writer thread, awaited by its caller. */
final class SqliteTask<T extends @Nullable Object, X extends Exception> {
  private final Writer.Work<T, X> work;
  private final CountDownLatch done = new CountDownLatch(1);
  // Written by the writer thread before the latch opens, read by the caller after it.
  private @Nullable Object result;
  private @Nullable Throwable failure;

  SqliteTask(Writer.Work<T, X> work) {
    this.work = work;
  }

  /** Runs the work; false when it failed. Completes nobody yet. */
  boolean run(Handle handle) {
    try {
      result = work.run(handle);
      return true;
    } catch (JdbiException e) {
      failure = new StorageException("a statement failed", e);
    } catch (Throwable e) { // to be rethrown to the caller, whatever it is
      failure = e;
    }
    return false;
  }

  /** The work's own failure becomes known: it is rolled back. */
  void failed() {
    done.countDown();
  }

  /** The COMMIT is durable. */
  void succeed() {
    done.countDown();
  }

  /** The batch is lost; a work that had failed by itself keeps its own failure. */
  void fail(StorageException why) {
    if (failure == null) {
      failure = why;
    }
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
