package jp.sekisho.protocol.statement;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;

/**
 * The text of a recurring exception (定例許可): the same exception several times, approved by one card.
 * It says the series whole, first and last time, rule and number; each occurrence follows from it
 * and is an exception of its own. A series without a last occurrence, or with one beyond the fiscal
 * year (年度) of its first day, cannot be written down.
 *
 * <p>It is used by turns: the first time by the first person of the rota, the next by the second,
 * and after the last by the first again, so that each time is still that of one person. A month
 * after the first time's month opens only with a {@link SeriesConfirmation} of its own.
 *
 * <pre>
 * sekisho/grant-series/v2
 * request (base64url, 16 bytes)
 * organ mayor
 * person S-1024
 * terminal T-0042
 * capability usb-read
 * medium M-0007
 * fingerprint (base64url, SHA-256 of the medium's identity)
 * reason (free text, 1 to 400 characters)
 * document (文書番号, 1 to 100 characters), or -
 * legal-basis (法的根拠, 1 to 200 characters), or -
 * provided-to (提供先, 1 to 200 characters), or -
 * subjects (本人の数, 0 to 999999999)
 * repeat monthly
 * count 4
 * rota S-1024 S-1025
 * confirm monthly
 * first-start 2026-12-25T00:00:00Z
 * first-end 2026-12-25T08:00:00Z
 * last-start 2027-03-25T00:00:00Z
 * last-end 2027-03-25T08:00:00Z
 * minutes 30
 * </pre>
 *
 * <p>Nothing leaves under a series, and nobody stands by: its lines are those of {@code
 * sekisho/grant/v1}.
 *
 * <p>In {@code v1}, as it was signed before there were rotas, the lines {@code rota} and {@code
 * confirm} are missing: one person uses it every time, and no month needs a further signature.
 *
 * @param first what the first occurrence allows, under the series' own id
 * @param repeat from one occurrence to the next
 * @param count how many, the first included: 2 to {@value #MAX_COUNT}
 * @param rota staff numbers of who uses it in turn, at most {@value #MAX_ROTA}, the first one being
 *     that of {@code first}; empty in {@code v1}
 */
public record GrantSeries(ExportGrant first, Repeat repeat, int count, List<String> rota)
    implements GrantText {
  /** Most occurrences: weekly for a fiscal year. */
  public static final int MAX_COUNT = 53;

  /** Most persons who take turns. */
  public static final int MAX_ROTA = 12;

  private static final String KIND = "grant-series";
  private static final byte[] BEGIN = "sekisho/grant-series/".getBytes(StandardCharsets.UTF_8);
  private static final byte[] FIRST_FORM =
      "sekisho/grant-series/v1\n".getBytes(StandardCharsets.UTF_8);
  private static final String MONTHLY = "monthly";
  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  /** From one occurrence to the next, at the same time of day in Japan. */
  public enum Repeat {
    /** The same day of the week. */
    WEEKLY("weekly"),
    /** The first one's day of the month, or the last day of a month that has no such day. */
    MONTHLY("monthly");

    private final String text;

    Repeat(String text) {
      this.text = text;
    }

    /** The word on the wire. */
    public String text() {
      return text;
    }

    /** The rule called {@code text}. */
    public static Repeat parse(String text) throws MalformedException {
      for (Repeat repeat : values()) {
        if (repeat.text.equals(text)) {
          return repeat;
        }
      }
      throw new MalformedException("unknown repeat");
    }

    private ZonedDateTime after(ZonedDateTime first, int times) {
      return this == WEEKLY ? first.plusWeeks(times) : first.plusMonths(times);
    }
  }

  /** Checks that the occurrences lie apart and within one fiscal year, and the rota. */
  public GrantSeries {
    Fields.require(first.isRepeatable(), "only reading without an attendant is repeated");
    rota = List.copyOf(rota);
    Fields.require(
        rota.size() <= MAX_ROTA
            && rota.stream().allMatch(Names::isPerson)
            && new HashSet<>(rota).size() == rota.size()
            && (rota.isEmpty() || rota.get(0).equals(first.person())),
        "rota is not up to " + MAX_ROTA + " staff numbers that begin with the person's");
    Fields.require(count >= 2 && count <= MAX_COUNT, "count is not 2 to " + MAX_COUNT);
    Duration window = Duration.between(first.start(), first.end());
    for (int number = 1; number < count; number++) {
      Fields.require(
          !start(first, repeat, number).plus(window).isAfter(start(first, repeat, number + 1)),
          "an occurrence begins before the one before it ends");
    }
    Instant over =
        FiscalYear.end(first.start().atZone(JAPAN).toLocalDate())
            .plusDays(1)
            .atStartOfDay(JAPAN)
            .toInstant();
    Instant last = start(first, repeat, count).plus(window);
    Fields.require(!last.isAfter(over), "the last occurrence is after the fiscal year");
    Fields.wholeSecond("last-end", last);
  }

  /** One in the form from before rotas: of one person, and confirmed once. */
  public GrantSeries(ExportGrant first, Repeat repeat, int count) {
    this(first, repeat, count, List.of());
  }

  /** Staff numbers of all who use it, in turn. */
  public List<String> people() {
    return rota.isEmpty() ? List.of(first.person()) : rota;
  }

  /** Whether every month but the first needs a signature of its own. */
  public boolean isConfirmedMonthly() {
    return !rota.isEmpty();
  }

  /** When an occurrence begins. */
  public Instant start(int number) {
    return start(first, repeat, number);
  }

  /** When an occurrence is over. */
  public Instant end(int number) {
    return start(number).plus(Duration.between(first.start(), first.end()));
  }

  /** The month, in Japan, in which an occurrence begins. */
  public YearMonth month(int number) {
    return YearMonth.from(start(number).atZone(JAPAN));
  }

  /** Whether an occurrence opens only with the confirmation of its month. */
  public boolean needsConfirmation(int number) {
    return isConfirmedMonthly() && month(number).isAfter(month(1));
  }

  /** The occurrences that begin in {@code month}, oldest first. */
  public List<Integer> numbers(YearMonth month) {
    return IntStream.rangeClosed(1, count)
        .filter(number -> month(number).equals(month))
        .boxed()
        .toList();
  }

  private static Instant start(ExportGrant first, Repeat repeat, int number) {
    return repeat.after(first.start().atZone(JAPAN), number - 1).toInstant();
  }

  /** Names the request, and the series that comes of it. */
  public String request() {
    return first.request();
  }

  /**
   * What an occurrence allows, under an id that follows from this whole text.
   *
   * @param number 1 for the first, {@link #count} for the last
   */
  public ExportGrant occurrence(int number) {
    if (number < 1 || number > count) {
      throw new IllegalArgumentException("no occurrence " + number + " of " + count);
    }
    return with(
        id(detail(), number),
        people().get((number - 1) % people().size()),
        start(number),
        end(number));
  }

  /** From the start of the first to the end of the last, under the series' own id. */
  public ExportGrant whole() {
    return with(request(), first.person(), first.start(), occurrence(count).end());
  }

  private ExportGrant with(String id, String person, Instant start, Instant end) {
    return new ExportGrant(
        id,
        first.organ(),
        person,
        first.terminal(),
        first.capability(),
        first.medium(),
        first.fingerprint(),
        first.reason(),
        first.document(),
        first.legalBasis(),
        first.providedTo(),
        first.subjects(),
        start,
        end,
        first.minutes());
  }

  private static String id(String detail, int number) {
    byte[] named =
        StatementLines.write("grant-occurrence")
            .line("series", detail)
            .line("number", Integer.toString(number))
            .bytes();
    return Base64Url.encode(Arrays.copyOf(Sha256.of(named), 16));
  }

  /** Which occurrence is called {@code grant}: 1 for the first; 0 for none. */
  public int number(String grant) {
    String detail = detail();
    for (int number = 1; number <= count; number++) {
      if (id(detail, number).equals(grant)) {
        return number;
      }
    }
    return 0;
  }

  @Override
  public Optional<ExportGrant> allows(String grant) {
    int number = number(grant);
    return number == 0 ? Optional.empty() : Optional.of(occurrence(number));
  }

  @Override
  public byte[] bytes() {
    Instant last = start(first, repeat, count);
    StatementLines lines =
        first
            .written(StatementLines.write(KIND, rota.isEmpty() ? 1 : 2))
            .line("repeat", repeat.text())
            .line("count", Integer.toString(count));
    if (!rota.isEmpty()) {
      lines = lines.line("rota", String.join(" ", rota)).line("confirm", MONTHLY);
    }
    return lines
        .line("first-start", first.start().toString())
        .line("first-end", first.end().toString())
        .line("last-start", last.toString())
        .line("last-end", last.plus(Duration.between(first.start(), first.end())).toString())
        .line("minutes", Integer.toString(first.minutes()))
        .bytes();
  }

  /** Whether the first line could name a series. */
  static boolean isOne(byte[] bytes) {
    return bytes.length >= BEGIN.length
        && Arrays.equals(bytes, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
  }

  /** The series whose bytes are exactly {@code bytes}. */
  public static GrantSeries parse(byte[] bytes) throws MalformedException {
    boolean firstForm =
        bytes.length >= FIRST_FORM.length
            && Arrays.equals(bytes, 0, FIRST_FORM.length, FIRST_FORM, 0, FIRST_FORM.length);
    StatementLines lines = StatementLines.read(bytes, KIND, firstForm ? 1 : 2);
    ExportGrant.Matter matter = ExportGrant.read(lines);
    Repeat repeat = Repeat.parse(lines.value("repeat"));
    int count = lines.number("count");
    List<String> rota = firstForm ? List.of() : lines.words("rota");
    if (!firstForm && !lines.value("confirm").equals(MONTHLY)) {
      throw new MalformedException("unknown confirm");
    }
    Instant start = lines.instant("first-start");
    Instant end = lines.instant("first-end");
    // What the last ones say follows from the rest: the bytes below are only the same if they do.
    var unusedStart = lines.instant("last-start");
    var unusedEnd = lines.instant("last-end");
    int minutes = lines.number("minutes");
    lines.end();
    return Fields.sameBytes(
        bytes,
        () -> new GrantSeries(matter.within(start, end, minutes), repeat, count, rota),
        GrantSeries::bytes);
  }
}
