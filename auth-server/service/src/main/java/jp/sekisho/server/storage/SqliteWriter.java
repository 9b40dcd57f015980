package jp.sekisho.server.storage;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * SQLite: one thread, one connection, one COMMIT (one fsync) for all works that wait.
 *
 * <p>Each work runs in a SAVEPOINT, so a failing one does not harm its batch mates; callers
 * complete only after the COMMIT; a failing COMMIT fails all. Other processes write to the same
 * file: BEGIN IMMEDIATE takes the file's write lock first and waits for it up to the busy timeout.
 */
final class SqliteWriter implements Writer {
  /** Works that may wait; beyond that callers wait {@link #QUEUE_WAIT}, then fail. */
  static final int QUEUE = 1024;

  /** Works of one COMMIT. */
  static final int BATCH = 256;

  private static final Duration QUEUE_WAIT = Duration.ofSeconds(5);

  private final Jdbi jdbi;
  private final BlockingQueue<SqliteTask<?, ?>> queue = new ArrayBlockingQueue<>(QUEUE);
  private final Thread thread;
  private volatile boolean closed;
  private @Nullable Handle handle; // of the writer thread

  SqliteWriter(Jdbi jdbi) {
    this.jdbi = jdbi;
    thread = Thread.ofPlatform().name("sqlite-writer").daemon(true).start(this::run);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(Work<T, X> work) throws X {
    UnitScope.requireOutside();
    SqliteTask<T, X> task = new SqliteTask<>(work);
    enqueue(task);
    return task.await();
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T sequence(Work<T, X> work) throws X {
    return write(work);
  }

  private void enqueue(SqliteTask<?, ?> task) {
    try {
      if (closed || !queue.offer(task, QUEUE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StorageException(closed ? "the database is closed" : "too many writes wait");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("interrupted before the write began", e);
    }
    // close() may have emptied the queue just before; whoever removes the task completes it.
    if (closed && queue.remove(task)) {
      throw new StorageException("the database is closed");
    }
  }

  private void run() {
    List<SqliteTask<?, ?>> batch = new ArrayList<>(BATCH);
    while (!closed) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        continue; // nobody interrupts this thread; close() queues a last task
      }
      if (!closed) {
        queue.drainTo(batch, BATCH - 1);
        commit(batch);
      } else {
        batch.forEach(task -> task.fail(new StorageException("the database is closed")));
      }
      batch.clear();
    }
    discard();
  }

  private void commit(List<SqliteTask<?, ?>> batch) {
    try {
      Handle open = connect();
      execute(open, "BEGIN IMMEDIATE");
      boolean changed = false;
      for (SqliteTask<?, ?> task : batch) {
        changed |= runInSavepoint(open, task);
      }
      // The last thing that can fail. Not Connection.commit(): the driver begins the next
      // transaction in it, and if that fails, a durable change would be reported as undone.
      execute(open, changed ? "COMMIT" : "ROLLBACK");
    } catch (SQLException | RuntimeException | Error e) {
      discard();
      batch.forEach(task -> task.fail(new StorageException("the transaction failed", e)));
      return;
    }
    batch.forEach(SqliteTask::succeed);
  }

  private Handle connect() {
    Handle open = handle;
    if (open == null) {
      open = jdbi.open();
      handle = open;
    }
    return open;
  }

  /** Whether the work left changes to commit; throws only when the whole batch is lost. */
  private static boolean runInSavepoint(Handle open, SqliteTask<?, ?> task) throws SQLException {
    execute(open, "SAVEPOINT unit");
    boolean done;
    try (var _ = UnitScope.enter()) {
      done = task.run(open);
    }
    if (!done) {
      // SQLite ends the whole transaction by itself after some errors (disk full, I/O); then this
      // fails, as does the RELEASE of a work that swallowed such an error.
      execute(open, "ROLLBACK TO unit");
    }
    execute(open, "RELEASE unit");
    if (!done) {
      task.failed();
    }
    return done;
  }

  private static void execute(Handle open, String sql) throws SQLException {
    try (Statement statement = open.getConnection().createStatement()) {
      statement.execute(sql);
    }
  }

  /** Drops the connection; the next batch opens a new one. */
  private void discard() {
    Handle open = handle;
    handle = null;
    if (open == null) {
      return;
    }
    try {
      open.getConnection().close();
    } catch (SQLException e) {
      // SQLite rolls back whatever a connection leaves behind.
    }
  }

  @Override
  public void close() {
    closed = true;
    // Wakes the thread; when the queue is full it wakes anyway.
    boolean _ = queue.offer(new SqliteTask<Boolean, RuntimeException>(_ -> false));
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    List<SqliteTask<?, ?>> waiting = new ArrayList<>();
    queue.drainTo(waiting);
    waiting.forEach(task -> task.fail(new StorageException("the database is closed")));
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
