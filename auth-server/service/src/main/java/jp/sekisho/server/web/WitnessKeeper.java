package jp.sekisho.server.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jp.sekisho.server.audit.LogIntegrityException;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.TamperedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows the witnesses every log's newest checkpoint, some seconds after it was signed. */
final class WitnessKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WitnessKeeper.class);
  private static final Duration REST = Duration.ofSeconds(5);

  private final Predicate<String> witnesses;
  private final TamperedRows tampered;
  private final Set<String> logs;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("witnesses").factory());
  private final Future<?> work;

  /**
   * @param witnesses asks them about a log, as {@link jp.sekisho.server.audit.Cosignatures#ask}
   */
  WitnessKeeper(Predicate<String> witnesses, TamperedRows tampered, Set<String> logs) {
    this.witnesses = witnesses;
    this.tampered = tampered;
    this.logs = Set.copyOf(logs);
    this.work =
        thread.scheduleWithFixedDelay(
            Rounds.of("asking the witnesses", this::ask),
            REST.toMillis(),
            REST.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Asks about each log once. */
  void ask() {
    for (String log : logs) {
      try {
        boolean _ = witnesses.test(log);
      } catch (TamperedException e) {
        tampered.report(e);
      } catch (LogIntegrityException e) {
        LOG.error("log {} cannot be shown to its witnesses: what was signed is damaged", log, e);
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
