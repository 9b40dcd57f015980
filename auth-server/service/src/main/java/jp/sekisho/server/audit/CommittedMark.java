package jp.sekisho.server.audit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.StorageException;

/**
 * How many entries of one log are known to be committed, in a file that the database cannot reach:
 * {@code log-<log>.committed}, 8 bytes, big-endian. Thread-safe, and shared by all processes of the
 * machine: the file is mapped and only ever raised, atomically.
 *
 * <p>Raised after the durable COMMIT without a sync of its own, so it costs no time, outlives the
 * process, and may be too low after a power cut, never too high. Then {@code log-<log>.last}, which
 * is synced, still holds everything that was signed.
 */
final class CommittedMark {
  /** Of a log that lost entries: no entry has such a number, so it never goes on by itself. */
  static final long LOST = Long.MAX_VALUE;

  static final int BYTES = Long.BYTES;

  private static final VarHandle VALUE =
      ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN).varHandle();

  private final MemorySegment file;

  private CommittedMark(MemorySegment file) {
    this.file = file;
  }

  /**
   * Opens the file for the life of the process.
   *
   * @throws StorageException when it is missing, open to others or not 8 bytes long
   */
  static CommittedMark open(Path path) {
    try {
      if (PrivateFiles.read(path, BYTES).length != BYTES) {
        throw new IOException(path + " does not have " + BYTES + " bytes");
      }
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        return new CommittedMark(
            channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, Arena.ofAuto()));
      }
    } catch (IOException e) {
      throw new StorageException("cannot open " + path, e);
    }
  }

  /** Every number below it was committed. */
  long get() {
    return (long) VALUE.getVolatile(file, 0L);
  }

  /** Says that every number below {@code count} was committed. */
  void raise(long count) {
    long now = get();
    while (now < count) {
      now = (long) VALUE.compareAndExchange(file, 0L, now, count);
    }
  }
}
