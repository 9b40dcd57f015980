package jp.sekisho.smartcard.issue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The list of cards to issue: CSV (RFC 4180), UTF-8 with or without byte order mark, lines ended by
 * LF or CRLF. The first line names the columns: {@code number} and any of {@code upn}, {@code
 * principal}, {@code sid}, in any order; a staff number stands once. At most 1 MiB and 10,000 rows.
 *
 * <p>Either every row is good or there are only errors, each with its line: no card is begun from a
 * list that is half wrong.
 *
 * @param rows in the order of the list; empty when there are errors
 */
public record CardList(List<Holder> rows, List<Fault> faults) {
  private static final int LONGEST = 1 << 20;
  private static final int MOST_ROWS = 10_000;
  private static final List<String> COLUMNS = List.of("number", "upn", "principal", "sid");

  public CardList {
    rows = List.copyOf(rows);
    faults = List.copyOf(faults);
  }

  /**
   * What is wrong with a row.
   *
   * @param line 1 is the line of the column names; 0 = the list as a whole
   * @param code {@code LIST_TOO_LONG LIST_NOT_UTF8 LIST_COLUMNS LIST_EMPTY ROW_QUOTES ROW_FIELDS
   *     ROW_VALUE ROW_REPEATED}
   */
  public record Fault(int line, String code, String detail) {}

  /** One line's fields. */
  private record Row(int line, List<String> fields) {}

  /** What the lines say, all for the same time. */
  public static CardList parse(byte[] csv, Instant notBefore, Instant notAfter) {
    if (csv.length > LONGEST) {
      return faulty(0, "LIST_TOO_LONG", "more than 1 MiB");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(csv)).toString();
    } catch (CharacterCodingException e) {
      return faulty(0, "LIST_NOT_UTF8", "save it as CSV UTF-8");
    }
    List<Fault> faults = new ArrayList<>();
    List<Row> rows = rows(text.startsWith("\uFEFF") ? text.substring(1) : text, faults);
    if (!faults.isEmpty()) {
      return new CardList(List.of(), faults);
    }
    if (rows.size() > MOST_ROWS + 1) {
      return faulty(0, "LIST_TOO_LONG", "more than " + MOST_ROWS + " rows");
    }
    if (rows.size() < 2) {
      return faulty(0, "LIST_EMPTY", "no row");
    }
    List<String> columns =
        rows.get(0).fields().stream().map(name -> name.strip().toLowerCase(Locale.ROOT)).toList();
    boolean known = COLUMNS.containsAll(columns) && columns.contains("number");
    if (!known || columns.stream().distinct().count() != columns.size()) {
      return faulty(1, "LIST_COLUMNS", "columns are number, upn, principal, sid");
    }
    return holders(rows.subList(1, rows.size()), columns, notBefore, notAfter);
  }

  private static CardList holders(
      List<Row> rows, List<String> columns, Instant notBefore, Instant notAfter) {
    List<Holder> holders = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Row row : rows) {
      if (row.fields().size() != columns.size()) {
        faults.add(
            new Fault(
                row.line(),
                "ROW_FIELDS",
                row.fields().size() + " fields instead of " + columns.size()));
        continue;
      }
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        values.put(columns.get(i), row.fields().get(i).strip());
      }
      try {
        Holder holder =
            new Holder(
                values.getOrDefault("number", ""),
                value(values, "upn"),
                value(values, "principal"),
                value(values, "sid"),
                notBefore,
                notAfter);
        Integer before = seen.putIfAbsent(holder.number(), row.line());
        if (before == null) {
          holders.add(holder);
        } else {
          faults.add(new Fault(row.line(), "ROW_REPEATED", "the number stands in line " + before));
        }
      } catch (IllegalArgumentException e) {
        faults.add(new Fault(row.line(), "ROW_VALUE", String.valueOf(e.getMessage())));
      }
    }
    return new CardList(faults.isEmpty() ? holders : List.of(), faults);
  }

  private static Optional<String> value(Map<String, String> values, String column) {
    return Optional.ofNullable(values.get(column)).filter(value -> !value.isEmpty());
  }

  /** Splits at commas and line ends outside quotes; a quoted field may not span lines. */
  private static List<Row> rows(String text, List<Fault> faults) {
    List<Row> rows = new ArrayList<>();
    int line = 0;
    for (String whole : text.split("\n", -1)) {
      line++;
      String content = whole.endsWith("\r") ? whole.substring(0, whole.length() - 1) : whole;
      if (content.isBlank()) {
        continue;
      }
      Optional<List<String>> fields = fields(content);
      if (fields.isPresent()) {
        rows.add(new Row(line, fields.get()));
      } else {
        faults.add(new Fault(line, "ROW_QUOTES", "quotation marks do not match"));
      }
    }
    return rows;
  }

  private static Optional<List<String>> fields(String line) {
    List<String> fields = new ArrayList<>();
    int at = 0;
    while (true) {
      StringBuilder field = new StringBuilder();
      if (at < line.length() && line.charAt(at) == '"') {
        at++;
        while (true) {
          int end = line.indexOf('"', at);
          if (end < 0) {
            return Optional.empty();
          }
          field.append(line, at, end);
          at = end + 1;
          if (at >= line.length() || line.charAt(at) != '"') {
            break;
          }
          field.append('"');
          at++;
        }
        if (at < line.length() && line.charAt(at) != ',') {
          return Optional.empty();
        }
      } else {
        int end = line.indexOf(',', at);
        end = end < 0 ? line.length() : end;
        field.append(line, at, end);
        at = end;
      }
      fields.add(field.toString());
      if (at >= line.length()) {
        return Optional.of(fields);
      }
      at++;
    }
  }

  private static CardList faulty(int line, String code, String detail) {
    return new CardList(List.of(), List.of(new Fault(line, code, detail)));
  }
}
