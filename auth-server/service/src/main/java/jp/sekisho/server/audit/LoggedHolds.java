package jp.sekisho.server.audit;

import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;

/**
 * The legal holds of a log as its own entries tell them, set and not lifted: what holds if the file
 * that keeps them was lost, or put back from a time before. Thread-safe.
 *
 * <p>Such an entry is never deleted while its hold stands, since nothing is.
 */
final class LoggedHolds {
  private static final byte[] MARK = "\"type\":\"log.hold-".getBytes(StandardCharsets.US_ASCII);

  private final Database database;
  private final RowSeal seal;
  private final AuditLogs logs;

  LoggedHolds(Database database, RowSeal seal, AuditLogs logs) {
    this.database = database;
    this.seal = seal;
    this.logs = logs;
  }

  /**
   * The holds that stand, the oldest first. Reads every generation of the log.
   *
   * @throws TamperedException when an entry about one is not as it was sealed
   */
  List<Retention.Hold> of(String organ) {
    logs.integrateNow(); // one that was set just now counts as well
    Map<String, Retention.Hold> standing = new LinkedHashMap<>();
    for (int number = 1; number <= logs.generation(organ); number++) {
      String log = new Generation(organ, number).log();
      for (LogTables.Integrated row :
          database.read(handle -> LogTables.containing(handle, database.vendor(), log, MARK))) {
        apply(entry(log, row), standing);
      }
    }
    return new ArrayList<>(standing.values());
  }

  private static void apply(Entry entry, Map<String, Retention.Hold> standing) {
    Map<String, Object> data = entry.data();
    String hold = String.valueOf(data.get("hold"));
    if (!entry.device().isEmpty()) {
      return; // what a terminal writes into its records sets nothing
    }
    if (entry.type().equals("log.hold-set")) {
      standing.put(
          hold,
          new Retention.Hold(
              hold,
              entry.time().truncatedTo(ChronoUnit.SECONDS).toString(),
              String.valueOf(data.get("reference"))));
    } else if (entry.type().equals("log.hold-lifted")) {
      standing.remove(hold);
    }
  }

  private Entry entry(String log, LogTables.Integrated row) {
    try {
      if (EntrySeal.isIntact(seal, log, row)) {
        return Entry.parse(row.body());
      }
    } catch (MalformedException e) {
      // No entry of ours: said below.
    }
    throw new TamperedException("audit_entry", log);
  }
}
