package jp.sekisho.server.person;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.protocol.Names;
import jp.sekisho.server.person.RowFault.Code;
import org.jspecify.annotations.Nullable;

/**
 * Reads the personnel file: UTF-8 with or without BOM, or CP932 as Excel writes it; header {@value
 * #HEADER}. Days are {@code 2026-04-01} or {@code 2026/4/1}, an empty {@code until} has no end;
 * roles are separated by semicolons.
 */
final class PersonCsv {
  static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles";
  static final int MAX_BYTES = 4 << 20;
  static final int MAX_ROWS = 10_000;

  /** Faults shown at most; a wrong file would otherwise fill the screen. */
  private static final int MAX_FAULTS = 50;

  private static final Charset CP932 = Charset.forName("windows-31j");
  private static final int MAX_TEXT = 100;

  private final Set<String> organs;
  private final List<RowFault> faults = new ArrayList<>();
  private final Set<String> numbers = new HashSet<>();
  private final Map<String, String> divisions = new HashMap<>();

  private PersonCsv(Set<String> organs) {
    this.organs = organs;
  }

  /** What a file holds: rows, or why it is refused as a whole. */
  sealed interface Content {
    record Rows(List<PersonRow> rows) implements Content {
      public Rows {
        rows = List.copyOf(rows);
      }
    }

    record Faulty(List<RowFault> faults) implements Content {
      public Faulty {
        faults = List.copyOf(faults);
      }
    }
  }

  /** Reads a file for an installation with these organs. */
  static Content read(byte[] file, Set<String> organs) {
    if (file.length > MAX_BYTES) {
      return faulty(Code.FILE_TOO_LARGE, String.valueOf(MAX_BYTES));
    }
    Optional<String> text = decode(file);
    if (text.isEmpty()) {
      return faulty(Code.ENCODING, "UTF-8, CP932");
    }
    return new PersonCsv(organs).parse(text.get());
  }

  private static Content faulty(Code code, String value) {
    return new Content.Faulty(List.of(new RowFault(0, code, value)));
  }

  private static Optional<String> decode(byte[] file) {
    for (Charset charset : List.of(StandardCharsets.UTF_8, CP932)) {
      try {
        String text = charset.newDecoder().decode(ByteBuffer.wrap(file)).toString();
        return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
      } catch (CharacterCodingException e) {
        // Not this one.
      }
    }
    return Optional.empty();
  }

  private Content parse(String text) {
    List<PersonRow> rows = new ArrayList<>();
    long count = 0;
    CsvReader.CsvReaderBuilder reader =
        CsvReader.builder() // the number of columns is ours to judge, by row
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE);
    try (CsvReader<CsvRecord> csv = reader.ofCsvRecord(text)) {
      for (CsvRecord line : csv) {
        if (count++ == 0) {
          if (!String.join(",", line.getFields()).equals(HEADER)) {
            return faulty(Code.HEADER, HEADER);
          }
        } else if (count > MAX_ROWS + 1) {
          return faulty(Code.TOO_MANY_ROWS, String.valueOf(MAX_ROWS));
        } else if (faults.size() < MAX_FAULTS) {
          row(line.getStartingLineNumber(), line.getFields()).ifPresent(rows::add);
        }
      }
    } catch (CsvParseException e) {
      return faulty(Code.CSV, "\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string does not fail
    }
    if (count == 0) {
      return faulty(Code.HEADER, HEADER);
    }
    return faults.isEmpty() ? new Content.Rows(rows) : new Content.Faulty(faults);
  }

  private Optional<PersonRow> row(long line, List<String> fields) {
    int before = faults.size();
    if (fields.size() != HEADER.split(",").length) {
      fault(line, Code.COLUMNS, String.valueOf(fields.size()));
      return Optional.empty();
    }
    String number = fields.get(0).strip();
    if (!Names.isPerson(number)) {
      fault(line, Code.NUMBER, "staff_number"); // not repeated: it may be a 個人番号
    } else if (!numbers.add(number)) {
      fault(line, Code.REPEATED, number);
    }
    String name = text(line, "name", fields.get(1));
    String organ = fields.get(2).strip();
    if (!organs.contains(organ)) {
      fault(line, Code.ORGAN, String.join(" ", organs));
    }
    String division = text(line, "division", fields.get(3));
    String divisionName = text(line, "division_name", fields.get(4));
    String known = divisions.putIfAbsent(organ + "/" + division, divisionName);
    if (known != null && !known.equals(divisionName)) {
      fault(line, Code.DIVISION_NAME, division);
    }
    String post = text(line, "post", fields.get(5));
    Validity validity = validity(line, fields.get(6).strip(), fields.get(7).strip());
    Set<Role> roles = roles(line, fields.get(8));
    return faults.size() == before && validity != null
        ? Optional.of(
            new PersonRow(line, number, name, organ, division, divisionName, post, validity, roles))
        : Optional.empty();
  }

  private String text(long line, String column, String value) {
    String text = Normalizer.normalize(value.strip(), Normalizer.Form.NFC);
    boolean plain =
        text.codePoints()
            .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    if (text.isEmpty() || text.length() > MAX_TEXT || !plain) {
      fault(line, Code.TEXT, column);
    }
    return text;
  }

  private @Nullable Validity validity(long line, String from, String until) {
    LocalDate first = day(line, "from", from);
    LocalDate last = until.isEmpty() ? Validity.OPEN_END : day(line, "until", until);
    if (first == null || last == null) {
      return null;
    }
    if (last.isBefore(first)) {
      fault(line, Code.PERIOD, from + " – " + until);
      return null;
    }
    return new Validity(first, last);
  }

  private @Nullable LocalDate day(long line, String column, String value) {
    if (value.matches("[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}")) {
      String[] parts = value.split("[-/]", -1);
      try {
        return LocalDate.parse(parts[0] + "-" + twoDigits(parts[1]) + "-" + twoDigits(parts[2]));
      } catch (DateTimeParseException e) {
        // Such as 30 February: said below.
      }
    }
    fault(line, Code.DAY, column);
    return null;
  }

  private static String twoDigits(String digits) {
    return digits.length() == 1 ? "0" + digits : digits;
  }

  private Set<Role> roles(long line, String value) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String word : value.split(";", -1)) {
      if (!word.isBlank()) {
        Optional<Role> role = Role.parse(word.strip());
        if (role.isEmpty()) {
          fault(line, Code.ROLE, "CLERK APPROVER ADMIN AUDITOR");
        }
        role.ifPresent(roles::add);
      }
    }
    if (roles.contains(Role.ADMIN) && roles.contains(Role.AUDITOR)) {
      fault(line, Code.ROLE_CONFLICT, "ADMIN AUDITOR");
    }
    return roles;
  }

  private void fault(long line, Code code, String value) {
    faults.add(new RowFault(line, code, value));
  }
}
