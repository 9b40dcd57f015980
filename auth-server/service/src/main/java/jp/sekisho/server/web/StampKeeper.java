package jp.sekisho.server.web;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.audit.DailyStamps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has every log time-stamped once a day, where an authority is set; asks again until it is. */
final class StampKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StampKeeper.class);
  private static final Duration LOOK = Duration.ofMinutes(10);

  private final Set<String> logs;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("time-stamps").factory());

  StampKeeper(Optional<DailyStamps> stamps, Set<String> logs) {
    this.logs = Set.copyOf(logs);
    stamps.ifPresent(daily -> {
      var _ =
          thread.scheduleWithFixedDelay(
              Rounds.of("time-stamping", () -> look(daily)), 1, LOOK.toMinutes(), TimeUnit.MINUTES);
    });
  }

  private void look(DailyStamps daily) {
    for (String log : logs) {
      try {
        daily.stamp(log);
      } catch (RuntimeException e) {
        LOG.warn("log {} was not time-stamped: {}", log, e.toString());
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow(); // it may be waiting for the authority
    thread.close();
  }
}
