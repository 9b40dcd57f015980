package jp.sekisho.server.web;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.listener.TamperedRows;

/**
 * Lets the index follow the logs, in small steps with rests between them, so that a search finds
 * little left to do and nobody who writes waits for long. An index that is far behind, as after an
 * update that makes it anew, rests shorter.
 */
final class IndexKeeper implements AutoCloseable {
  private static final Duration REST = Duration.ofMillis(250);

  /** Rests of an index that lacks nothing. */
  private static final int IDLE = 8;

  private static final long STEP = 5_000;

  private final EntryIndex index;
  private final TamperedRows tampered;
  private final Set<String> logs;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("entry-index").factory());
  private final Future<?> work;

  /** Of the one thread: rests to go before the next look. */
  private int rests;

  /** Of the one thread: entries that the last look did not come to. */
  private long missing;

  /**
   * Begins to follow.
   *
   * @param logs organs and {@code system}; closed generations, whose index an update may have made
   *     anew, are followed to their end as well
   */
  IndexKeeper(EntryIndex index, TamperedRows tampered, Set<String> logs) {
    this.index = index;
    this.tampered = tampered;
    this.logs = Set.copyOf(logs);
    this.work =
        thread.scheduleWithFixedDelay(
            Rounds.of("the index", this::follow),
            REST.toMillis(),
            REST.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private void follow() {
    if (rests-- > 0) {
      return;
    }
    missing = 0;
    for (String log : logs) {
      // Searches say what is missing; the next round tries again.
      boolean _ = tampered.watch("following log " + log + " with its index", () -> follow(log));
    }
    rests = missing > 0 ? 0 : IDLE - 1;
  }

  private void follow(String log) {
    for (String generation : index.generations(log)) {
      missing += index.catchUp(generation, STEP);
    }
  }

  @Override
  public void close() {
    work.cancel(false);
    thread.close();
  }
}
