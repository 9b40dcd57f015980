package jp.sekisho.server.person;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;

/**
 * First and last day of something, both inclusive, by the calendar of Japan.
 *
 * @param until {@link #OPEN_END} where no end is set
 */
public record Validity(LocalDate from, LocalDate until) {
  /** The last day of what has no end. */
  public static final LocalDate OPEN_END = LocalDate.of(9999, 12, 31);

  private static final ZoneId JAPAN = ZoneId.of("Asia/Tokyo");

  /**
   * @throws IllegalArgumentException when it ends before it begins
   */
  public Validity {
    if (until.isBefore(from)) {
      throw new IllegalArgumentException("ends before it begins");
    }
  }

  /** The day on which {@code at} falls in Japan. */
  public static LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, JAPAN);
  }

  /** The first instant of a day in Japan. */
  public static Instant start(LocalDate day) {
    return day.atStartOfDay(JAPAN).toInstant();
  }

  /** Whether {@code at} falls on one of its days. */
  public boolean includes(Instant at) {
    return includes(day(at));
  }

  /** Whether {@code day} is one of its days. */
  public boolean includes(LocalDate day) {
    return !day.isBefore(from) && !day.isAfter(until);
  }

  /** Whether any day belongs to both. */
  boolean overlaps(Validity other) {
    return !from.isAfter(other.until) && !other.from.isAfter(until);
  }

  /** The same with {@code last} as its last day at the latest; it must have begun by then. */
  Validity endingBy(LocalDate last) {
    return until.isAfter(last) ? new Validity(from, last) : this;
  }
}
