package jp.sekisho.server.web;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.listener.TamperedRows;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has rows that were put back or deleted told, a minute after the start and every hour. */
final class RowsKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RowsKeeper.class);
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofHours(1);

  private final RowCheck check;
  private final TamperedRows tampered;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("row-check").factory());
  private final Future<?> work;

  RowsKeeper(RowCheck check, TamperedRows tampered) {
    this.check = check;
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
    try {
      check.run().forEach(finding -> tampered.report(finding.table(), finding.row()));
    } catch (RuntimeException e) {
      LOG.warn("rows were not compared with the log: {}", e.toString());
    }
  }

  @Override
  public void close() {
    work.cancel(false);
    thread.close();
  }
}
