package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.exceptionalMeasure;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.oneOf;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExceptionalMeasureTest {
  private static final byte[] MEASURE = fixture("exceptional-measure.txt");

  @Test
  @DisplayName("a measure has exactly the documented bytes, and its detail is their SHA-256")
  void bytes() throws MalformedException {
    assertArrayEquals(MEASURE, exceptionalMeasure().bytes());
    assertEquals(exceptionalMeasure(), ExceptionalMeasure.parse(MEASURE));
    assertEquals(Sha256.text(MEASURE), exceptionalMeasure().detail());
    assertTrue(ExceptionalMeasure.isText(MEASURE));
    assertFalse(ExceptionalMeasure.isText(fixture("export-grant.txt")));
    assertFalse(ExceptionalMeasure.isText(new byte[0]));
  }

  @Test
  @DisplayName("what was written reads as the same measure, and one changed bit never as it")
  void roundTripAndFlips() throws MalformedException {
    Random random = new Random(20261122);
    for (int i = 0; i < 1_000; i++) {
      ExceptionalMeasure measure = any(random);
      assertEquals(measure, ExceptionalMeasure.parse(measure.bytes()));
      if (i < 8) {
        assertTrue(ByteFlips.check(measure.bytes(), measure, ExceptionalMeasure::parse) > 0);
      }
    }
  }

  private static ExceptionalMeasure any(Random random) {
    int about = random.nextInt(3);
    LocalDate from = LocalDate.of(2026, 1, 1).plusDays(random.nextInt(4_000));
    LocalDate end = FiscalYear.end(from);
    LocalDate until = from.plusDays(random.nextLong(end.toEpochDay() - from.toEpochDay() + 1));
    LocalDate review = from.plusDays(random.nextLong(until.toEpochDay() - from.toEpochDay() + 1));
    return new ExceptionalMeasure(
        random(random, 16),
        "E-" + (1_000 + random.nextInt(1_000_000)),
        oneOf(random, "mayor", "assembly"),
        "S-" + random.nextInt(100_000),
        about == 0 ? List.of("T-1", "T-2-A") : List.of(),
        about == 1 ? oneOf(random, "0101", "市民課", "a b") : null,
        about == 2 || random.nextBoolean() ? "usb.e-0007" : null,
        oneOf(random, "更新まで", "--", "x".repeat(ExceptionalMeasure.MAX_TEXT)),
        oneOf(random, "週1回点検する", "a b"),
        random.nextBoolean() ? "情第45号" : null,
        from,
        review,
        until,
        random.nextBoolean() ? "E-0003" : null);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the line rules of every statement hold")
  void lineRules(LineRule rule) {
    for (byte[] broken : rule.breakIt(MEASURE)) {
      assertThrows(
          MalformedException.class,
          () -> ExceptionalMeasure.parse(broken),
          () -> new String(broken, StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "until 2027-03-31, until -",
    "until 2027-03-31, until 2027-04-01",
    "until 2027-03-31, until 2027-01-30",
    "until 2027-03-31, until 9999-12-31",
    "until 2027-03-31, until 2027-3-31",
    "until 2027-03-31, until 2027-02-29",
    "review 2027-01-31, review -",
    "review 2027-01-31, review 2027-04-01",
    "review 2027-01-31, review 2026-11-21",
    "from 2026-11-22, from -",
    "from 2026-11-22, from 2026-03-31",
    "from 2026-11-22, from 2027-02-01"
  })
  @DisplayName("item 7: nothing without an end, and none beyond 31 March of its fiscal year")
  void days(String part, String instead) {
    refused(part, instead);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-04-01, 2027-03-31",
    "2027-03-31, 2027-03-31",
    "2026-12-31, 2027-03-31",
    "2027-01-01, 2027-03-31",
    "2028-02-29, 2028-03-31"
  })
  @DisplayName("the fiscal year of a day ends at 24:00 of the next 31 March, or of that day itself")
  void fiscalYear(LocalDate day, LocalDate end) {
    assertEquals(end, FiscalYear.end(day));
    assertTrue(lasting(day, end).includes(end));
    assertThrows(IllegalArgumentException.class, () -> lasting(day, end.plusDays(1)));
  }

  private static ExceptionalMeasure lasting(LocalDate from, LocalDate until) {
    ExceptionalMeasure usual = exceptionalMeasure();
    return new ExceptionalMeasure(
        usual.measure(),
        usual.number(),
        usual.organ(),
        usual.askedBy(),
        usual.terminals(),
        usual.division(),
        usual.rule(),
        usual.reason(),
        usual.substitute(),
        usual.document(),
        from,
        from,
        until,
        usual.renews());
  }

  @ParameterizedTest
  @CsvSource({
    "number E-0007, number 7",
    "asked-by S-1024, asked-by 123456789018",
    "terminals T-0042 T-0043, terminals T-0043 T-0042",
    "terminals T-0042 T-0043, terminals T-0042 T-0042",
    "terminals T-0042 T-0043, terminals T-0042  T-0043",
    "terminals T-0042 T-0043, terminals M-0042",
    "division -, division 0101",
    "rule usb.storage, rule USB",
    "reason 検診用スキャナが登録できるまでの間, reason -",
    "substitute 入室者を記録し、情報システム担当が週1回点検する, substitute -",
    "renews E-0003, renews E-0007",
    "renews E-0003, renews 3"
  })
  @DisplayName("every name in its one form; reason and substitute measure there must be")
  void names(String part, String instead) {
    refused(part, instead);
  }

  @Test
  @DisplayName("it says what it is about: terminals, a division or a rule")
  void subject() {
    String text = new String(MEASURE, StandardCharsets.UTF_8);
    String nothing =
        text.replace("terminals T-0042 T-0043", "terminals -").replace("usb.storage", "-");
    assertThrows(
        MalformedException.class,
        () -> ExceptionalMeasure.parse(nothing.getBytes(StandardCharsets.UTF_8)));
    assertTrue(exceptionalMeasure().covers("T-0042", null));
    assertFalse(exceptionalMeasure().covers("T-0044", "0101"));
  }

  private static void refused(String part, String instead) {
    String text = new String(MEASURE, StandardCharsets.UTF_8);
    String changed = text.replace(part + "\n", instead + "\n");
    assertTrue(!changed.equals(text), part);
    assertThrows(
        MalformedException.class,
        () -> ExceptionalMeasure.parse(changed.getBytes(StandardCharsets.UTF_8)),
        changed);
  }
}
