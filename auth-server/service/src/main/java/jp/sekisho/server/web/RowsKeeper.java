package jp.sekisho.server.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.audit.ClosedGenerations;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.listener.TamperedRows;

/**
 * Has rows that were put back or deleted told, a minute after the start and every hour, and closed
 * generations of logs that are not what they were.
 */
final class RowsKeeper implements AutoCloseable {
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofHours(1);

  private final RowCheck check;
  private final ClosedGenerations closed;
  private final Set<String> logs;
  private final TamperedRows tampered;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("row-check").factory());
  private final Future<?> work;

  RowsKeeper(RowCheck check, ClosedGenerations closed, Set<String> logs, TamperedRows tampered) {
    this.check = check;
    this.closed = closed;
    this.logs = Set.copyOf(logs);
    this.tampered = tampered;
    this.work =
        thread.scheduleWithFixedDelay(
            Rounds.of("the comparison of rows", this::look),
            FIRST.toMinutes(),
            LOOK.toMinutes(),
            TimeUnit.MINUTES);
  }

  /** Looks once. */
  void look() {
    tampered.watch(
        "the comparison of rows with the log",
        () -> check.run().forEach(finding -> tampered.report(finding.table(), finding.row())));
    for (String log : logs) {
      tampered.watch(
          "the look at closed generations of log " + log,
          () -> {
            closed.require(log);
            closed.readOnce(log);
          });
    }
  }

  @Override
  public void close() {
    work.cancel(false);
    thread.close();
  }
}
