package jp.sekisho.audit.names;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whom the staff numbers of a log mean, and which posts they held on which days. Immutable. */
public final class NameTable {
  /** Most bytes of a table: some hundred thousand posts. */
  public static final int MAX_BYTES = 64 * 1024 * 1024;

  private static final int CELLS = 7;
  private static final String NONE = "";

  private final Map<String, List<NameRow>> rows;

  private NameTable(Map<String, List<NameRow>> rows) {
    this.rows = rows;
  }

  /** A table of these posts. */
  public static NameTable of(List<NameRow> rows) {
    Map<String, List<NameRow>> byPerson = new HashMap<>();
    rows.forEach(row -> byPerson.computeIfAbsent(row.person(), key -> new ArrayList<>()).add(row));
    return new NameTable(byPerson);
  }

  /** How many people it names. */
  public int people() {
    return rows.size();
  }

  /**
   * A person's name on a day; where they held no post then, the one before, else the first after
   * it. Empty for somebody it does not know.
   */
  public String name(String person, LocalDate day) {
    List<NameRow> known = rows.getOrDefault(person, List.of());
    return known.stream()
        .filter(row -> !row.from().isAfter(day))
        .max(Comparator.comparing(NameRow::from))
        .or(() -> known.stream().min(Comparator.comparing(NameRow::from)))
        .map(NameRow::name)
        .orElse(NONE);
  }

  /**
   * The post in which a person acted on a day, in words; of somebody whose entry names none every
   * post of that day.
   *
   * @param division as the entry's {@code post} has it; null where it has none
   */
  public String post(String person, @Nullable String division, LocalDate day) {
    return rows.getOrDefault(person, List.of()).stream()
        .filter(row -> division == null || division.equals(row.division()))
        .filter(row -> !day.isBefore(row.from()) && !day.isAfter(row.until()))
        .map(row -> row.divisionName() + " " + row.title())
        .distinct()
        .collect(Collectors.joining("、"));
  }

  byte[] toBytes() {
    StringBuilder text = new StringBuilder();
    rows.values().stream()
        .flatMap(List::stream)
        .forEach(row -> {
          cell(text, row.person()).append('\t');
          cell(text, row.name()).append('\t');
          cell(text, row.division()).append('\t');
          cell(text, row.divisionName()).append('\t');
          cell(text, row.title()).append('\t');
          text.append(row.from()).append('\t').append(row.until()).append('\n');
        });
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static StringBuilder cell(StringBuilder text, String value) {
    value.codePoints().map(c -> Character.isISOControl(c) ? ' ' : c).forEach(text::appendCodePoint);
    return text;
  }

  /** Reads what {@link #toBytes} wrote; empty when it is anything else. */
  static Optional<NameTable> parse(byte[] bytes) {
    List<NameRow> rows = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      String[] cells = line.split("\t", -1);
      if (line.isEmpty()) {
        continue; // behind the last one
      }
      if (cells.length != CELLS) {
        return Optional.empty();
      }
      try {
        rows.add(
            new NameRow(
                cells[0],
                cells[1],
                cells[2],
                cells[3],
                cells[4],
                LocalDate.parse(cells[5]),
                LocalDate.parse(cells[6])));
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
    return Optional.of(of(rows));
  }

  @Override
  public String toString() {
    return "NameTable[" + people() + " people]";
  }
}
