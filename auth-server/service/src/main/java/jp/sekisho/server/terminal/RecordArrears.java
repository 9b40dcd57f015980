package jp.sekisho.server.terminal;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Since when a terminal that can be heard owes records: it says that it wrote one which never
 * arrived, it has fewer than are held here, or its batch broke the chain and none was taken since.
 * What such a terminal would tell, that a card left or that its agent stopped, is not told.
 *
 * <p>In memory only: after a restart of the service the next heartbeat tells it anew. Thread-safe.
 */
final class RecordArrears {
  /**
   * @param seq the record that is awaited; {@link #LOST} when the terminal has too few
   */
  private record Owed(long seq, Instant since) {}

  private static final long LOST = -1;

  private final Map<String, Owed> owed = new ConcurrentHashMap<>();
  private final Map<String, Instant> refused = new ConcurrentHashMap<>();

  /**
   * A heartbeat came. A terminal at work is always about to send something; so what counts is one
   * and the same record that does not arrive.
   *
   * @param written highest number that the terminal says it wrote
   * @param held highest number held here
   */
  void reported(String terminal, long written, long held, Instant now) {
    owed.compute(
        terminal,
        (_, old) -> {
          if (written == held) {
            return null;
          }
          boolean same = old != null && (written < held ? old.seq() == LOST : held < old.seq());
          return same ? old : new Owed(written < held ? LOST : written, now);
        });
  }

  /** A batch broke the chain. */
  void refused(String terminal, Instant now) {
    refused.putIfAbsent(terminal, now);
  }

  /** A batch was taken. */
  void taken(String terminal) {
    refused.remove(terminal);
  }

  /** Since when it owes; null when it does not. */
  @Nullable Instant since(String terminal) {
    Owed record = owed.get(terminal);
    Instant batch = refused.get(terminal);
    if (record == null || batch == null) {
      return record == null ? batch : record.since();
    }
    return batch.isBefore(record.since()) ? batch : record.since();
  }
}
