package jp.sekisho.server.audit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.StorageException;

/** Waits for the process that numbers entries, where this one does not. */
final class PublishedByOthers {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);

  private PublishedByOthers() {}

  /** Returns once nothing is pending and every state is published. */
  static void await(Database database) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!database.read(LogTables::allPublished)) {
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw new StorageException("the running service does not publish the log");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
