package jp.sekisho.server.web;

import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.LogRow;
import org.jspecify.annotations.Nullable;

/**
 * Reads a page of a log for a person's eyes: published entries, newest first, times in Japan
 * Standard Time. Thread-safe.
 *
 * <p>A filter is applied while reading back, over at most {@value #MOST_READ} entries; the link to
 * older entries goes on from there.
 */
final class LogReader {
  /** Entries on one page. */
  static final int PAGE = 50;

  static final int MOST_READ = 4_000;

  private static final String NOTHING = "—";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(LogFilter.JAPAN);

  private final AuditLogs logs;

  LogReader(AuditLogs logs) {
    this.logs = logs;
  }

  /**
   * What was found.
   *
   * @param from lowest index looked at, −1 when there was none
   * @param to highest index looked at, −1 when there was none
   * @param older where older entries begin, exclusive; null when there are none
   */
  record Found(List<LogRow> rows, long from, long to, @Nullable Long older) {}

  /**
   * Looks for entries.
   *
   * @param person only entries about this person; null for all
   */
  Found find(String log, @Nullable String person, LogFilter filter) {
    List<LogRow> rows = new ArrayList<>();
    long before = filter.before();
    long to = -1;
    for (int read = 0; read < MOST_READ; ) {
      List<LogRow> batch = logs.page(log, person, before, AuditLogs.MAX_PAGE);
      for (LogRow row : batch) {
        to = Math.max(to, row.index());
        if (row instanceof LogRow.Intact(long index, Entry entry) && filter.isPast(entry)) {
          return new Found(rows, index, to, null);
        }
        if (accepts(filter, row)) {
          rows.add(row);
        }
        before = row.index();
        if (rows.size() == PAGE) {
          return new Found(rows, before, to, before > 0 ? before : null);
        }
      }
      read += batch.size();
      if (batch.size() < AuditLogs.MAX_PAGE) {
        return new Found(rows, to < 0 ? -1 : before, to, null);
      }
    }
    return new Found(rows, before, to, before);
  }

  /** The newest signed checkpoint of a log. */
  LogContent.@Nullable SignedRecord newest(String organ) {
    String[] lines = logs.newest(organ).checkpoint().split("\n", -1);
    return lines.length < 3
        ? null
        : new LogContent.SignedRecord(organ, lines[0], lines[1], lines[2]);
  }

  /** A row in the language of {@code words}. */
  static EntryRow row(LogRow found, Words words) {
    return switch (found) {
      case LogRow.Tampered(long index) ->
          new EntryRow(
              Long.toString(index),
              NOTHING,
              "service.state-tampered",
              words.event("service.state-tampered"),
              "failure",
              words.text("web.outcome.failure"),
              "STATE_TAMPERED",
              words.reason("STATE_TAMPERED"),
              NOTHING,
              NOTHING);
      case LogRow.Intact(long index, Entry entry) -> {
        String reason = entry.reason();
        String outcome = entry.success() ? "success" : "failure";
        yield new EntryRow(
            Long.toString(index),
            TIME.format(entry.time()),
            entry.type(),
            words.event(entry.type()),
            outcome,
            words.text("web.outcome." + outcome),
            reason,
            reason == null ? null : words.reason(reason),
            orNothing(entry.subject().person()),
            orNothing(entry.subject().terminal()));
      }
    };
  }

  /** An edited entry is never filtered away. */
  private static boolean accepts(LogFilter filter, LogRow row) {
    return switch (row) {
      case LogRow.Tampered tampered -> true;
      case LogRow.Intact(long index, Entry entry) -> filter.accepts(entry);
    };
  }

  private static String orNothing(@Nullable String value) {
    return value == null ? NOTHING : value;
  }
}
