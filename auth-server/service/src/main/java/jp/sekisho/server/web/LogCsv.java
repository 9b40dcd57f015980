package jp.sekisho.server.web;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jp.sekisho.audit.copy.EntrySink;
import jp.sekisho.audit.table.CsvTable;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;

/**
 * A log, or the entries of it that were asked for, as a table or as lines: oldest entry first,
 * written only of entries that have the root which was signed. The columns and their rules are
 * those of {@code sekisho-audit export} ({@link CsvTable}), with the words of the page behind them.
 * What proves anything to others is the bundle.
 */
final class LogCsv {
  private static final int BUFFER = 64 * 1024;

  private LogCsv() {}

  /**
   * Writes a table of the whole log.
   *
   * @throws TamperedException when the entries are not those that were signed, possibly after many
   *     were written
   */
  static void write(LogBundle log, Words words, OutputStream out) throws IOException {
    write(log, _ -> true, words, out);
  }

  /** Writes a table of the entries {@code wanted}; throws as the other. */
  static void write(LogBundle log, Predicate<LogRow.Intact> wanted, Words words, OutputStream out)
      throws IOException {
    OutputStream buffered = new BufferedOutputStream(out, BUFFER);
    walk(log, wanted, new CsvTable(buffered, CsvTable.COLUMNS, new InWords(words)));
    buffered.flush();
  }

  /** Writes the entries {@code wanted} as JSON Lines; throws as {@link #write}. */
  static void writeLines(LogBundle log, Predicate<LogRow.Intact> wanted, OutputStream out)
      throws IOException {
    OutputStream buffered = new BufferedOutputStream(out, BUFFER);
    walk(
        log,
        wanted,
        (index, body) -> {
          buffered.write(body); // canonical JSON has no line break
          buffered.write('\n');
        });
    buffered.flush();
  }

  private static void walk(LogBundle log, Predicate<LogRow.Intact> wanted, EntrySink sink)
      throws IOException {
    long index = log.first();
    for (Iterator<byte[]> entries = log.entries(); entries.hasNext(); index++) {
      byte[] body = entries.next();
      if (wanted.test(new LogRow.Intact(index, entry(body)))) {
        sink.take(index, body);
      }
    }
  }

  private static Entry entry(byte[] body) {
    try {
      return Entry.parse(body);
    } catch (MalformedException e) {
      throw new TamperedException("audit_entry", "an entry that is none of ours");
    }
  }

  /** What people read: time in Japan, and codes in words. */
  private record InWords(Words words) implements CsvTable.Further {
    @Override
    public List<String> names() {
      return Stream.of("web.csv.time", "web.log.type", "web.log.outcome", "web.log.reason")
          .map(words::text)
          .toList();
    }

    @Override
    public List<String> cells(long index, byte[] body) {
      EntryRow row = LogReader.row(new LogRow.Intact(index, entry(body)), words);
      return List.of(row.time(), row.typeWords(), row.outcomeWords(), orEmpty(row.reasonWords()));
    }

    private static String orEmpty(@Nullable String text) {
      return text == null ? "" : text;
    }
  }
}
