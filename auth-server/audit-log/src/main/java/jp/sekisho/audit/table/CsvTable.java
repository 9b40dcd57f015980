package jp.sekisho.audit.table;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.audit.copy.EntrySink;
import jp.sekisho.audit.entry.TopLevel;

/**
 * Entries as a table for a spreadsheet (RFC 4180, UTF-8 with BOM, every cell quoted): the index,
 * one column per chosen member, and a last one with the whole text of what is not a JSON object. A
 * text that a spreadsheet would take for a formula gets an apostrophe in front; control characters
 * become blanks. The service and {@code sekisho-audit export} write the same columns by this class.
 * Not thread-safe.
 */
public final class CsvTable implements EntrySink {
  /** The members every entry of a Sekisho log may have. */
  public static final List<String> COLUMNS =
      List.of(
          "time",
          "type",
          "outcome",
          "organ",
          "person",
          "post",
          "terminal",
          "session",
          "reason",
          "data",
          "device",
          "entry");

  /** Further columns behind the common ones, such as words in a reader's language. */
  public interface Further {
    /** None. */
    Further NONE =
        new Further() {
          @Override
          public List<String> names() {
            return List.of();
          }

          @Override
          public List<String> cells(long index, byte[] entry) {
            return List.of();
          }
        };

    /** The names of the columns. */
    List<String> names();

    /** The cells of one entry, as many as there are names. */
    List<String> cells(long index, byte[] entry);
  }

  private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

  private final OutputStream out;
  private final List<String> columns;
  private final Further further;
  private final StringBuilder line = new StringBuilder();

  /** Writes the first line at once. */
  public CsvTable(OutputStream out, List<String> columns, Further further) throws IOException {
    this.out = out;
    this.further = further;
    this.columns = List.copyOf(columns);
    line.append('\ufeff');
    cell("index", false);
    for (String column : columns) {
      line.append(',');
      cell(column, false);
    }
    line.append(',');
    cell("other", false);
    more(further.names());
    end();
  }

  @Override
  public void take(long index, byte[] entry) throws IOException {
    String text = new String(entry, StandardCharsets.UTF_8);
    Optional<Map<String, TopLevel.Value>> members = TopLevel.read(text);
    line.append('"').append(index).append('"');
    for (String column : columns) {
      line.append(',');
      TopLevel.Value value = members.isPresent() ? members.get().get(column) : null;
      if (value != null) {
        cell(value.text(), value.number());
      }
    }
    line.append(',');
    if (members.isEmpty()) {
      cell(text, false);
    }
    more(further.cells(index, entry));
    end();
  }

  private void more(List<String> cells) {
    for (String cell : cells) {
      line.append(',');
      cell(cell, false);
    }
  }

  private void cell(String text, boolean number) {
    line.append('"');
    if (!number && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0) {
      line.append('\'');
    }
    int done = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == 0x7f || c == '"') {
        line.append(text, done, i).append(c == '"' ? "\"\"" : " ");
        done = i + 1;
      }
    }
    line.append(text, done, text.length()).append('"');
  }

  private void end() throws IOException {
    line.append("\r\n");
    out.write(line.toString().getBytes(StandardCharsets.UTF_8));
    line.setLength(0);
  }
}
