package jp.sekisho.server.web;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.CanonicalJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.storage.TamperedException;
import org.jspecify.annotations.Nullable;

/**
 * A log as a table for a spreadsheet: CSV of RFC 4180, UTF-8 with a byte order mark, every cell
 * quoted, oldest entry first. A cell that a spreadsheet could take for a formula begins with an
 * apostrophe. The table is for reading, and is written only of entries that have the root which was
 * signed; what proves anything to others is the bundle.
 */
final class LogCsv {
  private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

  private LogCsv() {}

  /**
   * Writes a log, from its first entry.
   *
   * @throws TamperedException when the entries are not those that were signed, possibly after many
   *     were written
   */
  static void write(LogBundle log, Words words, OutputStream out) throws IOException {
    Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
    text.write('\uFEFF');
    CsvWriter csv =
        CsvWriter.builder()
            .quoteStrategy(QuoteStrategies.ALWAYS)
            .lineDelimiter(LineDelimiter.CRLF)
            .build(text);
    csv.writeRecord(header(words));
    long index = 0;
    for (Iterator<byte[]> entries = log.entries(); entries.hasNext(); index++) {
      csv.writeRecord(cells(new LogRow.Intact(index, entry(entries.next())), words));
    }
    csv.flush();
  }

  private static Entry entry(byte[] body) {
    try {
      return Entry.parse(body);
    } catch (MalformedException e) {
      throw new TamperedException("audit_entry", "an entry that is none of ours");
    }
  }

  private static List<String> header(Words words) {
    return Stream.of(
            "web.log.index",
            "web.csv.time",
            "web.csv.utc",
            "web.log.type",
            "web.csv.type-code",
            "web.log.outcome",
            "web.log.reason",
            "web.csv.reason-code",
            "web.csv.organ",
            "web.log.person",
            "web.csv.post",
            "web.log.terminal",
            "web.csv.session",
            "web.csv.data",
            "web.csv.device",
            "web.csv.entry")
        .map(words::text)
        .toList();
  }

  private static List<String> cells(LogRow.Intact found, Words words) {
    EntryRow row = LogReader.row(found, words);
    List<@Nullable String> cells = new ArrayList<>();
    cells.add(row.index());
    cells.add(row.time());
    Entry entry = found.entry();
    cells.add(entry.time().toString());
    cells.add(row.typeWords());
    cells.add(row.type());
    cells.add(row.outcomeWords());
    cells.add(row.reasonWords());
    cells.add(row.reason());
    cells.add(entry.subject().organ());
    cells.add(entry.subject().person());
    cells.add(entry.subject().post());
    cells.add(entry.subject().terminal());
    cells.add(entry.subject().session());
    cells.add(json(entry.data()));
    cells.add(json(entry.device()));
    cells.add(entry.entryId());
    return cells.stream().map(LogCsv::cell).toList();
  }

  private static @Nullable String json(Map<String, Object> object) {
    return object.isEmpty()
        ? null
        : new String(CanonicalJson.write(new TreeMap<>(object)), StandardCharsets.UTF_8);
  }

  /** A cell that no spreadsheet computes; ids in base64url may well begin with a minus. */
  static String cell(@Nullable String text) {
    if (text == null) {
      return "";
    }
    return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }
}
