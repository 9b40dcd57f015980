package jp.sekisho.server.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import jp.sekisho.audit.sample.Lot;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.protocol.Names;
import jp.sekisho.server.audit.EntryHit;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryQuery;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.auditor.Inspection;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of the log asks for, as it stands in the address: {@code person terminal event
 * outcome from until preset days seed count size before generation}. Everything that is recorded of
 * a question has the form of a number, a code or a time, so that no name gets into the log through
 * a search.
 *
 * @param from Japan Standard Time as typed, {@code 2026-11-21} or {@code 2026-11-21T08:30}
 * @param until as {@code from}; a day is meant with its end
 * @param days age of {@link AuditPreset#OLD_GRANTS}
 * @param sample the lot that was asked for; null for a search
 * @param before position on the list of entries found; null for the newest
 * @param beforeIndex position on the plain list; {@link Long#MAX_VALUE} for the newest
 * @param generation of the log, from 1; 0 for the one that goes on
 */
public record LogFilter(
    EntryQuery query,
    String from,
    String until,
    @Nullable AuditPreset preset,
    int days,
    @Nullable Sample sample,
    @Nullable Position before,
    long beforeIndex,
    int generation) {
  static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  private static final Pattern EVENT = Pattern.compile("[a-z]{1,20}(\\.[a-z-]{1,40})?");
  private static final Pattern INDEX = Pattern.compile("[0-9]{1,18}");
  private static final Pattern GENERATION = Pattern.compile("[1-9][0-9]{0,8}");
  private static final int MAX_DAYS = 3650;

  /**
   * A sample.
   *
   * @param seed null to have one drawn
   * @param size null for the whole log
   */
  public record Sample(@Nullable String seed, int count, @Nullable Long size) {}

  /** Every entry, newest first. */
  static final LogFilter ALL =
      new LogFilter(
          EntryQuery.ALL, "", "", null, Inspection.OLD_DAYS, null, null, Long.MAX_VALUE, 0);

  /** The filter in a request's parameters; empty when one of them is not of its form. */
  static Optional<LogFilter> of(Map<String, String> parameters) {
    try {
      return Optional.of(parse(parameters));
    } catch (DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static LogFilter parse(Map<String, String> in) {
    String person = text(in, "person");
    require(person == null || Names.isPerson(person));
    String terminal = text(in, "terminal");
    require(terminal == null || Names.isTerminal(terminal));
    String event = text(in, "event");
    require(event == null || EVENT.matcher(event).matches());
    String outcome = text(in, "outcome");
    require(outcome == null || outcome.equals("success") || outcome.equals("failure"));
    String from = text(in, "from");
    String until = text(in, "until");
    String preset = text(in, "preset");
    boolean sampled = "sample".equals(preset);
    String days = text(in, "days");
    int age = days == null ? Inspection.OLD_DAYS : Integer.parseInt(days);
    require(age >= 1 && age <= MAX_DAYS);
    EntryQuery query =
        new EntryQuery(
            person,
            terminal,
            event,
            outcome == null ? null : outcome.equals("success"),
            from == null ? null : begin(from),
            until == null ? null : end(until));
    String before = text(in, "before");
    String generation = text(in, "generation");
    require(generation == null || GENERATION.matcher(generation).matches());
    return new LogFilter(
        query,
        from == null ? "" : from,
        until == null ? "" : until,
        sampled || preset == null ? null : AuditPreset.of(preset).orElseThrow(LogFilter::malformed),
        age,
        sampled ? sample(in) : null,
        before != null && isPlace(before) ? place(before) : null,
        before == null || isPlace(before) ? Long.MAX_VALUE : index(before),
        generation == null ? 0 : Integer.parseInt(generation));
  }

  private static Sample sample(Map<String, String> in) {
    String seed = text(in, "seed");
    require(seed == null || Lot.isSeed(seed));
    String count = text(in, "count");
    int entries = count == null ? LogReader.PAGE / 2 : Integer.parseInt(count);
    require(entries >= 1 && entries <= LogReader.MAX_SAMPLE);
    String size = text(in, "size");
    return new Sample(seed, entries, size == null ? null : index(size));
  }

  private static boolean isPlace(String text) {
    return text.indexOf('.') > 0;
  }

  private static Position place(String text) {
    int dot = text.indexOf('.');
    return new Position(index(text.substring(0, dot)), index(text.substring(dot + 1)));
  }

  private static long index(String text) {
    require(INDEX.matcher(text).matches());
    return Long.parseLong(text);
  }

  private static Instant begin(String text) {
    return text.indexOf('T') < 0
        ? LocalDate.parse(text).atStartOfDay(JAPAN).toInstant()
        : LocalDateTime.parse(text).atZone(JAPAN).toInstant();
  }

  private static Instant end(String text) {
    return text.indexOf('T') < 0
        ? LocalDate.parse(text).plusDays(1).atStartOfDay(JAPAN).toInstant()
        : begin(text);
  }

  private static @Nullable String text(Map<String, String> in, String name) {
    String value = in.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw malformed();
    }
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException("not of its form");
  }

  /** Whether the plain list is asked for. */
  boolean isAll() {
    return query.isAll() && preset == null && sample == null;
  }

  /** Whether an entry has what the conditions ask for; a preset is no condition. */
  boolean accepts(LogRow.Intact row) {
    return query.accepts(EntryHit.of(row.index(), row.entry()));
  }

  /** The same question about one person alone. */
  LogFilter about(String person) {
    return new LogFilter(
        query.withPerson(person), from, until, null, days, null, before, beforeIndex, generation);
  }

  /** The same question about another generation of the log, from its newest entry. */
  LogFilter in(int other) {
    return new LogFilter(query, from, until, preset, days, sample, null, Long.MAX_VALUE, other);
  }

  /** As the log that is asked is called, and as entries about the question call it. */
  String scope(String log) {
    return generation == 0 ? log : log + "@" + generation;
  }

  /** The conditions as the log records them. */
  Map<String, Object> asked() {
    Map<String, Object> asked = new TreeMap<>();
    if (preset != null) {
      asked.put("preset", preset.text());
    }
    if (preset == AuditPreset.OLD_GRANTS) {
      asked.put("days", (long) days);
    }
    put(asked, "person", query.person());
    put(asked, "terminal", query.terminal());
    put(asked, "event", query.event());
    put(asked, "outcome", outcome().isEmpty() ? null : outcome());
    put(asked, "from", query.from());
    put(asked, "until", query.until());
    return asked;
  }

  private static void put(Map<String, Object> asked, String name, @Nullable Object value) {
    if (value != null) {
      asked.put(name, value.toString());
    }
  }

  /** The conditions as the end of an address, each after an ampersand. */
  String parameters() {
    StringBuilder text = new StringBuilder();
    add(text, "preset", preset == null ? "" : preset.text());
    add(text, "days", preset == AuditPreset.OLD_GRANTS ? Integer.toString(days) : "");
    add(text, "person", person());
    add(text, "terminal", terminal());
    add(text, "event", event());
    add(text, "outcome", outcome());
    add(text, "from", from);
    add(text, "until", until);
    add(text, "generation", generation == 0 ? "" : Integer.toString(generation));
    return text.toString();
  }

  private static void add(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append('&').append(name).append('=');
      text.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
  }

  /** The link to the entries behind {@code place}; to the newest for null. */
  String link(@Nullable String place) {
    String parameters = parameters() + (place == null ? "" : "&before=" + place);
    return parameters.isEmpty() ? "/log" : "/log?" + parameters.substring(1);
  }

  /** A place as it stands in an address. */
  static String place(Position position) {
    return position.time() + "." + position.index();
  }

  /** The day of {@code from}, as an input field holds it. */
  public String fromDay() {
    return day(from);
  }

  /** The day of {@code until}, as an input field holds it. */
  public String untilDay() {
    return day(until);
  }

  private static String day(String text) {
    return text.indexOf('T') < 0 ? text : text.substring(0, text.indexOf('T'));
  }

  /** As an input field holds it. */
  public String person() {
    return orEmpty(query.person());
  }

  /** As an input field holds it. */
  public String terminal() {
    return orEmpty(query.terminal());
  }

  /** As a list of choices holds it. */
  public String event() {
    return orEmpty(query.event());
  }

  /** As a list of choices holds it: {@code success}, {@code failure} or empty. */
  public String outcome() {
    Boolean success = query.success();
    return success == null ? "" : success ? "success" : "failure";
  }

  /** As a list of choices holds it. */
  public String presetText() {
    return preset == null ? "" : preset.text();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
