package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.exportGrant;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.GrantSeries.Repeat;
import jp.sekisho.protocol.statement.SeriesConfirmation.Used;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * 月次確認: a month goes on by a text that says of every time of the month before what became of it.
 */
class SeriesConfirmationTest {
  private static final byte[] TEXT = fixture("series-confirmation.txt");
  private static final YearMonth JANUARY = YearMonth.of(2027, 1);
  private static final GrantSeries MONTHLY =
      new GrantSeries(exportGrant(), Repeat.MONTHLY, 4, List.of("S-1024", "S-1025", "S-1030"));
  private static final Used SECOND = new Used(2, "S-1025", Instant.parse("2026-12-21T00:12:31Z"));
  private static final GrantSeries WEEKLY =
      new GrantSeries(exportGrant(), Repeat.WEEKLY, 12, List.of("S-1024", "S-1025"));

  @Test
  @DisplayName("a confirmation has exactly the documented bytes, and no other bytes are it")
  void bytes() throws MalformedException {
    SeriesConfirmation one = SeriesConfirmation.of(MONTHLY, JANUARY, List.of(SECOND));
    assertArrayEquals(TEXT, one.bytes());
    assertEquals(one, SeriesConfirmation.parse(TEXT));
    assertTrue(SeriesConfirmation.isOne(TEXT));
    assertFalse(SeriesConfirmation.isOne(MONTHLY.bytes()));
    assertFalse(SeriesConfirmation.isOne(new byte[0]));
    assertThrows(MalformedException.class, () -> GrantText.parse(TEXT));
    ByteFlips.check(TEXT, one, SeriesConfirmation::parse);
  }

  @Test
  @DisplayName("it says every time of the month before, used or not, in any number")
  void months() throws MalformedException {
    SeriesConfirmation none = SeriesConfirmation.of(MONTHLY, JANUARY, List.of());
    assertEquals(List.of(2), none.unused());
    YearMonth december = YearMonth.of(2026, 12);
    SeriesConfirmation weeks =
        SeriesConfirmation.of(
            WEEKLY,
            JANUARY,
            List.of(
                new Used(3, "S-1024", WEEKLY.occurrence(3).start()),
                new Used(5, "S-1024", WEEKLY.occurrence(5).start().plusSeconds(9))));
    assertEquals(List.of(3, 4, 5, 6), WEEKLY.numbers(december));
    assertEquals(List.of(4, 6), weeks.unused());
    assertEquals(weeks, SeriesConfirmation.parse(weeks.bytes()));
    assertTrue(weeks.confirms(WEEKLY, JANUARY));
  }

  @Test
  @DisplayName("it confirms that series, as it was signed, in that month and in no other")
  void confirms() {
    SeriesConfirmation one = SeriesConfirmation.of(MONTHLY, JANUARY, List.of(SECOND));
    assertTrue(one.confirms(MONTHLY, JANUARY));
    assertFalse(one.confirms(MONTHLY, JANUARY.plusMonths(1)));
    assertFalse(one.confirms(WEEKLY, JANUARY));
    GrantSeries longer = new GrantSeries(exportGrant(), Repeat.MONTHLY, 5, MONTHLY.rota());
    assertFalse(one.confirms(longer, JANUARY), "the same id, another text");
    SeriesConfirmation silent =
        new SeriesConfirmation(
            one.series(), one.approved(), one.organ(), JANUARY, List.of(), List.of());
    assertFalse(silent.confirms(MONTHLY, JANUARY), "does not say what was used");
    SeriesConfirmation elsewhere =
        new SeriesConfirmation(
            one.series(), one.approved(), "school", JANUARY, one.used(), one.unused());
    assertFalse(elsewhere.confirms(MONTHLY, JANUARY));
  }

  @Test
  @DisplayName("a use of another month, of another person or outside its time is not said")
  void uses() {
    Instant start = MONTHLY.occurrence(2).start();
    for (Used wrong :
        List.of(
            new Used(1, "S-1024", MONTHLY.occurrence(1).start()),
            new Used(3, "S-1030", MONTHLY.occurrence(3).start()),
            new Used(2, "S-1024", start),
            new Used(2, "S-1025", start.minusSeconds(1)),
            new Used(2, "S-1025", MONTHLY.occurrence(2).end()))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> SeriesConfirmation.of(MONTHLY, JANUARY, List.of(wrong)),
          wrong::toString);
      SeriesConfirmation said =
          new SeriesConfirmation(
              MONTHLY.request(), MONTHLY.detail(), "mayor", JANUARY, List.of(wrong), List.of());
      assertFalse(said.confirms(MONTHLY, JANUARY));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> SeriesConfirmation.of(MONTHLY, JANUARY, List.of(SECOND, SECOND)));
  }

  @ParameterizedTest
  @DisplayName("a line in another form is none")
  @CsvSource(
      delimiter = ';',
      value = {
        "month 2027-01; month 2027-1",
        "month 2027-01; month 2027-13",
        "month 2027-01; month +12027-01",
        "month 2027-01; month 1999-12",
        "used 2 S-1025; used 02 S-1025",
        "used 2 S-1025; used 0 S-1025",
        "used 2 S-1025; used 54 S-1025",
        "used 2 S-1025; used 2  S-1025",
        "used 2 S-1025 2026; used 2 2026",
        "00:12:31Z; 00:12:31.5Z",
        "00:12:31Z; 00:12:31Z,",
        "00:12:31Z; 00:12:31Z, ",
        "00:12:31Z; noon",
        "unused -; unused",
        "unused -; unused 1,2",
        "unused -; unused 1, 2, 3, 4, 5",
        "organ mayor; organ Mayor"
      })
  void forms(String line, String other) {
    String text = new String(TEXT, StandardCharsets.UTF_8);
    assertTrue(text.contains(line));
    byte[] changed = text.replace(line, other).getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedException.class, () -> SeriesConfirmation.parse(changed));
  }
}
