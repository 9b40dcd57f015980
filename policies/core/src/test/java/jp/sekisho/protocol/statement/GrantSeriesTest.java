package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.encryptedExport;
import static jp.sekisho.protocol.ProtocolSamples.exportGrant;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.GrantSeries.Repeat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** R10: a recurring exception says when its last time is over, and allows those it says only. */
class GrantSeriesTest {
  private static final byte[] SERIES = fixture("grant-series.txt");

  private static GrantSeries series() {
    return new GrantSeries(exportGrant(), Repeat.MONTHLY, 4);
  }

  /** The sample, but its first time begins then and lasts so long. */
  private static ExportGrant first(String start, Duration window) {
    ExportGrant some = exportGrant();
    Instant from = Instant.parse(start);
    return new ExportGrant(
        some.request(),
        some.organ(),
        some.person(),
        some.terminal(),
        some.capability(),
        some.medium(),
        some.fingerprint(),
        some.reason(),
        some.document(),
        some.legalBasis(),
        some.providedTo(),
        some.subjects(),
        from,
        from.plus(window),
        some.minutes());
  }

  private static List<Instant> starts(GrantSeries series) {
    return IntStream.rangeClosed(1, series.count())
        .mapToObj(number -> series.occurrence(number).start())
        .toList();
  }

  @Test
  @DisplayName("a series has exactly the documented bytes, and its detail is their SHA-256")
  void bytes() throws MalformedException {
    assertArrayEquals(SERIES, series().bytes());
    assertEquals(series(), GrantSeries.parse(SERIES));
    assertEquals(series(), GrantText.parse(SERIES));
    assertEquals(Sha256.text(SERIES), series().detail());
    assertEquals(exportGrant(), GrantText.parse(exportGrant().bytes()));
  }

  @Test
  @DisplayName("no other bytes are that series, whichever bit is turned")
  void oneForm() {
    int read = ByteFlips.check(SERIES, series(), GrantSeries::parse);
    assertTrue(read > 0, "free text may say something else, and is another series then");
  }

  @ParameterizedTest
  @DisplayName(
      "a text whose last time does not follow from the rest is none, nor one more in count")
  @CsvSource({
    "count 4, count 5",
    "count 4, count 1",
    "count 4, count 54",
    "repeat monthly, repeat weekly",
    "repeat monthly, repeat daily",
    "last-end 2027-02-21T03:00:00Z, last-end 2027-03-21T03:00:00Z",
    "last-start 2027-02-21T00:00:00Z, last-start 2027-02-20T00:00:00Z",
    "first-end 2026-11-21T03:00:00Z, first-end 2026-11-21T04:00:00Z"
  })
  void contradicting(String line, String other) {
    String text = new String(SERIES, StandardCharsets.UTF_8);
    assertTrue(text.contains(line));
    byte[] changed = text.replace(line, other).getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedException.class, () -> GrantText.parse(changed));
  }

  @Test
  @DisplayName("nothing leaves by a series, and nobody stands by its uses")
  void onlyReading() throws MalformedException {
    assertThrows(
        IllegalArgumentException.class,
        () -> new GrantSeries(encryptedExport(), Repeat.MONTHLY, 4));
    ExportGrant attended = ExportGrant.parse(fixture("export-grant-attended.txt"));
    assertThrows(
        IllegalArgumentException.class, () -> new GrantSeries(attended, Repeat.MONTHLY, 4));
    byte[] leaving =
        new String(SERIES, StandardCharsets.UTF_8)
            .replace("usb-read", "usb-export-encrypted")
            .getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedException.class, () -> GrantText.parse(leaving));
  }

  private static final byte[] ROTA = fixture("grant-series-v2.txt");

  private static GrantSeries rota(String... people) {
    return new GrantSeries(exportGrant(), Repeat.MONTHLY, 4, List.of(people));
  }

  @Test
  @DisplayName("a rota has exactly the documented bytes, and no other bytes are it")
  void rotaBytes() throws MalformedException {
    GrantSeries three = rota("S-1024", "S-1025", "S-1030");
    assertArrayEquals(ROTA, three.bytes());
    assertEquals(three, GrantText.parse(ROTA));
    assertTrue(ByteFlips.check(ROTA, three, GrantSeries::parse) > 0);
    assertTrue(three.isConfirmedMonthly());
    assertFalse(series().isConfirmedMonthly());
    assertEquals(List.of("S-1024"), series().people());
  }

  @ParameterizedTest
  @DisplayName("a rota is whole: without its lines, with one twice, or confirmed never, it is none")
  @CsvSource({
    "grant-series/v2, grant-series/v1",
    "grant-series/v2, grant-series/v3",
    "rota S-1024 S-1025 S-1030, rota S-1025 S-1024 S-1030",
    "rota S-1024 S-1025 S-1030, rota S-1024 S-1025 S-1025",
    "rota S-1024 S-1025 S-1030, rota S-1024  S-1025",
    "rota S-1024 S-1025 S-1030, rota -",
    "person S-1024, person S-1025",
    "confirm monthly, confirm never",
    "confirm monthly, confirm -"
  })
  void noRota(String line, String other) {
    String text = new String(ROTA, StandardCharsets.UTF_8);
    assertTrue(text.contains(line));
    byte[] changed = text.replace(line, other).getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedException.class, () -> GrantText.parse(changed));
    byte[] without =
        text.replaceAll("(?m)^(rota|confirm) .*\n", "").getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedException.class, () -> GrantText.parse(without));
  }

  @Test
  @DisplayName("a terminal from before rotas finds no series of its form in the first line")
  void olderTerminal() {
    assertThrows(MalformedException.class, () -> StatementLines.read(ROTA, "grant-series"));
  }

  @Test
  @DisplayName("each time is one person's, by turns, and its id follows from the whole rota")
  void turns() {
    GrantSeries three = rota("S-1024", "S-1025", "S-1030");
    assertEquals(
        List.of("S-1024", "S-1025", "S-1030", "S-1024"),
        IntStream.rangeClosed(1, 4).mapToObj(n -> three.occurrence(n).person()).toList());
    assertEquals("S-1024", three.whole().person());
    assertNotEquals(
        three.occurrence(1).request(), rota("S-1024", "S-1030", "S-1025").occurrence(1).request());
    assertNotEquals(three.occurrence(1).request(), series().occurrence(1).request());
  }

  @Test
  @DisplayName("at most twelve take turns, each once, each by a staff number")
  void rotaBounds() {
    List<String> twelve = IntStream.range(0, 12).mapToObj(n -> "S-" + (1024 + n)).toList();
    assertEquals(12, rota(twelve.toArray(String[]::new)).people().size());
    List<String> more = IntStream.range(0, 13).mapToObj(n -> "S-" + (1024 + n)).toList();
    assertThrows(IllegalArgumentException.class, () -> rota(more.toArray(String[]::new)));
    assertThrows(IllegalArgumentException.class, () -> rota("S-1024", "S-1024"));
    assertThrows(IllegalArgumentException.class, () -> rota("S-1024", "何某"));
    assertThrows(IllegalArgumentException.class, () -> rota("S-1025"));
  }

  @Test
  @DisplayName("every month after the first one's needs a confirmation; days are those of Japan")
  void months() {
    GrantSeries one =
        new GrantSeries(
            first("2026-12-31T15:30:00Z", Duration.ofHours(1)),
            Repeat.WEEKLY,
            6,
            List.of(exportGrant().person()));
    assertEquals(YearMonth.of(2027, 1), one.month(1));
    assertEquals(List.of(1, 2, 3, 4, 5), one.numbers(YearMonth.of(2027, 1)));
    assertEquals(List.of(6), one.numbers(YearMonth.of(2027, 2)));
    assertFalse(one.needsConfirmation(1));
    assertFalse(one.needsConfirmation(5));
    assertTrue(one.needsConfirmation(6));
    assertFalse(series().needsConfirmation(4), "as it was signed");
  }

  @Test
  @DisplayName("who knows single exceptions only refuses a series, and a line more than there are")
  void older() {
    assertThrows(MalformedException.class, () -> ExportGrant.parse(SERIES));
    byte[] longer =
        (new String(SERIES, StandardCharsets.UTF_8) + "count 9\n").getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedException.class, () -> GrantText.parse(longer));
  }

  @Test
  @DisplayName("each time is an exception of its own, alike but for id and window")
  void occurrences() {
    GrantSeries series = series();
    Set<String> ids = new HashSet<>();
    for (int number = 1; number <= 4; number++) {
      ExportGrant one = series.occurrence(number);
      assertTrue(ids.add(one.request()), "its own id");
      assertEquals(Optional.of(one), series.allows(one.request()));
      assertEquals(number, series.number(one.request()));
      assertEquals(30, one.minutes());
      assertEquals(exportGrant().fingerprint(), one.fingerprint());
      assertEquals(Duration.ofHours(3), Duration.between(one.start(), one.end()));
    }
    assertEquals(
        List.of(
            Instant.parse("2026-11-21T00:00:00Z"),
            Instant.parse("2026-12-21T00:00:00Z"),
            Instant.parse("2027-01-21T00:00:00Z"),
            Instant.parse("2027-02-21T00:00:00Z")),
        starts(series));
    assertEquals(series.request(), series.whole().request());
    assertEquals(exportGrant().start(), series.whole().start());
    assertEquals(series.occurrence(4).end(), series.whole().end());
  }

  @Test
  @DisplayName("the series' own id, another series' and an invented one are no occurrence")
  void foreignIds() {
    GrantSeries series = series();
    String invented = "AAAAAAAAAAAAAAAAAAAAAA";
    String ofMore = new GrantSeries(exportGrant(), Repeat.MONTHLY, 3).occurrence(1).request();
    for (String id : List.of(series.request(), invented, ofMore)) {
      assertEquals(Optional.empty(), series.allows(id));
      assertEquals(0, series.number(id));
    }
    for (int none : new int[] {0, -1, 5}) {
      assertThrows(IllegalArgumentException.class, () -> series.occurrence(none));
    }
    assertEquals(Optional.of(exportGrant()), exportGrant().allows(exportGrant().request()));
    assertEquals(Optional.empty(), exportGrant().allows(invented));
  }

  @Test
  @DisplayName("a month without the day has its last one, and the next the day again")
  void endOfMonth() {
    GrantSeries series =
        new GrantSeries(first("2026-12-31T00:00:00Z", Duration.ofHours(8)), Repeat.MONTHLY, 4);
    assertEquals(
        List.of(
            Instant.parse("2026-12-31T00:00:00Z"),
            Instant.parse("2027-01-31T00:00:00Z"),
            Instant.parse("2027-02-28T00:00:00Z"),
            Instant.parse("2027-03-31T00:00:00Z")),
        starts(series));
  }

  @Test
  @DisplayName("days are those of Japan")
  void japan() {
    // 08:00 of 31 January there, still the 30th in UTC.
    GrantSeries series =
        new GrantSeries(first("2027-01-30T23:00:00Z", Duration.ofHours(1)), Repeat.MONTHLY, 2);
    assertEquals(Instant.parse("2027-02-27T23:00:00Z"), series.occurrence(2).start());
  }

  @ParameterizedTest
  @DisplayName("the last time is over by 31 March 24:00 in Japan, to the second")
  @CsvSource({
    "2027-03-24T14:00:00Z, PT1H, true",
    "2027-03-24T14:00:00Z, PT1H1S, false",
    "2027-03-24T15:00:00Z, PT1S, false",
    // A first day in April belongs to the next fiscal year.
    "2027-03-31T15:00:00Z, PT1S, true"
  })
  void fiscalYear(String start, String window, boolean possible) {
    ExportGrant first = first(start, Duration.parse(window));
    if (possible) {
      assertEquals(2, new GrantSeries(first, Repeat.WEEKLY, 2).count());
    } else {
      assertThrows(IllegalArgumentException.class, () -> new GrantSeries(first, Repeat.WEEKLY, 2));
    }
  }

  @Test
  @DisplayName("no time lies beyond the years that a text can name")
  void farYear() {
    ExportGrant first = first("9999-12-24T00:00:00Z", Duration.ofHours(1));
    assertEquals(2, new GrantSeries(first, Repeat.WEEKLY, 2).count());
    assertThrows(IllegalArgumentException.class, () -> new GrantSeries(first, Repeat.WEEKLY, 3));
    assertThrows(IllegalArgumentException.class, () -> new GrantSeries(first, Repeat.MONTHLY, 2));
  }

  @Test
  @DisplayName("no time begins before the one before it is over")
  void apart() {
    String monday = "2026-11-23T00:00:00Z";
    assertEquals(3, new GrantSeries(first(monday, Duration.ofDays(7)), Repeat.WEEKLY, 3).count());
    ExportGrant longer = first(monday, Duration.ofDays(7).plusSeconds(1));
    assertThrows(IllegalArgumentException.class, () -> new GrantSeries(longer, Repeat.WEEKLY, 3));
    // From 31 January to 28 February are 28 days, from there to 31 March 31.
    ExportGrant month = first("2027-01-31T00:00:00Z", Duration.ofDays(29));
    assertThrows(IllegalArgumentException.class, () -> new GrantSeries(month, Repeat.MONTHLY, 2));
  }

  @ParameterizedTest
  @DisplayName("one time is no series, nor are more than the weeks of a year")
  @ValueSource(ints = {-1, 0, 1, 54})
  void counts(int count) {
    ExportGrant april = first("2026-04-01T00:00:00Z", Duration.ofHours(1));
    assertThrows(
        IllegalArgumentException.class, () -> new GrantSeries(april, Repeat.WEEKLY, count));
    assertEquals(52, new GrantSeries(april, Repeat.WEEKLY, 52).count());
  }
}
