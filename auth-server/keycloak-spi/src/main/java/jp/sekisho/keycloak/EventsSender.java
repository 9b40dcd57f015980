package jp.sekisho.keycloak;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Brings what waits in the spool to the service, in batches, keeps on trying, and says each ten
 * seconds that it is there. A record counts as sent when the service says that its entry is
 * durable; what is sent twice is one entry there. Two threads: one sends, one compares.
 */
final class EventsSender implements AutoCloseable {
  static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration SIGN = Duration.ofSeconds(10);

  /** Each event is read again some times: with every comparison, and every wider one. */
  private static final Duration COMPARE = Duration.ofMinutes(1);

  /** How soon a comparison that could not be made is tried again. */
  private static final Duration AGAIN = Duration.ofSeconds(15);

  /** Two servers with one certificate would drive each other's spool out for ever. */
  private static final Duration RESTART = Duration.ofMinutes(1);

  /** At most some 150 kB, well under the route's megabyte. */
  private static final int BATCH = 250;

  private static final Logger LOG = Logger.getLogger(EventsSender.class);

  private final Spool spool;
  private final SekishoService service;
  private final Comparison comparison;
  private final ScheduledExecutorService threads = Daemons.of(2, "sekisho-events");
  private volatile boolean silent;
  // Only the thread that sends touches these; nanoseconds of the monotonic clock.
  private long said = System.nanoTime() - SIGN.toNanos();
  private long restarted = System.nanoTime() - RESTART.toNanos();
  // Only the thread that compares.
  private long compared = System.nanoTime() - COMPARE.toNanos();

  EventsSender(Spool spool, SekishoService service, Comparison comparison) {
    this.spool = spool;
    this.service = service;
    this.comparison = comparison;
  }

  void start() {
    Future<?> unusedSending =
        threads.scheduleWithFixedDelay(
            this::sendSafely, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    // Beside it: a long comparison must not keep us from saying that we are there.
    Future<?> unusedComparing =
        threads.scheduleWithFixedDelay(
            this::compareSafely, PAUSE.toMillis(), AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private void sendSafely() {
    try {
      boolean more = true;
      while (more && !Thread.currentThread().isInterrupted()) {
        more = send();
      }
    } catch (IOException | RuntimeException e) {
      // Thrown out of here it would end the schedule for good.
      LOG.error("events could not be brought to Sekisho; tried again", e);
    }
  }

  private void compareSafely() {
    try {
      long now = System.nanoTime();
      if (!silent
          && now - compared >= COMPARE.toNanos()
          && comparison.run(System.currentTimeMillis())) {
        compared = now;
      }
    } catch (IOException | RuntimeException e) {
      LOG.error("Keycloak's events could not be compared with the log; tried again", e);
    }
  }

  /** Sends a batch, or a sign of life when it is time for one; whether more may wait. */
  boolean send() throws IOException {
    String id = spool.id();
    List<String> batch = spool.unsent(BATCH);
    if (batch.isEmpty() && System.nanoTime() - said < SIGN.toNanos()) {
      return false;
    }
    long held =
        service
            .take(id, batch)
            .match(
                taken -> taken.seq(),
                refused -> quiet("refused " + refused.refusal(), isOtherChain(refused.refusal())),
                why -> quiet(why, false));
    if (held < 0) {
      return false;
    }
    silent = false;
    said = System.nanoTime();
    spool.acknowledge(id, held);
    return batch.size() == BATCH;
  }

  private static boolean isOtherChain(String reason) {
    return reason.equals("EVENT_GAP") || reason.equals("EVENT_FORK");
  }

  /** Said once per outage. */
  private long quiet(String why, boolean otherChain) {
    if (!silent) {
      LOG.errorf("events wait for Sekisho: %s", why);
    }
    silent = true;
    if (otherChain && System.nanoTime() - restarted >= RESTART.toNanos()) {
      restarted = System.nanoTime();
      try {
        spool.restart();
      } catch (IOException e) {
        LOG.error("no new spool could be begun; tried again in a minute", e);
      }
    }
    return -1;
  }
}
