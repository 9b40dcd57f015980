package jp.sekisho.server.audit;

import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.StorageException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL session lock: lives as long as its connection. */
final class AdvisoryLock implements AutoCloseable {
  /** "sekisho" in ASCII; the database belongs to the service alone. */
  private static final long KEY = 0x73656b6973686fL;

  private final Handle handle;

  private AdvisoryLock(Handle handle) {
    this.handle = handle;
  }

  /** The lock, or null when another node has it. */
  static @Nullable AdvisoryLock tryAcquire(Database database) {
    Handle handle = database.openSession();
    try {
      boolean got =
          handle
              .createQuery("select pg_try_advisory_lock(:key)")
              .bind("key", KEY)
              .mapTo(Boolean.class)
              .one();
      if (got) {
        return new AdvisoryLock(handle);
      }
      handle.close();
      return null;
    } catch (JdbiException e) {
      handle.close();
      throw new StorageException("cannot ask for the advisory lock", e);
    }
  }

  /** Whether the connection, and with it the lock, still lives. */
  boolean isAlive() {
    try {
      return handle.createQuery("select 1").mapTo(Integer.class).one() == 1;
    } catch (JdbiException e) {
      return false;
    }
  }

  @Override
  public void close() {
    try {
      handle
          .createQuery("select pg_advisory_unlock(:key)")
          .bind("key", KEY)
          .mapTo(Boolean.class)
          .one();
    } catch (JdbiException e) {
      // A lost connection has lost the lock too.
    } finally {
      handle.close();
    }
  }
}
