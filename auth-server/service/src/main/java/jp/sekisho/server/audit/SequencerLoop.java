package jp.sekisho.server.audit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.StorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When the sequencer runs: at once after a local write, at most 20 ms apart while rows keep coming,
 * and every 100 ms for rows of other processes; only while this process holds the lock.
 * Thread-safe.
 */
final class SequencerLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SequencerLoop.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Lets a few more rows gather for one COMMIT; well below the 20 ms allowed. */
  private static final Duration GATHER = Duration.ofMillis(10);

  /** Between looks at what another process published; writes here must not keep us from it. */
  private static final Duration FOLLOW = Duration.ofMillis(100);

  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  private final SequencerLock lock;
  private final Sequencer sequencer;
  private final Consumer<List<EntryReceipt>> completeFromDatabase;
  private final Waiting waiting;
  private final Semaphore wakes = new Semaphore(0);
  private final Object running = new Object();
  private boolean holding; // guarded by running
  private volatile boolean closed;
  private volatile boolean well = true;
  private @Nullable Thread thread;

  SequencerLoop(
      SequencerLock lock,
      Sequencer sequencer,
      Consumer<List<EntryReceipt>> completeFromDatabase,
      Waiting waiting) {
    this.lock = lock;
    this.sequencer = sequencer;
    this.completeFromDatabase = completeFromDatabase;
    this.waiting = waiting;
  }

  /** Says that rows were committed here. */
  void wake() {
    if (wakes.availablePermits() == 0) {
      wakes.release();
    }
  }

  synchronized void start(Consumer<LogIntegrityException> broken) {
    runOnce();
    sequencer.follow();
    thread = Thread.ofPlatform().name("audit-sequencer").daemon(true).start(() -> loop(broken));
  }

  /** Whether the last pass succeeded. */
  boolean isWell() {
    return well;
  }

  /** One pass over everything pending; false if another process holds the lock. */
  boolean runOnce() {
    synchronized (running) {
      if (!lock.tryAcquire()) {
        holding = false;
        sequencer.verifyCommitted();
        return false;
      }
      if (!holding) {
        sequencer.recover();
        holding = true;
      } else {
        sequencer.pass();
      }
      return true;
    }
  }

  private void loop(Consumer<LogIntegrityException> broken) {
    Duration pause = POLL;
    while (!closed) {
      try {
        boolean woken = wakes.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
        wakes.drainPermits();
        pause = POLL;
        boolean ours = runOnce();
        if (!ours) {
          sequencer.follow();
        }
        well = true;
        if (!woken || !ours) {
          completeFromDatabase.accept(waiting.receipts());
        }
        Thread.sleep(ours ? GATHER : FOLLOW);
      } catch (InterruptedException e) {
        LOG.warn("interrupted, though nobody interrupts this thread", e);
      } catch (LogIntegrityException e) {
        well = false;
        LOG.error("the audit log cannot go on: {}", e.getMessage(), e);
        waiting.fail(new StorageException("the audit log cannot go on", e));
        broken.accept(e);
        return;
      } catch (RuntimeException e) {
        well = false;
        // The rows are safe where they are; the next pass takes them.
        LOG.warn("a pass of the sequencer failed and will be repeated", e);
        pause = AFTER_FAILURE;
      } catch (Error e) {
        // Without this thread nothing is published any more, and nobody would be told.
        well = false;
        waiting.fail(new StorageException("the audit log cannot go on", e));
        broken.accept(new LogIntegrityException("the sequencer died", e));
        throw e;
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    Thread started = thread;
    if (started != null) {
      wake();
      try {
        started.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      finish();
    }
    synchronized (running) {
      sequencer.close();
      lock.close();
      holding = false;
    }
  }

  private void finish() {
    try {
      runOnce();
    } catch (LogIntegrityException e) {
      LOG.error("the audit log cannot go on: {}", e.getMessage(), e);
    } catch (RuntimeException e) {
      LOG.warn("the last entries are published at the next start", e);
    }
  }
}
