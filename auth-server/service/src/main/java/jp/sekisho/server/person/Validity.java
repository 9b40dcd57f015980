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

  /** Whether {@code at} falls on one of its days. */
  public boolean includes(Instant at) {
    LocalDate day = LocalDate.ofInstant(at, JAPAN);
    return !day.isBefore(from) && !day.isAfter(until);
  }
}
