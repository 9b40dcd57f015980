package jp.sekisho.protocol.statement;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The text of one exceptional measure (例外措置): terminals, or a rule, that are not as the standard
 * wants them, and until when. The CISO reads it in full and signs its hash by card, as the {@code
 * detail} of a {@link CardStatement}. Without a last day within the fiscal year (年度) in which it
 * begins it cannot be written down. It opens nothing at any terminal; what opens a medium is an
 * {@link ExportGrant}, which English pages call an exception.
 *
 * <pre>
 * sekisho/exceptional-measure/v1
 * measure (base64url, 16 bytes)
 * number E-0007
 * organ mayor
 * asked-by S-1024
 * terminals T-0042 T-0043, or -
 * division (code of a 課, 1 to 64 characters), or -
 * rule usb.storage, or -
 * reason (free text, 1 to 400 characters)
 * substitute (代替措置, 1 to 400 characters)
 * document (文書番号, 1 to 100 characters), or -
 * from 2026-11-22
 * review 2027-01-31
 * until 2027-03-31
 * renews E-0003, or -
 * </pre>
 *
 * @param measure base64url of 16 bytes; names the measure
 * @param number what people and rule ids call it
 * @param organ id of the 機関 whose CISO decides
 * @param askedBy staff number of who asks
 * @param terminals the terminals it is about, in ascending order, at most {@value #MOST_TERMINALS};
 *     empty when it names none
 * @param division code of the division whose terminals it is about; null when it names none. Never
 *     beside terminals
 * @param rule id of the rule it deviates from; null when it names none. Where neither terminals nor
 *     division are named it is about the whole 機関
 * @param reason why it is needed
 * @param substitute what is done instead
 * @param document 文書番号 of the paper beside it; null when there is none
 * @param from first day, in Japan
 * @param review day by which it must have been looked at again; not after {@code until}
 * @param until last day: it is over at 24:00; never after the 31 March that ends the fiscal year of
 *     {@code from}
 * @param renews number of the measure it carries on; null for none
 */
public record ExceptionalMeasure(
    String measure,
    String number,
    String organ,
    String askedBy,
    List<String> terminals,
    @Nullable String division,
    @Nullable String rule,
    String reason,
    String substitute,
    @Nullable String document,
    LocalDate from,
    LocalDate review,
    LocalDate until,
    @Nullable String renews) {
  /** Most terminals in one measure. */
  public static final int MOST_TERMINALS = 50;

  /** Longest reason, substitute and note, in characters. */
  public static final int MAX_TEXT = 400;

  private static final String KIND = "exceptional-measure";
  private static final byte[] FIRST_LINE =
      ("sekisho/" + KIND + "/v1\n").getBytes(StandardCharsets.UTF_8);
  private static final int MAX_DIVISION = 64;
  private static final LocalDate FIRST = LocalDate.of(2000, 1, 1);
  private static final LocalDate LAST = LocalDate.of(9999, 12, 31);

  /** Checks every field by the rules of its line. */
  public ExceptionalMeasure {
    terminals = List.copyOf(terminals);
    Fields.base64Url("measure", measure, 16);
    Fields.require(Names.isMeasure(number), "number is not the number of a measure");
    Fields.require(Names.isOrgan(organ), "organ is not an organ id");
    Fields.require(Names.isPerson(askedBy), "asked-by is not a staff number");
    Fields.require(
        terminals.size() <= MOST_TERMINALS && terminals.stream().allMatch(Names::isTerminal),
        "terminals are not at most " + MOST_TERMINALS + " terminal ids");
    Fields.require(isAscending(terminals), "terminals are not in ascending order");
    optional("division", division, MAX_DIVISION);
    Fields.require(rule == null || Names.isRule(rule), "rule is not the id of a rule");
    Fields.require(
        terminals.isEmpty() || division == null, "terminals and a division are both named");
    Fields.require(
        !terminals.isEmpty() || division != null || rule != null,
        "neither terminals nor a division nor a rule is named");
    Fields.freeText("reason", reason, MAX_TEXT);
    Fields.freeText("substitute", substitute, MAX_TEXT);
    optional("document", document, ExportGrant.MAX_DOCUMENT);
    Fields.require(!from.isBefore(FIRST) && !until.isAfter(LAST), "not in the years 2000 to 9999");
    Fields.require(!review.isBefore(from) && !review.isAfter(until), "review is not within");
    Fields.require(!until.isAfter(FiscalYear.end(from)), "until is after the fiscal year");
    Fields.require(
        renews == null || (Names.isMeasure(renews) && !renews.equals(number)),
        "renews is not the number of another measure");
  }

  private static boolean isAscending(List<String> terminals) {
    return IntStream.range(1, terminals.size())
        .allMatch(i -> terminals.get(i - 1).compareTo(terminals.get(i)) < 0);
  }

  private static void optional(String name, @Nullable String text, int most) {
    if (text != null) {
      Fields.freeText(name, text, most);
    }
  }

  /** Whether a note beside a measure may say this: what the line {@code reason} may. */
  public static boolean isNote(String text) {
    try {
      Fields.freeText("note", text, MAX_TEXT);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether bytes begin as such a text does. */
  public static boolean isText(byte[] bytes) {
    return bytes.length >= FIRST_LINE.length
        && Arrays.equals(bytes, 0, FIRST_LINE.length, FIRST_LINE, 0, FIRST_LINE.length);
  }

  /** Whether it counts on a day, once permitted. */
  public boolean includes(LocalDate day) {
    return !day.isBefore(from) && !day.isAfter(until);
  }

  /**
   * Whether it is about a terminal itself, not only about a rule.
   *
   * @param at code of the division where the terminal stands; null when nobody said
   */
  public boolean covers(String terminal, @Nullable String at) {
    return terminals.contains(terminal) || (division != null && division.equals(at));
  }

  /** What the CISO's card statement must have as its detail. */
  public String detail() {
    return Sha256.text(bytes());
  }

  /** The bytes whose hash is signed. */
  public byte[] bytes() {
    return StatementLines.write(KIND)
        .line("measure", measure)
        .line("number", number)
        .line("organ", organ)
        .line("asked-by", askedBy)
        .line("terminals", Fields.orNone(terminals.isEmpty() ? null : String.join(" ", terminals)))
        .line("division", Fields.orNone(division))
        .line("rule", Fields.orNone(rule))
        .line("reason", reason)
        .line("substitute", substitute)
        .line("document", Fields.orNone(document))
        .line("from", from.toString())
        .line("review", review.toString())
        .line("until", until.toString())
        .line("renews", Fields.orNone(renews))
        .bytes();
  }

  /** The measure whose bytes are exactly {@code bytes}. */
  public static ExceptionalMeasure parse(byte[] bytes) throws MalformedException {
    StatementLines lines = StatementLines.read(bytes, KIND);
    String measure = lines.value("measure");
    String number = lines.value("number");
    String organ = lines.value("organ");
    String askedBy = lines.value("asked-by");
    String terminals = Fields.orNull(lines.value("terminals"));
    String division = Fields.orNull(lines.value("division"));
    String rule = Fields.orNull(lines.value("rule"));
    String reason = lines.value("reason");
    String substitute = lines.value("substitute");
    String document = Fields.orNull(lines.value("document"));
    LocalDate from = day(lines, "from");
    LocalDate review = day(lines, "review");
    LocalDate until = day(lines, "until");
    String renews = Fields.orNull(lines.value("renews"));
    lines.end();
    return Fields.sameBytes(
        bytes,
        () ->
            new ExceptionalMeasure(
                measure,
                number,
                organ,
                askedBy,
                terminals == null ? List.of() : List.of(terminals.split(" ", -1)),
                division,
                rule,
                reason,
                substitute,
                document,
                from,
                review,
                until,
                renews),
        ExceptionalMeasure::bytes);
  }

  private static LocalDate day(StatementLines lines, String name) throws MalformedException {
    try {
      return LocalDate.parse(lines.value(name));
    } catch (DateTimeException e) {
      throw new MalformedException(name + " is not a day");
    }
  }
}
