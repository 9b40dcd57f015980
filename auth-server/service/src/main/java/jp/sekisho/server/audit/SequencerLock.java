package jp.sekisho.server.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.Vendor;
import org.jspecify.annotations.Nullable;

/**
 * Only one process numbers entries: the holder of the lock on {@code keys/sequencer.lock} (the
 * operating system frees it when the process dies), on PostgreSQL of an advisory lock as well. Used
 * by one thread at a time.
 */
final class SequencerLock implements AutoCloseable {
  private final Database database;
  private final Path file;
  private @Nullable FileChannel channel;
  private @Nullable AdvisoryLock advisory;

  SequencerLock(Database database, Path keys) {
    this.database = database;
    this.file = keys.resolve("sequencer.lock");
  }

  /** Whether this process has the lock after trying. */
  boolean tryAcquire() {
    if (channel == null && !tryFile()) {
      return false;
    }
    if (database.vendor() == Vendor.POSTGRESQL) {
      return tryAdvisory();
    }
    return true;
  }

  private boolean tryFile() {
    try {
      if (!Files.exists(file)) {
        PrivateFiles.create(file);
      }
      FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE);
      @Nullable FileLock lock = null;
      try {
        lock = open.tryLock();
      } catch (OverlappingFileLockException e) {
        // Held elsewhere in this process.
      }
      if (lock == null) {
        open.close();
        return false;
      }
      channel = open;
      return true;
    } catch (FileAlreadyExistsException e) {
      return false; // being created by another process; tried again soon
    } catch (IOException e) {
      throw new StorageException("cannot lock " + file, e);
    }
  }

  private boolean tryAdvisory() {
    AdvisoryLock held = advisory;
    if (held != null && held.isAlive()) {
      return true;
    }
    if (held != null) {
      held.close();
    }
    advisory = AdvisoryLock.tryAcquire(database);
    return advisory != null;
  }

  @Override
  public void close() {
    if (advisory != null) {
      advisory.close();
      advisory = null;
    }
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // The process's end frees it at the latest.
    }
    channel = null;
  }
}
