package jp.sekisho.server.audit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.StorageException;

/** Waits for the process that numbers entries, as long as there is one beside this. */
final class PublishedByOthers {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  static final Duration POLL = Duration.ofMillis(50);

  private PublishedByOthers() {}

  /**
   * Returns once everything is published: by this process, as soon as it may number, or by the
   * other. Who numbered may just have been killed: its lock, or PostgreSQL's part of it, is then
   * free a moment later.
   *
   * @param here publishes everything pending; false while another process numbers
   */
  static void await(Database database, BooleanSupplier here) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!here.getAsBoolean()) {
      if (database.read(LogTables::allPublished)) {
        boolean _ = here.getAsBoolean(); // whether ours are among the published, not just gone
        return;
      }
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw new StorageException("the running service does not publish the log");
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
