package jp.sekisho.server.web;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.audit.DailyStamps;
import jp.sekisho.server.listener.TamperedRows;

/** Has every log time-stamped once a day, where an authority is set; asks again until it is. */
final class StampKeeper implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMinutes(10);

  private final TamperedRows tampered;
  private final Set<String> logs;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("time-stamps").factory());

  StampKeeper(Optional<DailyStamps> stamps, TamperedRows tampered, Set<String> logs) {
    this.tampered = tampered;
    this.logs = Set.copyOf(logs);
    stamps.ifPresent(daily -> {
      var _ =
          thread.scheduleWithFixedDelay(
              Rounds.of("time-stamping", () -> look(daily)), 1, LOOK.toMinutes(), TimeUnit.MINUTES);
    });
  }

  private void look(DailyStamps daily) {
    for (String log : logs) {
      boolean _ = tampered.watch("time-stamping log " + log, () -> daily.stamp(log));
    }
  }

  @Override
  public void close() {
    thread.shutdownNow(); // it may be waiting for the authority
    thread.close();
  }
}
