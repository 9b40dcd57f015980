package jp.sekisho.server.storage;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: a SERIALIZABLE transaction each, so that work written for one writer stays right; run
 * again when the database reports a conflict.
 */
final class PostgresWriter implements Writer {
  private static final int ATTEMPTS = 20;
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private final Jdbi jdbi;

  PostgresWriter(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T write(Work<T, X> work) throws X {
    return run("serializable", work);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T sequence(Work<T, X> work) throws X {
    return run("read committed", work);
  }

  private <T extends @Nullable Object, X extends Exception> T run(String level, Work<T, X> work)
      throws X {
    UnitScope.requireOutside();
    for (int attempt = 1; ; attempt++) {
      try {
        return jdbi.<T, X>inTransaction(handle -> {
          // Of this transaction only: restoring a connection's level is a statement after the
          // COMMIT, and if that failed, a durable change would be reported as undone.
          handle.execute("set transaction isolation level " + level);
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
