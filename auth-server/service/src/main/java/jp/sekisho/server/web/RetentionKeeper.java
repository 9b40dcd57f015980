package jp.sekisho.server.web;

import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import jp.sekisho.server.listener.TamperedRows;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has entries deleted whose term is over, once a day by the service's clock, from three in the
 * morning in Japan; a day on which the service did not run is made up for at once.
 */
final class RetentionKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionKeeper.class);
  private static final Duration LOOK = Duration.ofMinutes(10);
  private static final int HOUR = 3;

  private final ToLongFunction<String> prune;
  private final TamperedRows tampered;
  private final Set<String> logs;
  private final Clock clock;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("retention").factory());
  private final Future<?> work;
  private @Nullable LocalDate done; // by the one thread, and in tests instead of it

  /**
   * @param prune deletes what is due of a log and says how much
   */
  RetentionKeeper(
      ToLongFunction<String> prune, TamperedRows tampered, Set<String> logs, Clock clock) {
    this.prune = prune;
    this.tampered = tampered;
    this.logs = Set.copyOf(logs);
    this.clock = clock;
    this.work =
        thread.scheduleWithFixedDelay(
            Rounds.of("the deletion of old entries", this::look),
            LOOK.toMillis(),
            LOOK.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Deletes, if this was not done since the last time it was due. */
  synchronized void look() {
    // Until three o'clock it is still the day before.
    LocalDate due = clock.instant().atZone(LogFilter.JAPAN).minusHours(HOUR).toLocalDate();
    if (due.equals(done)) {
      return;
    }
    boolean all = true;
    for (String log : logs) {
      all &=
          tampered.watch(
              "deleting entries of log " + log + " after their term",
              () -> {
                long deleted = prune.applyAsLong(log);
                if (deleted > 0) {
                  LOG.info("{} entries of log {} were deleted after their term", deleted, log);
                }
              });
    }
    done = all ? due : done;
  }

  @Override
  public void close() {
    work.cancel(false);
    thread.close();
  }
}
