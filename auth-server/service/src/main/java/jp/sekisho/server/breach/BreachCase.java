package jp.sekisho.server.breach;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.server.person.Validity;
import org.jspecify.annotations.Nullable;

/**
 * One case of 漏えい等 as its sealed row says; times in milliseconds.
 *
 * @param id base64url of 16 bytes
 * @param seq its number's digits
 * @param known when any department first knew of it
 * @param kinds at least one
 * @param origin what it comes from; null for nothing that the service knows
 * @param preliminary the 速報; null before
 * @param complete the 確報; null before
 * @param closed null while it is open
 * @param told what the clock said of it
 */
record BreachCase(
    String id,
    String organ,
    int seq,
    String opener,
    Instant opened,
    Instant known,
    List<BreachKind> kinds,
    @Nullable Origin origin,
    BreachItems items,
    @Nullable Made preliminary,
    @Nullable Made complete,
    @Nullable Closing closed,
    Told told) {

  BreachCase {
    kinds = List.copyOf(kinds);
  }

  /**
   * What a case comes from.
   *
   * @param kind {@code grant medium emergency entry}
   * @param item its id, number or index
   */
  record Origin(String kind, String item) {}

  /**
   * A report that was made.
   *
   * @param date on which day
   * @param by staff number of who wrote it down
   * @param at when that was
   */
  record Made(LocalDate date, String reference, String by, Instant at) {}

  /**
   * Its end.
   *
   * @param reason why no report is due; null where both were made and nobody said anything
   */
  record Closing(Instant at, String by, @Nullable String reason) {}

  /**
   * The days of which the clock said that they passed.
   *
   * @param preliminary null for none
   * @param complete null for none
   */
  record Told(@Nullable LocalDate preliminary, @Nullable LocalDate complete) {
    static final Told NOTHING = new Told(null, null);

    @Nullable LocalDate of(Report report) {
      return report == Report.PRELIMINARY ? preliminary : complete;
    }
  }

  String number() {
    return String.format(Locale.ROOT, "B-%04d", seq);
  }

  /** As {@link AmendedBreach#shown}. */
  String shown() {
    return AmendedBreach.shown(BreachKind.words(kinds), items);
  }

  /** Both reports were made. */
  boolean isReported() {
    return preliminary != null && complete != null;
  }

  /** The word on the wire. */
  String state() {
    return closed != null
        ? "closed"
        : complete != null ? "reported" : preliminary != null ? "preliminary" : "open";
  }

  LocalDate knownDay() {
    return Validity.day(known);
  }

  ReportClock clock(Set<LocalDate> holidays) {
    return ReportClock.of(knownDay(), kinds.contains(BreachKind.MALICE), holidays);
  }

  private boolean isMissing(Report report) {
    return closed == null && (report == Report.PRELIMINARY ? preliminary : complete) == null;
  }

  /** Reports whose last day passed without their being written down. */
  List<Report> overdue(LocalDate today, Set<LocalDate> holidays) {
    ReportClock clock = clock(holidays);
    return Stream.of(Report.values())
        .filter(report -> isMissing(report) && today.isAfter(clock.due(report)))
        .toList();
  }

  /** Whether the 速報 is pressing, or late. */
  boolean isSoon(LocalDate today, Set<LocalDate> holidays) {
    return isMissing(Report.PRELIMINARY) && !today.isBefore(clock(holidays).soon());
  }

  BreachCase amended(List<BreachKind> newKinds, BreachItems newItems) {
    return with(newKinds, newItems, preliminary, complete, closed, told);
  }

  /** With what is not null. */
  BreachCase reported(@Nullable Made newPreliminary, @Nullable Made newComplete) {
    return with(
        kinds,
        items,
        newPreliminary == null ? preliminary : newPreliminary,
        newComplete == null ? complete : newComplete,
        closed,
        told);
  }

  BreachCase closed(Closing closing) {
    return with(kinds, items, preliminary, complete, closing, told);
  }

  BreachCase told(Report report, LocalDate day) {
    return with(
        kinds,
        items,
        preliminary,
        complete,
        closed,
        report == Report.PRELIMINARY
            ? new Told(day, told.complete())
            : new Told(told.preliminary(), day));
  }

  private BreachCase with(
      List<BreachKind> newKinds,
      BreachItems newItems,
      @Nullable Made newPreliminary,
      @Nullable Made newComplete,
      @Nullable Closing newClosed,
      Told newTold) {
    return new BreachCase(
        id,
        organ,
        seq,
        opener,
        opened,
        known,
        newKinds,
        origin,
        newItems,
        newPreliminary,
        newComplete,
        newClosed,
        newTold);
  }
}
