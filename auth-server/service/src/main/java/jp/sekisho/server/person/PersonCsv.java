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
import jp.sekisho.policy.number.NumberDetector;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.Names;
import jp.sekisho.server.person.RowFault.Code;
import org.jspecify.annotations.Nullable;

/**
 * Reads the personnel file: UTF-8 with or without BOM, or CP932 as Excel writes it. The header is
 * {@value #HEADER}, where each row is an ASSIGN, or {@value #ORDERS}, or the latter in Japanese
 * ({@value #ORDERS_JA}). Days are {@code 2026-04-01} or {@code 2026/4/1}, an empty {@code until}
 * has no end; roles are separated by semicolons. Every fault of a row is told with line and column,
 * up to {@value #MAX_FAULTS}.
 */
final class PersonCsv {
  static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles";
  static final String ORDERS =
      "order,staff_number,name,organ,division,division_name,post,appointment,from,until,"
          + "contract_until,subcontract,roles,lender";
  static final String ORDERS_JA = "発令区分,職員番号,氏名,機関,課コード,課名,職,任用区分,開始日,終了日,契約終了日,再委託,役割,派遣元";
  static final int MAX_BYTES = 4 << 20;

  /** A file is one unit, and on SQLite others write nothing meanwhile. */
  static final int MAX_ROWS = 1_000;

  static final int MAX_FAULTS = 1_000;

  private static final Charset CP932 = Charset.forName("windows-31j");
  private static final int MAX_TEXT = 100;
  private static final Set<String> YES = Set.of("yes", "true", "1", "有", "はい", "再委託");
  private static final Set<String> NO = Set.of("", "no", "false", "0", "無", "いいえ");

  private final Set<String> organs;
  private final List<RowFault> faults = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();
  private final Map<String, String> divisions = new HashMap<>();

  /** Names of the columns of this file; those of the other format are absent. */
  private List<String> columns = List.of();

  // The row that is being read.
  private long line;
  private List<String> fields = List.of();

  private PersonCsv(Set<String> organs) {
    this.organs = organs;
  }

  /** What a file holds: rows, or why it is refused as a whole. */
  sealed interface Content {
    record Rows(List<OrderRow> rows) implements Content {
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
    return new Content.Faulty(List.of(RowFault.ofFile(code, value)));
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

  private static List<String> columns(String header) {
    return header.equals(HEADER)
        ? List.of(HEADER.split(",", -1))
        : header.equals(ORDERS) || header.equals(ORDERS_JA)
            ? List.of(ORDERS.split(",", -1))
            : List.of();
  }

  private Content parse(String text) {
    List<OrderRow> rows = new ArrayList<>();
    long count = 0;
    CsvReader.CsvReaderBuilder reader =
        CsvReader.builder() // the number of columns is ours to judge, by row
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE);
    try (CsvReader<CsvRecord> csv = reader.ofCsvRecord(text)) {
      for (CsvRecord next : csv) {
        if (count++ == 0) {
          columns = columns(String.join(",", next.getFields()));
          if (columns.isEmpty()) {
            return faulty(Code.HEADER, HEADER + " / " + ORDERS + " / " + ORDERS_JA);
          }
        } else if (count > MAX_ROWS + 1) {
          return faulty(Code.TOO_MANY_ROWS, String.valueOf(MAX_ROWS));
        } else {
          line = next.getStartingLineNumber();
          fields = next.getFields();
          row().ifPresent(rows::add);
        }
        if (faults.size() > MAX_FAULTS) {
          faults.add(0, RowFault.ofFile(Code.MORE_FAULTS, String.valueOf(MAX_FAULTS)));
          return new Content.Faulty(faults);
        }
      }
    } catch (CsvParseException e) {
      return faulty(Code.CSV, "\"");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a string does not fail
    }
    if (count == 0) {
      return faulty(Code.HEADER, HEADER + " / " + ORDERS + " / " + ORDERS_JA);
    }
    return faults.isEmpty() ? new Content.Rows(rows) : new Content.Faulty(faults);
  }

  private Optional<OrderRow> row() {
    int before = faults.size();
    if (fields.size() != columns.size()) {
      faults.add(
          RowFault.ofLine(
              line, Code.COLUMNS, String.valueOf(fields.size()), String.valueOf(columns.size())));
      return Optional.empty();
    }
    String word = cell("order");
    OrderKind kind =
        columns.contains("order") ? OrderKind.parse(word).orElse(null) : OrderKind.ASSIGN;
    if (kind == null) {
      fault("order", Code.ORDER, "ASSIGN CONCURRENT RENEW END");
      return Optional.empty(); // what else is needed depends on it
    }
    boolean begins = kind == OrderKind.ASSIGN || kind == OrderKind.CONCURRENT;
    String number = cell("staff_number");
    if (!Names.isPerson(number)) {
      fault("staff_number", Code.NUMBER, "staff_number"); // not repeated: it may be a 個人番号
    }
    String name = text("name", kind == OrderKind.ASSIGN);
    String organ = cell("organ");
    String division = text("division", kind != OrderKind.END || !organ.isEmpty());
    if (!division.isEmpty() && !Names.isDivision(division)) {
      fault("division", Code.TEXT, "division");
    }
    if (!organs.contains(organ)
        && !(kind == OrderKind.END && organ.isEmpty() && division.isEmpty())) {
      fault("organ", Code.ORGAN, String.join(" ", organs));
    }
    String divisionName = text("division_name", begins);
    String known =
        divisionName.isEmpty() ? null : divisions.putIfAbsent(organ + "/" + division, divisionName);
    if (known != null && !known.equals(divisionName)) {
      fault("division_name", Code.DIVISION_NAME, division);
    }
    String post = text("post", begins);
    Appointment appointment = appointment();
    LocalDate from = day("from", begins);
    LocalDate until = day("until", !begins);
    if (from != null && until != null && until.isBefore(from)) {
      fault("until", Code.PERIOD, from + " – " + until);
    }
    Contract contract = contract(begins, appointment, until);
    if (until == null && contract != null) {
      until = contract.until();
    }
    String lender = text("lender", false);
    Set<Role> roles = roles(lender);
    if (begins && from != null && faults.size() == before) {
      term(appointment, from, until, lender);
    }
    if (faults.size() != before || (begins && from == null)) {
      return Optional.empty();
    }
    OrderRow row =
        new OrderRow(
            line,
            kind,
            number,
            name,
            organ,
            division,
            divisionName,
            post,
            appointment,
            from,
            until,
            contract,
            roles,
            lender);
    // A file without kinds says once of each person what counts.
    if (!seen.add(columns.contains("order") ? row.key() : number)) {
      fault("staff_number", Code.REPEATED, number);
      return Optional.empty();
    }
    return Optional.of(row);
  }

  /** A term that must have an end, and no later one than the law or the lender gives. */
  private void term(
      Appointment appointment, LocalDate from, @Nullable LocalDate until, String lender) {
    if (appointment == Appointment.FISCAL_YEAR
        && (until == null || until.isAfter(FiscalYear.end(from)))) {
      fault("until", Code.FISCAL_YEAR, FiscalYear.end(from).toString());
    }
    if ((appointment == Appointment.SUPPORT || !lender.isEmpty()) && until == null) {
      fault("until", Code.LENT, "until");
    }
  }

  private String cell(String column) {
    int index = columns.indexOf(column);
    return index < 0 ? "" : fields.get(index).strip();
  }

  private String text(String column, boolean required) {
    String text = Normalizer.normalize(cell(column), Normalizer.Form.NFC);
    boolean plain =
        text.codePoints()
            .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT);
    if ((text.isEmpty() && required) || text.length() > MAX_TEXT || !plain) {
      fault(column, Code.TEXT, column);
    } else if (!NumberDetector.scan(text).individual().isEmpty()) {
      fault(column, Code.INDIVIDUAL_NUMBER, column); // not repeated
    }
    return text;
  }

  private Appointment appointment() {
    String word = cell("appointment");
    Optional<Appointment> found =
        word.isEmpty() ? Optional.of(Appointment.STAFF) : Appointment.parse(word);
    if (found.isEmpty()) {
      fault("appointment", Code.APPOINTMENT, List.of(Appointment.values()).toString());
    }
    return found.orElse(Appointment.STAFF);
  }

  private @Nullable Contract contract(
      boolean begins, Appointment appointment, @Nullable LocalDate until) {
    LocalDate end = day("contract_until", false);
    String word = cell("subcontract");
    boolean subcontract = YES.contains(word);
    if (!subcontract && !NO.contains(word)) {
      fault("subcontract", Code.YES_NO, "subcontract");
    }
    boolean contractor = appointment == Appointment.CONTRACTOR;
    boolean given = !cell("contract_until").isEmpty();
    if (begins && contractor != given) {
      fault("contract_until", Code.CONTRACT, "contract_until");
    } else if (subcontract && !given) {
      fault("subcontract", Code.CONTRACT, "subcontract");
    } else if (end != null && until != null && until.isAfter(end)) {
      fault("until", Code.CONTRACT, end.toString());
    }
    return end == null ? null : new Contract(end, subcontract);
  }

  private @Nullable LocalDate day(String column, boolean required) {
    String value = cell(column);
    if (value.isEmpty() && !required) {
      return null;
    }
    if (value.matches("[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}")) {
      String[] parts = value.split("[-/]", -1);
      try {
        return LocalDate.parse(parts[0] + "-" + twoDigits(parts[1]) + "-" + twoDigits(parts[2]));
      } catch (DateTimeParseException e) {
        // Such as 30 February: said below.
      }
    }
    fault(column, Code.DAY, column);
    return null;
  }

  private static String twoDigits(String digits) {
    return digits.length() == 1 ? "0" + digits : digits;
  }

  private Set<Role> roles(String lender) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String word : cell("roles").split(";", -1)) {
      if (!word.isBlank()) {
        Optional<Role> role = Role.parse(word.strip());
        if (role.isEmpty()) {
          fault("roles", Code.ROLE, Role.all());
        } else if (!lender.isEmpty() && !role.get().isLendable()) {
          fault("roles", Code.LENT, role.get().name());
        }
        role.ifPresent(roles::add);
      }
    }
    if (roles.contains(Role.ADMIN) && roles.contains(Role.AUDITOR)) {
      fault("roles", Code.ROLE_CONFLICT, "ADMIN AUDITOR");
    }
    return roles;
  }

  private void fault(String column, Code code, String value) {
    faults.add(new RowFault(line, columns.indexOf(column) + 1, code, List.of(value)));
  }
}
