package jp.sekisho.server.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;

/**
 * PostgreSQL: one thread that runs all works that wait in one transaction; again, and each by
 * itself, when the database reports a conflict.
 *
 * <p>Each work that touches rows runs in a SAVEPOINT, so a failing one does not harm its batch
 * mates; callers complete only after the COMMIT; a failing COMMIT fails all. Transactions begin
 * with a lock and so run one at a time, over all processes, while readers and the numbering go on
 * beside them. Every write numbers an audit entry, without a gap and in the order of the COMMITs
 * (that is how a deleted one shows), so two could not both succeed anyway. {@code LOCK TABLE} takes
 * no snapshot: the works see everything that was committed before their turn. Nobody else who
 * writes what they read can commit until theirs is over, so one snapshot is as good as SERIALIZABLE
 * (ADR 0053), which would note every row that is looked at and compare it with nobody's.
 */
final class PostgresWriter implements Writer, GroupCommit.Committer {
  private static final int ATTEMPTS = 20;
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
  private static final String BEGIN =
      "set transaction isolation level repeatable read, read write;"
          + " lock table audit_turn in exclusive mode";

  private final Jdbi jdbi;
  private final Consumer<Handle> discard;
  private final GroupCommit group;

  /**
   * @param discard ends a connection for good instead of giving it back to the pool
   */
  @SuppressWarnings("this-escape") // the thread calls back only for works queued later
  PostgresWriter(Jdbi jdbi, Consumer<Handle> discard) {
    this.jdbi = jdbi;
    this.discard = discard;
    this.group = new GroupCommit("postgresql-writer", this);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T take(InTurn<T, X> work) throws X {
    return group.take(work);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T sequence(Work<T, X> work) throws X {
    UnitScope.requireOutside();
    for (int attempt = 1; ; attempt++) {
      try {
        return jdbi.<T, X>inTransaction(handle -> {
          // Of this transaction only: restoring a connection's level is a statement after the
          // COMMIT, and if that failed, a durable change would be reported as undone.
          handle.execute("set transaction isolation level read committed, read write");
          try (var _ = UnitScope.enter()) {
            return work.run(handle);
          }
        });
      } catch (JdbiException e) {
        if (attempt == ATTEMPTS || !SqlStates.isConflict(e)) {
          throw new StorageException("the transaction failed", e);
        }
        pause();
      }
    }
  }

  @Override
  public void commit(List<QueuedWork<?, ?>> batch) {
    if (batch.size() == 1 || !commit(batch, false)) {
      batch.forEach(this::commitAlone); // so that one in conflict does not hold up the others
    }
  }

  private void commitAlone(QueuedWork<?, ?> work) {
    for (int attempt = 1; !commit(List.of(work), attempt == ATTEMPTS); attempt++) {
      pause();
    }
  }

  private static void pause() {
    LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
  }

  /**
   * Commits the works and completes them. False when the database asks to run them again: then
   * nothing happened and nobody was told.
   */
  private boolean commit(List<QueuedWork<?, ?>> batch, boolean last) {
    try {
      transact(batch);
    } catch (SQLException | RuntimeException | Error e) {
      if (!last && SqlStates.isConflict(e)) {
        return false;
      }
      batch.forEach(work -> work.lose(new StorageException("the transaction failed", e)));
      return true;
    }
    batch.forEach(QueuedWork::complete);
    return true;
  }

  private void transact(List<QueuedWork<?, ?>> batch) throws SQLException {
    Handle handle = jdbi.open();
    boolean committed = false;
    try {
      Connection connection = handle.getConnection();
      connection.setAutoCommit(false);
      execute(connection, BEGIN);
      AtomicBoolean set = new AtomicBoolean();
      Turn turn =
          new Turn(
              handle,
              () -> {
                // The one of the work before goes with it: one round trip for each work.
                execute(connection, set.get() ? "release unit; savepoint unit" : "savepoint unit");
                set.set(true);
              });
      boolean changed = false;
      for (QueuedWork<?, ?> work : batch) {
        changed |= run(connection, turn, work);
      }
      turn.finish();
      if (changed) {
        connection.commit();
      } else {
        connection.rollback();
      }
      committed = true;
    } finally {
      giveBack(handle, committed);
    }
  }

  /** Whether the work left changes to commit; throws only when the whole batch is lost. */
  private static boolean run(Connection connection, Turn turn, QueuedWork<?, ?> work)
      throws SQLException {
    boolean done = turn.run(work);
    if (done && isAborted(connection)) {
      work.failed(new StorageException("a statement failed, and the unit went on"));
      done = false;
    }
    if (done) {
      turn.keep();
      return true;
    }
    Throwable why = work.failure();
    if (why != null && SqlStates.isConflict(why)) {
      throw new StorageException("the unit is in conflict with another transaction", why);
    }
    turn.undo();
    if (turn.isTouched()) {
      execute(connection, "rollback to unit");
    } else if (isAborted(connection)) {
      throw new SQLException("a statement failed without a savepoint before it");
    }
    return false;
  }

  /** Whether a statement failed since the savepoint, so that nothing after it has any effect. */
  private static boolean isAborted(Connection connection) throws SQLException {
    return connection.unwrap(PgConnection.class).getTransactionState() == TransactionState.FAILED;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      boolean _ = statement.execute(sql);
    }
  }

  /**
   * Gives a connection back to the pool, or ends it where its transaction cannot be rolled back:
   * what is left open there must never be committed by the next batch, nor by the driver when it
   * returns to auto-commit. Fails for nobody: the outcome is decided.
   */
  private void giveBack(Handle handle, boolean ended) {
    Connection connection = handle.getConnection();
    try {
      if (!ended) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
      handle.close();
    } catch (SQLException | JdbiException e) {
      try {
        connection.unwrap(PgConnection.class).close();
      } catch (SQLException closed) {
        // Then it is closed, and the server rolls back.
      }
      discard.accept(handle);
    }
  }

  @Override
  public void end() {
    // Its connections belong to the pool of Database.
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
