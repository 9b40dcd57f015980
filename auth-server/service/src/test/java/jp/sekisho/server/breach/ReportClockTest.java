package jp.sekisho.server.breach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReportClockTest {
  /** 国民の祝日 of the months that the cases touch. */
  private static final Set<LocalDate> HOLIDAYS =
      Set.of(
          day("2026-11-03"),
          day("2026-11-23"),
          day("2027-01-01"),
          day("2027-01-11"),
          day("2027-04-29"),
          day("2027-05-03"),
          day("2027-05-04"),
          day("2027-05-05"));

  private static LocalDate day(String text) {
    return LocalDate.parse(text);
  }

  @ParameterizedTest(name = "known {0}, malice {1}: day {2}, due {3}")
  @DisplayName("R27: 確報 by day 30 or 60, day 1 that of first knowledge, or the next working day")
  @CsvSource({
    // Nothing moves it: a Friday, a Monday.
    "2026-10-15, false, 2026-11-13, 2026-11-13",
    "2026-10-23, true, 2026-12-21, 2026-12-21",
    // A Saturday, a Sunday, a national holiday, and a Sunday before one.
    "2026-10-16, false, 2026-11-14, 2026-11-16",
    "2026-10-17, false, 2026-11-15, 2026-11-16",
    "2026-10-25, false, 2026-11-23, 2026-11-24",
    "2026-10-24, false, 2026-11-22, 2026-11-24",
    // Golden Week: Thursday 04-29 alone; from Saturday 05-01 to Wednesday 05-05 in one.
    "2027-03-31, false, 2027-04-29, 2027-04-30",
    "2027-04-01, false, 2027-04-30, 2027-04-30",
    "2027-04-02, false, 2027-05-01, 2027-05-06",
    "2027-04-06, false, 2027-05-05, 2027-05-06",
    "2027-04-07, false, 2027-05-06, 2027-05-06",
    "2027-03-03, true, 2027-05-01, 2027-05-06",
    // The turn of the year: 12-29 to 01-03, the last a Sunday; 2028-01-03 is a Monday.
    "2026-11-29, false, 2026-12-28, 2026-12-28",
    "2026-11-30, false, 2026-12-29, 2027-01-04",
    "2026-12-05, false, 2027-01-03, 2027-01-04",
    "2026-11-01, true, 2026-12-30, 2027-01-04",
    "2027-12-05, false, 2028-01-03, 2028-01-04",
    // Over a leap day, which counts.
    "2028-02-01, false, 2028-03-01, 2028-03-01"
  })
  void complete(LocalDate known, boolean malice, LocalDate lastDay, LocalDate due) {
    ReportClock clock = ReportClock.of(known, malice, HOLIDAYS);
    assertEquals(lastDay, clock.lastDay());
    assertEquals(due, clock.complete());
    assertEquals(due, clock.due(Report.FINAL));
  }

  @ParameterizedTest
  @DisplayName("R27: 速報 pressing from day 3, late after day 5, whatever days those are")
  @CsvSource({
    "2026-11-16, 2026-11-18, 2026-11-20",
    "2026-11-19, 2026-11-21, 2026-11-23",
    "2026-12-29, 2026-12-31, 2027-01-02",
    "2027-05-01, 2027-05-03, 2027-05-05"
  })
  void preliminary(LocalDate known, LocalDate soon, LocalDate last) {
    ReportClock clock = ReportClock.of(known, false, HOLIDAYS);
    assertEquals(soon, clock.soon());
    assertEquals(last, clock.preliminary());
    assertEquals(last, clock.due(Report.PRELIMINARY));
  }

  @Test
  @DisplayName("R27: on every day of three years the 確報 is due on a working day, and on no later")
  void everyDay() {
    for (LocalDate known = day("2026-01-01"); known.getYear() < 2029; known = known.plusDays(1)) {
      for (boolean malice : new boolean[] {false, true}) {
        ReportClock clock = ReportClock.of(known, malice, HOLIDAYS);
        String which = known + " " + malice;
        assertEquals(known.plusDays(malice ? 59 : 29), clock.lastDay(), which);
        assertFalse(ReportClock.isClosed(clock.complete(), HOLIDAYS), which);
        for (LocalDate day = clock.lastDay();
            day.isBefore(clock.complete());
            day = day.plusDays(1)) {
          assertTrue(ReportClock.isClosed(day, HOLIDAYS), which + " " + day);
        }
        assertEquals(known.plusDays(2), clock.soon(), which);
        assertEquals(known.plusDays(4), clock.preliminary(), which);
      }
    }
  }

  @Test
  @DisplayName("R27: without a calendar only weekends and the turn of the year move the day")
  void withoutCalendar() {
    assertEquals(day("2027-05-03"), ReportClock.of(day("2027-04-02"), false, Set.of()).complete());
    assertEquals(day("2027-01-04"), ReportClock.of(day("2026-12-05"), false, Set.of()).complete());
  }
}
