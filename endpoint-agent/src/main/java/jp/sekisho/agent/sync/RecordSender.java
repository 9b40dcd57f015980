package jp.sekisho.agent.sync;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeviceRecord;
import org.jspecify.annotations.Nullable;

/**
 * The thread that empties the spool: sends at once when something is appended, again with growing
 * waits while the service is away.
 *
 * <p>When the service names a hole, a fork or a record it cannot take, sending stops for good and
 * {@link #halted} says so: records stay in the spool and people must look. Nothing is ever dropped.
 */
public final class RecordSender implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(RecordSender.class.getName());

  private final Spool spool;
  private final Function<EventBatch, Reply<EventAck>> send;
  private final Backoff backoff;
  private final RandomGenerator random;
  private final Thread thread = new Thread(this::run, "record-sender");
  private final Object lock = new Object();

  /** Guarded by {@link #lock}: something to look at since the last look. */
  private boolean woken;

  private boolean stopped;
  private volatile @Nullable String halted;

  /**
   * @param send names in the batch what this terminal keeps of the log, and calls the service
   */
  public RecordSender(
      Spool spool,
      Function<EventBatch, Reply<EventAck>> send,
      Backoff backoff,
      RandomGenerator random) {
    this.spool = spool;
    this.send = send;
    this.backoff = backoff;
    this.random = random;
    thread.setDaemon(true);
  }

  /** Starts sending, also at every append from now on. */
  public void start() {
    spool.onAppend(this::wake);
    thread.start();
  }

  /** Looks again now: the line may be back. */
  public void wake() {
    synchronized (lock) {
      woken = true;
      lock.notifyAll();
    }
  }

  /** Why sending stopped for good: EVENT_GAP, EVENT_FORK, EVENT_INVALID, ACK_MISMATCH …. */
  public Optional<String> halted() {
    return Optional.ofNullable(halted);
  }

  /** Waits until everything is acknowledged, at most {@code atMost}; returns whether it is. */
  public boolean flush(Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    wake();
    synchronized (lock) {
      while (spool.depth() > 0 && halted == null) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        lock.wait(Math.max(1, left / 1_000_000));
      }
    }
    return spool.depth() == 0;
  }

  @Override
  public void close() {
    synchronized (lock) {
      stopped = true;
      lock.notifyAll();
    }
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive() && !Thread.currentThread().equals(thread)) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    int failures = 0;
    try {
      while (halted == null && !isStopped()) {
        boolean sent = false;
        try {
          sent = sendAll();
        } catch (RuntimeException | Error e) {
          // Tried again after a while: a terminal whose records stay away is silent.
          LOG.log(System.Logger.Level.ERROR, "records were not sent", e);
        }
        failures = sent ? 0 : failures + 1;
        synchronized (lock) {
          lock.notifyAll();
          if (!woken && !stopped && halted == null) {
            // A wake-up without a notification costs one look.
            lock.wait(sent ? 0 : Math.max(1, backoff.after(failures, random).toMillis()));
          }
          woken = false;
        }
      }
    } catch (InterruptedException e) {
      // Only close() knows this thread.
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStopped() {
    synchronized (lock) {
      return stopped;
    }
  }

  /** Sends until nothing is left; false when the service did not take a batch. */
  private boolean sendAll() {
    while (halted == null && !isStopped()) {
      List<DeviceRecord> records = spool.unacknowledged(EventBatch.MAX_RECORDS);
      if (records.isEmpty()) {
        return true;
      }
      EventBatch batch = new EventBatch(records.stream().map(Spool::wire).toList(), 0);
      if (!send.apply(batch).fold(this::taken, this::refused, away -> false)) {
        return false;
      }
    }
    return false;
  }

  private boolean taken(EventAck ack) {
    int before = spool.depth();
    try {
      if (!spool.acknowledged(ack)) {
        halt(Refusal.ACK_MISMATCH.name());
        return false;
      }
    } catch (SpoolException e) {
      return false;
    }
    // An acknowledgement of nothing new would otherwise make this a tight loop.
    return spool.depth() < before;
  }

  private boolean refused(Reply.Refused<EventAck> no) {
    Refusal refusal = no.refusal();
    if (refusal == Refusal.EVENT_GAP
        || refusal == Refusal.EVENT_FORK
        || refusal == Refusal.EVENT_INVALID) {
      halt(no.code());
    }
    return false;
  }

  private void halt(String code) {
    synchronized (lock) {
      halted = code;
      lock.notifyAll();
    }
  }
}
