package jp.sekisho.protocol.statement;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;

/**
 * The text by which an approver lets a recurring exception (定例許可) go on for one more month (月次確認),
 * having read what was used in the month before. Its hash is the {@code detail} of the approver's
 * {@link CardStatement}; without it no occurrence of that month opens.
 *
 * <pre>
 * sekisho/series-confirmation/v1
 * series (base64url, 16 bytes)
 * approved (base64url, SHA-256 of the approved text of the series)
 * organ mayor
 * month 2027-01
 * used 2 S-1025 2026-12-10T00:12:31Z, 3 S-1024 2026-12-17T00:03:00Z; or -
 * unused 1, 4; or -
 * </pre>
 *
 * @param series id of the series
 * @param approved the {@code detail} of the series' approval
 * @param organ id of the 機関 whose approver decides
 * @param month in which the occurrences begin that may be used
 * @param used those of the month before that were used, oldest first
 * @param unused the others of the month before
 */
public record SeriesConfirmation(
    String series,
    String approved,
    String organ,
    YearMonth month,
    List<Used> used,
    List<Integer> unused) {
  private static final String KIND = "series-confirmation";
  private static final byte[] BEGIN = ("sekisho/" + KIND + "/").getBytes(StandardCharsets.UTF_8);
  private static final String NOTHING = "-";
  private static final String AND = ", ";

  /** Most occurrences of a month: weekly, or one a month. */
  private static final int MOST = 5;

  /**
   * An occurrence that was used.
   *
   * @param number which one; 1 for the series' first
   * @param person staff number of who used it
   * @param at when its use began, whole second, UTC
   */
  public record Used(int number, String person, Instant at) {
    /** Checks every field by the rules of its line. */
    public Used {
      Fields.require(number >= 1 && number <= GrantSeries.MAX_COUNT, "no such occurrence");
      Fields.require(Names.isPerson(person), "used is not by a staff number");
      Fields.wholeSecond("used", at);
    }

    private String text() {
      return number + " " + person + " " + at;
    }
  }

  /** Checks every field by the rules of its line. */
  public SeriesConfirmation {
    used = List.copyOf(used);
    unused = List.copyOf(unused);
    Fields.base64Url("series", series, 16);
    Fields.base64Url("approved", approved, 32);
    Fields.require(Names.isOrgan(organ), "organ is not an organ id");
    Fields.require(
        month.getYear() >= 2000 && month.getYear() <= 9999, "month is not of 2000 to 9999");
    Fields.require(used.size() + unused.size() <= MOST, "more occurrences than a month has");
  }

  /**
   * What there is to confirm before {@code month}.
   *
   * @param used the occurrences of the month before that were used
   * @throws IllegalArgumentException when one of them is none of that month, or not in its turn
   */
  public static SeriesConfirmation of(GrantSeries series, YearMonth month, List<Used> used) {
    List<Integer> before = new ArrayList<>(series.numbers(month.minusMonths(1)));
    for (Used one : used) {
      boolean listed = before.removeIf(number -> number == one.number());
      Fields.require(listed, "an occurrence that is none of the month before");
      ExportGrant its = series.occurrence(one.number());
      Fields.require(
          its.person().equals(one.person())
              && !one.at().isBefore(its.start())
              && one.at().isBefore(its.end()),
          "a use that its occurrence does not allow");
    }
    return new SeriesConfirmation(
        series.request(), series.detail(), series.first().organ(), month, used, before);
  }

  /**
   * Whether it lets the occurrences of {@code wanted} be used, and says of every occurrence of the
   * month before whether it was.
   */
  public boolean confirms(GrantSeries allowed, YearMonth wanted) {
    try {
      return month.equals(wanted) && equals(of(allowed, wanted, used));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What an approval's card statement must have as its detail. */
  public String detail() {
    return Sha256.text(bytes());
  }

  /** The bytes whose hash is approved. */
  public byte[] bytes() {
    return StatementLines.write(KIND)
        .line("series", series)
        .line("approved", approved)
        .line("organ", organ)
        .line("month", month.toString())
        .line("used", joined(used.stream().map(Used::text).toList()))
        .line("unused", joined(unused.stream().map(String::valueOf).toList()))
        .bytes();
  }

  private static String joined(List<String> items) {
    return items.isEmpty() ? NOTHING : String.join(AND, items);
  }

  /** Whether the first line could name a confirmation. */
  public static boolean isOne(byte[] bytes) {
    return bytes.length >= BEGIN.length
        && Arrays.equals(bytes, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
  }

  /** The confirmation whose bytes are exactly {@code bytes}. */
  public static SeriesConfirmation parse(byte[] bytes) throws MalformedException {
    StatementLines lines = StatementLines.read(bytes, KIND);
    String series = lines.value("series");
    String approved = lines.value("approved");
    String organ = lines.value("organ");
    String month = lines.value("month");
    List<String> used = items(lines.value("used"));
    List<String> unused = items(lines.value("unused"));
    lines.end();
    return Fields.sameBytes(
        bytes,
        () ->
            new SeriesConfirmation(
                series,
                approved,
                organ,
                month(month),
                used.stream().map(SeriesConfirmation::used).toList(),
                unused.stream().map(SeriesConfirmation::number).toList()),
        SeriesConfirmation::bytes);
  }

  private static List<String> items(String value) {
    return value.equals(NOTHING) ? List.of() : List.of(value.split(AND, MOST + 1));
  }

  private static YearMonth month(String text) {
    try {
      return YearMonth.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("month is not a month", e);
    }
  }

  private static Used used(String text) {
    String[] parts = text.split(" ", 4);
    Fields.require(parts.length == 3, "used is not a number, a person and a time");
    try {
      return new Used(number(parts[0]), parts[1], Instant.parse(parts[2]));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("used is not at a time", e);
    }
  }

  /** At most two digits: the same bytes come of no other spelling. */
  private static int number(String text) {
    Fields.require(text.matches("[1-9][0-9]?"), "not the number of an occurrence");
    return Integer.parseInt(text);
  }
}
