package jp.sekisho.server.auditor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Opening hours are those of Japan, with holidays, night counters and the turn of the year. */
class OpeningHoursTest {
  private static final OpeningHours USUAL = OpeningHours.usual();

  private static OpeningHours parse(String json) throws Exception {
    return OpeningHours.parse(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Instant japan(String local) {
    return Instant.parse(local + ":00+09:00");
  }

  @Test
  void withoutACalendarOfficesOpenOnWeekdays() {
    assertTrue(USUAL.isOpen(japan("2026-11-20T08:30")));
    assertFalse(USUAL.isOpen(japan("2026-11-20T08:29")));
    assertTrue(USUAL.isOpen(japan("2026-11-20T17:14")));
    assertFalse(USUAL.isOpen(japan("2026-11-20T17:15")));
    assertFalse(USUAL.isOpen(japan("2026-11-21T12:00")), "Saturday");
    assertFalse(USUAL.isOpen(japan("2026-12-29T12:00")), "turn of the year");
    assertFalse(USUAL.isOpen(japan("2027-01-01T12:00")));
    assertTrue(USUAL.isOpen(japan("2027-01-04T12:00")));
  }

  @Test
  void holidaysNightAndHolidayCountersHaveHoursOfTheirOwn() throws Exception {
    OpeningHours hours =
        parse(
            "{\"days\":{\"2026-11-23\":\"closed\",\"2026-11-28\":\"09:00-12:00\"},\"v\":1,"
                + "\"week\":{\"mon\":\"08:30-17:15\",\"thu\":\"08:30-19:00\"}}");
    assertFalse(hours.isOpen(japan("2026-11-23T10:00")), "a public holiday on a Monday");
    assertTrue(hours.isOpen(japan("2026-11-30T10:00")));
    assertTrue(hours.isOpen(japan("2026-11-26T18:30")), "night counter on Thursday");
    assertTrue(hours.isOpen(japan("2026-11-28T10:00")), "holiday counter on a Saturday");
    assertFalse(hours.isOpen(japan("2026-11-27T10:00")), "a day that is not named");
  }

  @Test
  void theClosedStretchesOfADayLeaveOutTheOpenHours() {
    assertEquals(
        List.of(
            new OpeningHours.Stretch(japan("2026-11-20T17:15"), japan("2026-11-21T00:00")),
            new OpeningHours.Stretch(japan("2026-11-20T00:00"), japan("2026-11-20T08:30"))),
        USUAL.closed(LocalDate.of(2026, 11, 20)));
    assertEquals(1, USUAL.closed(LocalDate.of(2026, 11, 21)).size());
  }

  @Test
  void aCalendarThatCannotBeMeantIsRefused() {
    for (String bad :
        List.of(
            "{\"v\":2}",
            "{\"v\":1,\"weeks\":{}}",
            "{\"v\":1,\"week\":{\"monday\":\"08:30-17:15\"}}",
            "{\"v\":1,\"week\":{\"mon\":\"17:15-08:30\"}}",
            "{\"days\":{\"2026-02-30\":\"closed\"},\"v\":1}")) {
      assertThrows(Exception.class, () -> parse(bad), bad);
    }
  }
}
