package jp.sekisho.protocol.statement;

import static jp.sekisho.protocol.ProtocolSamples.exportGrant;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.oneOf;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExportGrantTest {
  private static final byte[] GRANT = fixture("export-grant.txt");

  @Test
  @DisplayName("a grant has exactly the documented bytes, and its detail is their SHA-256")
  void bytes() throws MalformedException {
    assertArrayEquals(GRANT, exportGrant().bytes());
    assertEquals(exportGrant(), ExportGrant.parse(GRANT));
    assertEquals(Sha256.text(GRANT), exportGrant().detail());
  }

  @Test
  @DisplayName("what was written reads as the same grant, and never as another")
  void roundTrip() throws MalformedException {
    Random random = new Random(20261121);
    for (int i = 0; i < 2_000; i++) {
      ExportGrant grant = any(random);
      assertEquals(grant, ExportGrant.parse(grant.bytes()));
    }
  }

  @Test
  @DisplayName("one changed bit is malformed or another grant")
  void flips() {
    Random random = new Random(1);
    for (int i = 0; i < 8; i++) {
      ExportGrant grant = any(random);
      assertTrue(ByteFlips.check(grant.bytes(), grant, ExportGrant::parse) > 0);
    }
  }

  private static ExportGrant any(Random random) {
    Instant start = Instant.ofEpochSecond(1_700_000_000L + random.nextInt(1 << 30));
    return new ExportGrant(
        random(random, 16),
        oneOf(random, "mayor", "assembly", "board-of-education"),
        "S-" + random.nextInt(100_000),
        "T-" + random.nextInt(10_000),
        Capability.USB_READ,
        "M-" + random.nextInt(10_000),
        random(random, 32),
        oneOf(random, "読み込み", "--", "a b", "課税 資料（令和8年）", "x".repeat(ExportGrant.MAX_REASON)),
        orNull(random, "税第123号", "- -"),
        orNull(random, "番号法第19条第8号"),
        orNull(random, "県税事務所"),
        random.nextInt(ExportGrant.MAX_SUBJECTS + 1),
        start,
        start.plusSeconds(1 + random.nextInt(ExportGrant.MAX_DAYS * 86_400)),
        1 + random.nextInt(ExportGrant.MAX_MINUTES));
  }

  private static @Nullable String orNull(Random random, String... texts) {
    return random.nextInt(3) == 0 ? null : oneOf(random, texts);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the line rules of every statement hold")
  void lineRules(LineRule rule) {
    for (byte[] broken : rule.breakIt(GRANT)) {
      assertThrows(
          MalformedException.class,
          () -> ExportGrant.parse(broken),
          () -> new String(broken, StandardCharsets.UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "end 2026-11-21T03:00:00Z, end -",
    "end 2026-11-21T03:00:00Z, end 2026-11-21T00:00:00Z",
    "end 2026-11-21T03:00:00Z, end 2026-11-20T23:59:59Z",
    "end 2026-11-21T03:00:00Z, end 2027-11-22T00:00:01Z",
    "end 2026-11-21T03:00:00Z, end 2026-11-21T12:00:00+09:00",
    "end 2026-11-21T03:00:00Z, end 2026-11-21T03:00Z",
    "end 2026-11-21T03:00:00Z, end 2026-11-21T03:00:00.5Z",
    "start 2026-11-21T00:00:00Z, start 1999-12-31T23:59:59Z",
    "minutes 30, minutes 0",
    "minutes 30, minutes -",
    "minutes 30, minutes 1441",
    "minutes 30, minutes 030",
    "minutes 30, minutes ３０",
    "minutes 30, minutes -1"
  })
  @DisplayName("start, end and minutes: all there, in their one form, within every limit")
  void limits(String part, String instead) {
    refused(part, instead);
  }

  @ParameterizedTest
  @CsvSource({
    "request AAECAwQFBgcICQoLDA0ODw, request AAECAwQFBgcICQoLDA0OD",
    "organ mayor, organ Mayor",
    "person S-1024, person 123456789018",
    "terminal T-0042, terminal M-0007",
    "capability usb-read, capability usb-export",
    "capability usb-read, capability USB-READ",
    "medium M-0007, medium 0007",
    "medium M-0007, medium T-0007",
    "subjects 1250, subjects -1",
    "subjects 1250, subjects 1000000000",
    "subjects 1250, subjects 01250",
    "reason 県税事務所から届いた課税資料の読み込み, reason -"
  })
  @DisplayName("every name and number in its one form; a reason there must be")
  void names(String part, String instead) {
    refused(part, instead);
  }

  @ParameterizedTest
  @ValueSource(strings = {" 読み込み", "読み込み ", "\u3000読み込み", "読み込み\u00a0", "\u2003x"})
  @DisplayName("a free text neither begins nor ends with a space")
  void spaces(String reason) {
    refused("県税事務所から届いた課税資料の読み込み", reason);
  }

  @Test
  @DisplayName("a free text over its limit is refused; characters are counted, not UTF-16 units")
  void lengths() throws MalformedException {
    String rare = "\uD842\uDFB7"; // 𠮷
    String text = new String(GRANT, StandardCharsets.UTF_8);
    String longest = text.replace("税第123号", rare.repeat(ExportGrant.MAX_DOCUMENT));
    ExportGrant.parse(longest.getBytes(StandardCharsets.UTF_8));
    refused("税第123号", rare.repeat(ExportGrant.MAX_DOCUMENT + 1));
    refused("legal-basis -", "legal-basis " + "法".repeat(ExportGrant.MAX_PLACE + 1));
    refused("provided-to -なし", "provided-to " + "県".repeat(ExportGrant.MAX_PLACE + 1));
    refused("県税事務所から届いた課税資料の読み込み", "読".repeat(ExportGrant.MAX_REASON + 1));
  }

  @Test
  @DisplayName("the deadline is the minutes after activation, and never after the end")
  void deadline() {
    ExportGrant grant = exportGrant();
    assertEquals(
        Instant.parse("2026-11-21T01:30:00Z"),
        grant.deadline(Instant.parse("2026-11-21T01:00:00Z")));
    assertEquals(grant.end(), grant.deadline(grant.end().minus(Duration.ofMinutes(30))));
    assertEquals(grant.end(), grant.deadline(grant.end().minus(Duration.ofMinutes(1))));
    assertNotEquals(grant.end(), grant.deadline(grant.end().minus(Duration.ofMinutes(31))));
  }

  private static void refused(String part, String instead) {
    String text = new String(GRANT, StandardCharsets.UTF_8);
    String changed = text.replace(part, instead);
    assertTrue(!changed.equals(text));
    assertThrows(
        MalformedException.class,
        () -> ExportGrant.parse(changed.getBytes(StandardCharsets.UTF_8)),
        changed);
  }
}
