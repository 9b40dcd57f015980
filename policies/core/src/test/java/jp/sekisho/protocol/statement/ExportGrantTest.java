package jp.sekisho.protocol.statement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static jp.sekisho.protocol.ProtocolSamples.clipboard;
import static jp.sekisho.protocol.ProtocolSamples.encryptedExport;
import static jp.sekisho.protocol.ProtocolSamples.exportGrant;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.mediaImport;
import static jp.sekisho.protocol.ProtocolSamples.oneOf;
import static jp.sekisho.protocol.ProtocolSamples.plainExport;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
  private static final byte[] PLAIN = fixture("export-grant-plain.txt");
  private static final byte[] IMPORT = fixture("export-grant-import.txt");
  private static final byte[] CLIPBOARD = fixture("export-grant-clipboard.txt");

  @Test
  @DisplayName("a grant has exactly the documented bytes, and its detail is their SHA-256")
  void bytes() throws MalformedException {
    assertArrayEquals(GRANT, exportGrant().bytes());
    assertEquals(exportGrant(), ExportGrant.parse(GRANT));
    assertEquals(Sha256.text(GRANT), exportGrant().detail());
  }

  @Test
  @DisplayName("what leaves, and who stands by, has exactly the documented bytes")
  void secondForm() throws MalformedException {
    byte[] encrypted = fixture("export-grant-encrypted.txt");
    assertArrayEquals(encrypted, encryptedExport().bytes());
    assertEquals(encryptedExport(), ExportGrant.parse(encrypted));
    assertArrayEquals(PLAIN, plainExport().bytes());
    assertEquals(plainExport(), GrantText.parse(PLAIN));
    ExportGrant attended = ExportGrant.parse(fixture("export-grant-attended.txt"));
    assertEquals("S-2050", attended.attendant());
    assertNull(attended.export());
    assertEquals(Capability.USB_READ, attended.capability());
  }

  @Test
  @DisplayName("what is of no registered medium has exactly the documented bytes")
  void thirdForm() throws MalformedException {
    assertArrayEquals(IMPORT, mediaImport().bytes());
    assertEquals(mediaImport(), ExportGrant.parse(IMPORT));
    assertArrayEquals(CLIPBOARD, clipboard().bytes());
    assertEquals(clipboard(), GrantText.parse(CLIPBOARD));
    assertNull(clipboard().export());
    assertNull(clipboard().medium());
    assertFalse(Capability.CLIPBOARD.isOfMedium());
    assertTrue(Capability.EXPORT_PLAIN.isOfMedium());
  }

  @Test
  @DisplayName("a text of one form is of no other: v1, v2 and v3 never share one")
  void eachForm() {
    Random random = new Random(20261123);
    for (int i = 0; i < 1_000; i++) {
      ExportGrant grant = any(random);
      String text = new String(grant.bytes(), UTF_8);
      int expected = 2;
      if (grant.capability() == Capability.USB_READ && grant.attendant() == null) {
        expected = 1;
      } else if (!grant.capability().isOfMedium()) {
        expected = 3;
      }
      assertTrue(text.startsWith("sekisho/grant/v" + expected + "\n"), text);
      for (int other = 1; other <= 4; other++) {
        if (other != expected) {
          byte[] renamed = ("sekisho/grant/v" + other + text.substring(16)).getBytes(UTF_8);
          assertThrows(MalformedException.class, () -> ExportGrant.parse(renamed), text);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "medium -, medium M-0007",
    "fingerprint -, fingerprint A9Zt0Ig1wco_EozOrNHzGslBYwlrIPRFroQoW8CDLXI",
    "recipient -, recipient prefecture",
    "names -, names a.csv",
    "capability media-import, capability clipboard",
    "capability media-import, capability usb-read",
    "capability media-import, capability usb-export-encrypted",
    "files 40, files 0",
    "files 40, files 100001",
    "files 40, files 040",
    "bytes 734003200, bytes 0",
    "bytes 734003200, bytes 1099511627777",
    "attendant -, attendant S-1024",
    "sekisho/grant/v3, sekisho/grant/v2"
  })
  @DisplayName("R4: an import says how much comes in, and names no medium and no recipient")
  void imported(String part, String instead) {
    refusedIn(IMPORT, part, instead);
  }

  @ParameterizedTest
  @CsvSource({
    "medium -, medium M-0007",
    "recipient -, recipient prefecture",
    "names -, names a.csv",
    "capability clipboard, capability media-import",
    "capability clipboard, capability export-plain",
    "files 0, files 1",
    "bytes 65536, bytes 0",
    "bytes 65536, bytes 1073741825",
    "attendant S-2050, attendant S-1024"
  })
  @DisplayName("R9: a clipboard grant says how many bytes go over a boundary, and nothing of files")
  void copied(String part, String instead) {
    refusedIn(CLIPBOARD, part, instead);
  }

  @Test
  @DisplayName("what is of no medium is never extended: who needs more of it asks again")
  void noExtension() {
    for (ExportGrant grant : List.of(mediaImport(), clipboard())) {
      assertFalse(grant.isExtendedBy(grant.extended("まだかかります", grant.end().plusSeconds(60), 40)));
    }
  }

  @Test
  @DisplayName("what v1 can say is said in v1 alone, so no grant has two texts")
  void oneForm() {
    String read = new String(fixture("export-grant-attended.txt"), StandardCharsets.UTF_8);
    String alone = read.replace("attendant S-2050", "attendant -");
    assertThrows(MalformedException.class, () -> ExportGrant.parse(alone.getBytes(UTF_8)));
    String first = new String(PLAIN, StandardCharsets.UTF_8).replace("grant/v2", "grant/v1");
    assertThrows(MalformedException.class, () -> ExportGrant.parse(first.getBytes(UTF_8)));
    String third = new String(PLAIN, StandardCharsets.UTF_8).replace("grant/v2", "grant/v3");
    assertThrows(MalformedException.class, () -> ExportGrant.parse(third.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @CsvSource({
    "capability export-plain, capability usb-read",
    "capability export-plain, capability usb-export-encrypted",
    "capability export-plain, capability media-import",
    "capability export-plain, capability clipboard",
    "attendant S-2050, attendant -",
    "attendant S-2050, attendant S-1024",
    "attendant S-2050, attendant 123456789018",
    "recipient pension-office, recipient -",
    "recipient pension-office, recipient Pension",
    "recipient pension-office, recipient pension--office",
    "files 2, files 0",
    "files 2, files 3",
    "files 2, files 02",
    "bytes 1048576, bytes 0",
    "bytes 1048576, bytes 1099511627777",
    "bytes 1048576, bytes 9999999999999999",
    "bytes 1048576, bytes -1",
    "/b.csv, ''",
    "/b.csv, /",
    "/b.csv, //b.csv",
    "/b.csv, /..",
    "/b.csv, /.b",
    "/b.csv, /b.",
    "/b.csv, /-b",
    "/b.csv, '/b.csv/'",
    "/b.csv, /c:b.csv",
    "/b.csv, '/ b.csv'",
    "b.csv, 課税 資料（令和8年）.CSV",
    "names 課税 資料（令和8年）.csv/b.csv, names -"
  })
  @DisplayName("R10, R14: each kind says what it must and nothing else, in its one form")
  void leaving(String part, String instead) {
    refusedIn(PLAIN, part, instead);
  }

  @ParameterizedTest
  @CsvSource({
    "names -, names a.csv/b.csv/c.csv",
    "files 3, files 100001",
    "attendant -, attendant S-1024",
    "recipient prefecture, recipient -",
    "capability usb-export-encrypted, capability export-plain"
  })
  @DisplayName("R13: what leaves encrypted has no names, and a recipient")
  void encrypted(String part, String instead) {
    refusedIn(fixture("export-grant-encrypted.txt"), part, instead);
  }

  @Test
  @DisplayName("up to 20 files of up to 100 characters leave in plain, and the text has room")
  void names() throws MalformedException {
    List<String> most = new ArrayList<>();
    for (int i = 0; i < ExportGrant.MAX_NAMED; i++) {
      most.add("あ".repeat(80) + i);
    }
    ExportGrant grant = plain(most);
    assertEquals(grant, ExportGrant.parse(grant.bytes()));
    assertTrue(grant.bytes().length < StatementLines.MAX_BYTES);
    most.add("one-more");
    assertThrows(IllegalArgumentException.class, () -> plain(most));
    assertThrows(IllegalArgumentException.class, () -> plain(List.of("a".repeat(101))));
    assertThrows(IllegalArgumentException.class, () -> plain(List.of("あ".repeat(86))));
    assertThrows(IllegalArgumentException.class, () -> plain(List.of("a/b", "c")));
  }

  private static ExportGrant plain(List<String> names) {
    ExportGrant of = plainExport();
    return new ExportGrant(
        of.request(),
        of.organ(),
        of.person(),
        of.terminal(),
        of.capability(),
        of.medium(),
        of.fingerprint(),
        of.reason(),
        of.document(),
        of.legalBasis(),
        of.providedTo(),
        of.subjects(),
        of.start(),
        of.end(),
        of.minutes(),
        of.attendant(),
        new ExportGrant.Export("prefecture", names.size(), 1, names));
  }

  @Test
  @DisplayName("an extension compares what leaves, to whom and who stands by")
  void extension() throws MalformedException {
    ExportGrant grant = plainExport();
    ExportGrant longer = grant.extended("まだかかります", grant.end().plusSeconds(60), 40);
    assertTrue(grant.isExtendedBy(longer));
    String text = new String(longer.bytes(), StandardCharsets.UTF_8);
    for (String[] other :
        List.of(
            new String[] {"attendant S-2050", "attendant S-2051"},
            new String[] {"pension-office", "prefecture"},
            new String[] {"bytes 1048576", "bytes 1048577"},
            new String[] {"b.csv", "c.csv"})) {
      ExportGrant changed = ExportGrant.parse(text.replace(other[0], other[1]).getBytes(UTF_8));
      assertFalse(grant.isExtendedBy(changed), other[1]);
    }
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
    Capability capability = oneOf(random, Capability.values());
    boolean plain = capability == Capability.EXPORT_PLAIN;
    List<String> names =
        plain ? List.of("a.csv", "課税 資料.csv", "x").subList(0, 1 + random.nextInt(3)) : List.of();
    return new ExportGrant(
        random(random, 16),
        oneOf(random, "mayor", "assembly", "board-of-education"),
        "S-" + random.nextInt(100_000),
        "T-" + random.nextInt(10_000),
        capability,
        capability.isOfMedium() ? "M-" + random.nextInt(10_000) : null,
        capability.isOfMedium() ? random(random, 32) : null,
        oneOf(random, "読み込み", "--", "a b", "課税 資料（令和8年）", "x".repeat(ExportGrant.MAX_REASON)),
        orNull(random, "税第123号", "- -"),
        orNull(random, "番号法第19条第8号"),
        orNull(random, "県税事務所"),
        random.nextInt(ExportGrant.MAX_SUBJECTS + 1),
        start,
        start.plusSeconds(1 + random.nextInt(ExportGrant.MAX_DAYS * 86_400)),
        1 + random.nextInt(ExportGrant.MAX_MINUTES),
        plain ? "A-1" : orNull(random, "A-1"),
        amount(random, capability, names));
  }

  private static ExportGrant.@Nullable Amount amount(
      Random random, Capability capability, List<String> names) {
    int files = 1 + random.nextInt(ExportGrant.MAX_FILES);
    long bytes = 1 + (random.nextLong() & (ExportGrant.MAX_BYTES - 1));
    String recipient = oneOf(random, "prefecture", "pension-office");
    return switch (capability) {
      case USB_READ -> null;
      case USB_EXPORT_ENCRYPTED -> new ExportGrant.Export(recipient, files, bytes, names);
      case EXPORT_PLAIN -> new ExportGrant.Export(recipient, names.size(), bytes, names);
      case MEDIA_IMPORT -> new ExportGrant.Bounds(files, bytes);
      case CLIPBOARD ->
          new ExportGrant.Bounds(0, 1 + (bytes & (ExportGrant.MAX_CLIPBOARD_BYTES - 1)));
    };
  }

  private static @Nullable String orNull(Random random, String... texts) {
    return random.nextInt(3) == 0 ? null : oneOf(random, texts);
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  @DisplayName("the line rules of every statement hold")
  void lineRules(LineRule rule) {
    for (byte[] grant : List.of(GRANT, PLAIN, IMPORT)) {
      for (byte[] broken : rule.breakIt(grant)) {
        assertThrows(
            MalformedException.class,
            () -> ExportGrant.parse(broken),
            () -> new String(broken, StandardCharsets.UTF_8));
      }
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
    refusedIn(GRANT, part, instead);
  }

  private static void refusedIn(byte[] grant, String part, String instead) {
    String text = new String(grant, StandardCharsets.UTF_8);
    String changed = text.replace(part, instead);
    assertTrue(!changed.equals(text));
    assertThrows(
        MalformedException.class,
        () -> ExportGrant.parse(changed.getBytes(StandardCharsets.UTF_8)),
        changed);
  }
}
