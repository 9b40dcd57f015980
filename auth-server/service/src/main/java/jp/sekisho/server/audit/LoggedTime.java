package jp.sekisho.server.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;

/**
 * What time it is as far as the logs bear it out, for those who must not believe the process's
 * clock alone: a clock that jumps ahead (an empty battery, {@code faketime}) leaves a gap between
 * the entries before and after the jump. A time counts once entries were committed on at least
 * {@value #DAYS} days of the {@link #SPAN} up to it, without a gap or a step back among them, in
 * any of the logs. Thread-safe.
 *
 * <p>Looks at samples, the closer together the newer they are; each by its seal.
 */
final class LoggedTime {
  static final Duration SPAN = Duration.ofDays(30);
  static final Duration GAP = Duration.ofDays(14);
  static final int DAYS = 10;

  /** Units overtake each other, and clocks are set right. */
  private static final Duration BACK = Duration.ofDays(1);

  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");
  private static final int BATCH = AuditLogs.MAX_PAGE;

  private final Database database;
  private final RowSeal seal;
  private final AuditLogs logs;

  LoggedTime(Database database, RowSeal seal, AuditLogs logs) {
    this.database = database;
    this.seal = seal;
    this.logs = logs;
  }

  /**
   * The latest time that a log bears out; 1970 when none does.
   *
   * @throws TamperedException when an entry that was looked at is not as it was sealed
   */
  Instant newest() {
    return logs.names().stream().map(this::of).max(Instant::compareTo).orElse(Instant.EPOCH);
  }

  private Instant of(String organ) {
    String log = logs.stored(organ);
    LogBundle bundle = logs.bundle(organ);
    Stretch stretch = new Stretch();
    long next = bundle.size() - 1;
    for (long stride = 1; next >= bundle.first(); stride *= 2) {
      List<Long> indexes = new ArrayList<>();
      for (; next >= bundle.first() && indexes.size() < BATCH; next -= stride) {
        indexes.add(next);
      }
      for (LogTables.Integrated row : rows(log, indexes)) {
        if (stretch.add(Instant.ofEpochMilli(row.created()))) {
          return stretch.newest;
        }
      }
    }
    return Instant.EPOCH;
  }

  /** The entries of these indexes, the newest first. */
  private List<LogTables.Integrated> rows(String log, List<Long> indexes) {
    List<LogTables.Integrated> rows =
        database.read(handle -> LogTables.entries(handle, log, indexes)).stream()
            .sorted(Comparator.comparingLong(LogTables.Integrated::index).reversed())
            .toList();
    if (rows.size() != indexes.size()
        || rows.stream().anyMatch(row -> !EntrySeal.isIntact(seal, log, row))) {
      throw new TamperedException("audit_entry", log);
    }
    return rows;
  }

  /** Entries in a row, from the newest backwards, without a gap or a step back. */
  private static final class Stretch {
    private Instant newest = Instant.EPOCH;
    private Instant oldest = Instant.EPOCH;
    private final Set<LocalDate> days = new HashSet<>();

    /** Takes the entry before; whether what was taken bears out the newest of it. */
    boolean add(Instant created) {
      if (created.plus(GAP).isBefore(oldest) || created.minus(BACK).isAfter(oldest)) {
        newest = created;
        days.clear();
      }
      oldest = created;
      boolean _ = days.add(LocalDate.ofInstant(created, JAPAN));
      return days.size() >= DAYS && !oldest.plus(SPAN).isAfter(newest);
    }
  }
}
