package jp.sekisho.server.storage;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: a SERIALIZABLE transaction each, so that work written for one writer stays right; run
 * again when the database reports a conflict.
 *
 * <p>Writes begin with a lock and so run one at a time, over all processes, while readers and the
 * numbering go on beside them. Every write numbers an audit entry, without a gap and in the order
 * of the COMMITs (that is how a deleted one shows), so two could not both succeed anyway; without
 * the lock each would run, conflict and run again. {@code LOCK TABLE} takes no snapshot: the work
 * sees everything that was committed before its turn. Inside a process the turn is taken before the
 * connection, so that those who wait leave the pool to readers.
 */
final class PostgresWriter implements Writer {
  private static final int ATTEMPTS = 20;
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);
  private static final Duration TURN_WAIT = Duration.ofSeconds(30);

  private final Jdbi jdbi;
  private final ReentrantLock turn = new ReentrantLock(true);

  PostgresWriter(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(Work<T, X> work) throws X {
    UnitScope.requireOutside();
    takeTurn();
    try {
      return run("serializable", "lock table audit_turn in exclusive mode", work);
    } finally {
      turn.unlock();
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T sequence(Work<T, X> work) throws X {
    UnitScope.requireOutside();
    return run("read committed", null, work);
  }

  private void takeTurn() {
    try {
      if (!turn.tryLock(TURN_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StorageException("too many writes wait");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("interrupted before the write began", e);
    }
  }

  private <T extends @Nullable Object, X extends Exception> T run(
      String level, @Nullable String first, Work<T, X> work) throws X {
    for (int attempt = 1; ; attempt++) {
      try {
        return jdbi.<T, X>inTransaction(handle -> {
          // Of this transaction only: restoring a connection's level is a statement after the
          // COMMIT, and if that failed, a durable change would be reported as undone.
          handle.execute("set transaction isolation level " + level);
          if (first != null) {
            handle.execute(first);
          }
          try (var _ = UnitScope.enter()) {
            return work.run(handle);
          }
        });
      } catch (JdbiException e) {
        if (attempt == ATTEMPTS || !SqlStates.isConflict(e)) {
          throw new StorageException("the transaction failed", e);
        }
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LONGEST_PAUSE.toNanos()));
      }
    }
  }

  @Override
  public void close() {
    // Its connections belong to the pool of Database.
  }
}
