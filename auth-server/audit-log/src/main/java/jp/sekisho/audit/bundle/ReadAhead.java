package jp.sekisho.audit.bundle;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import jp.sekisho.audit.copy.EntryReader;
import jp.sekisho.audit.copy.Slot;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries on a thread of its own while whoever asks for them hashes the ones before:
 * unpacking a ZIP takes about as long as verifying it. Holds a few MiB, however long the log is.
 * Used by one thread, closed by the same.
 */
final class ReadAhead implements EntryReader {
  private static final int MOST_SLOTS = 2048;
  private static final int MOST_BYTES = 1024 * 1024;
  private static final int BATCHES = 4;

  private final EntryReader from;
  private final BlockingQueue<Batch> read = new ArrayBlockingQueue<>(BATCHES);
  private final Thread thread;
  private Iterator<Slot> slots = List.<Slot>of().iterator();
  private @Nullable Batch last;
  private volatile boolean closed;

  /**
   * Slots in order, and why there are no more.
   *
   * @param end the copy has ended: there is nothing behind them
   * @param failure what reading on failed with
   */
  private record Batch(List<Slot> slots, boolean end, @Nullable Exception failure) {}

  @SuppressWarnings("this-escape") // the last statement
  ReadAhead(EntryReader from) {
    this.from = from;
    thread = new Thread(this::run, "read-ahead");
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    try {
      Batch batch;
      do {
        batch = batch();
        read.put(batch);
      } while (!closed && !batch.end() && batch.failure() == null);
    } catch (InterruptedException e) {
      // Closed: nobody asks any more.
    }
  }

  private Batch batch() {
    List<Slot> slots = new ArrayList<>(MOST_SLOTS);
    int bytes = 0;
    try {
      while (slots.size() < MOST_SLOTS && bytes < MOST_BYTES) {
        Slot slot = from.next();
        if (slot == Slot.Gap.END) {
          return new Batch(slots, true, null);
        }
        slots.add(slot);
        bytes += slot instanceof Slot.Entry entry ? entry.bytes().length : 0;
      }
      return new Batch(slots, false, null);
    } catch (IOException | RuntimeException e) { // told where it happened: behind these slots
      return new Batch(slots, false, e);
    }
  }

  @Override
  public Slot next() throws IOException {
    while (!slots.hasNext()) {
      Batch before = last;
      if (before != null && before.failure() instanceof IOException failure) {
        throw failure;
      }
      if (before != null && before.failure() instanceof RuntimeException failure) {
        throw failure;
      }
      if (before != null && before.end()) {
        return Slot.Gap.END;
      }
      try {
        last = read.take();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while reading entries");
      }
      slots = last.slots().iterator();
    }
    return slots.next();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    from.close();
  }
}
