package jp.sekisho.server.storage;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * SQLite: one thread, one connection, one COMMIT (one fsync) for all works that wait.
 *
 * <p>Each work that touches rows runs in a SAVEPOINT, so a failing one does not harm its batch
 * mates; callers complete only after the COMMIT; a failing COMMIT fails all. Other processes write
 * to the same file: BEGIN IMMEDIATE takes the file's write lock first and waits for it up to the
 * busy timeout.
 */
final class SqliteWriter implements Writer, GroupCommit.Committer {
  private final Jdbi jdbi;
  private final GroupCommit group;
  private @Nullable Handle handle; // of the writer thread

  @SuppressWarnings("this-escape") // the thread calls back only for works queued later
  SqliteWriter(Jdbi jdbi) {
    this.jdbi = jdbi;
    this.group = new GroupCommit("sqlite-writer", this);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T take(InTurn<T, X> work) throws X {
    return group.take(work);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T sequence(Work<T, X> work) throws X {
    return group.<T, X>take(turn -> work.run(turn.handle()));
  }

  @Override
  public void commit(List<QueuedWork<?, ?>> batch) {
    try {
      Handle open = connect();
      execute(open, "BEGIN IMMEDIATE");
      Turn turn = new Turn(open, () -> executeKept(open, "SAVEPOINT unit"));
      boolean changed = false;
      for (QueuedWork<?, ?> work : batch) {
        changed |= run(open, turn, work);
      }
      turn.finish();
      // The last thing that can fail. Not Connection.commit(): the driver begins the next
      // transaction in it, and if that fails, a durable change would be reported as undone.
      execute(open, changed ? "COMMIT" : "ROLLBACK");
    } catch (SQLException | RuntimeException | Error e) {
      end();
      batch.forEach(work -> work.lose(new StorageException("the transaction failed", e)));
      return;
    }
    batch.forEach(QueuedWork::complete);
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
  private static boolean run(Handle open, Turn turn, QueuedWork<?, ?> work) throws SQLException {
    boolean done = turn.run(work);
    if (done) {
      turn.keep();
    } else {
      turn.undo();
    }
    if (turn.isTouched()) {
      // SQLite ends the whole transaction by itself after some errors (disk full, I/O); then this
      // fails, as does the RELEASE of a work that swallowed such an error.
      if (!done) {
        execute(open, "ROLLBACK TO unit");
      }
      executeKept(open, "RELEASE unit");
    }
    return done;
  }

  private static void execute(Handle open, String sql) throws SQLException {
    try (Statement statement = open.getConnection().createStatement()) {
      boolean _ = statement.execute(sql);
    }
  }

  /** As {@link #execute}, for what each work needs: the connection keeps it compiled. */
  private static void executeKept(Handle open, String sql) throws SQLException {
    try (PreparedStatement statement = open.getConnection().prepareStatement(sql)) {
      boolean _ = statement.execute();
    }
  }

  /** Drops the connection; the next batch opens a new one. */
  @Override
  public void end() {
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
  public int queued() {
    return group.queued();
  }

  @Override
  public void close() {
    group.close();
  }
}
