package jp.sekisho.server.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.audit.Cosignatures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the witnesses every log's newest checkpoint, some seconds after it was signed. */
final class WitnessKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WitnessKeeper.class);
  private static final Duration REST = Duration.ofSeconds(5);

  private final Cosignatures cosignatures;
  private final Set<String> logs;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("witnesses").factory());
  private final Future<?> work;

  WitnessKeeper(Cosignatures cosignatures, Set<String> logs) {
    this.cosignatures = cosignatures;
    this.logs = Set.copyOf(logs);
    this.work =
        thread.scheduleWithFixedDelay(
            this::ask, REST.toMillis(), REST.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void ask() {
    for (String log : logs) {
      try {
        boolean _ = cosignatures.ask(log);
      } catch (RuntimeException e) {
        LOG.warn("the witnesses of log {} were not asked: {}", log, e.toString());
      }
    }
  }

  @Override
  public void close() {
    work.cancel(true); // it may be waiting for a witness
    thread.close();
  }
}
