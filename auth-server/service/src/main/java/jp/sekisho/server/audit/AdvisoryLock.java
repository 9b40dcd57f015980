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

  private final Database database;
  private final Handle handle;

  private AdvisoryLock(Database database, Handle handle) {
    this.database = database;
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
        return new AdvisoryLock(database, handle);
      }
      handle.close();
      return null;
    } catch (JdbiException e) {
      database.end(handle); // perhaps with the lock, which nobody here knows of
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

  /** Ends the connection and the lock with it: one handed back with the lock would keep it. */
  @Override
  public void close() {
    database.end(handle);
  }
}
