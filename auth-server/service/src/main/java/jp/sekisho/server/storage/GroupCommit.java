package jp.sekisho.server.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One thread that takes all works that wait and has them committed together: one COMMIT, and one
 * wait for the disk, for up to {@value #BATCH} of them. While it lasts the next ones gather.
 */
final class GroupCommit implements AutoCloseable {
  /** Works that may wait; beyond that callers wait {@link #QUEUE_WAIT}, then fail. */
  static final int QUEUE = 1024;

  /** Works of one COMMIT. */
  static final int BATCH = 256;

  private static final Duration QUEUE_WAIT = Duration.ofSeconds(5);

  private final BlockingQueue<QueuedWork<?, ?>> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Committer committer;
  private final Thread thread;
  private volatile boolean closed;

  /** What the thread does. */
  interface Committer {
    /** Runs the works in order and completes each of them, whatever happens. */
    void commit(List<QueuedWork<?, ?>> batch);

    /** The last call. */
    void end();
  }

  GroupCommit(String name, Committer committer) {
    this.committer = committer;
    thread = Thread.ofPlatform().name(name).daemon(true).start(this::run);
  }

  /** Queues the work and returns after its COMMIT. */
  <T extends @Nullable Object, X extends Exception> T take(Writer.InTurn<T, X> work) throws X {
    UnitScope.requireOutside();
    QueuedWork<T, X> queued = new QueuedWork<>(work);
    enqueue(queued);
    return queued.await();
  }

  /** How many works wait. */
  int queued() {
    return queue.size();
  }

  private void enqueue(QueuedWork<?, ?> work) {
    try {
      if (closed || !queue.offer(work, QUEUE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StorageException(closed ? "the database is closed" : "too many writes wait");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("interrupted before the write began", e);
    }
    // close() may have emptied the queue just before; whoever removes the work completes it.
    if (closed && queue.remove(work)) {
      throw new StorageException("the database is closed");
    }
  }

  private void run() {
    List<QueuedWork<?, ?>> batch = new ArrayList<>(BATCH);
    while (!closed) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        continue; // nobody interrupts this thread; close() queues a last work
      }
      if (!closed) {
        queue.drainTo(batch, BATCH - 1);
        committer.commit(batch);
      } else {
        batch.forEach(work -> work.lose(new StorageException("the database is closed")));
      }
      batch.clear();
    }
    committer.end();
  }

  @Override
  public void close() {
    closed = true;
    // Wakes the thread; when the queue is full it wakes anyway.
    boolean _ = queue.offer(new QueuedWork<Boolean, RuntimeException>(_ -> false));
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    List<QueuedWork<?, ?>> waiting = new ArrayList<>();
    queue.drainTo(waiting);
    waiting.forEach(work -> work.lose(new StorageException("the database is closed")));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
