package jp.sekisho.protocol.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static jp.sekisho.protocol.ProtocolSamples.deviceRecord;
import static jp.sekisho.protocol.ProtocolSamples.entry;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.range;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTest {
  private static final byte[] TEXT = fixture("entry.json");
  private static final Instant TIME = Instant.parse("2026-11-20T23:31:05.500Z");

  @Test
  @DisplayName("an entry has exactly the documented bytes and says what it was made of")
  void bytes() throws MalformedException {
    assertArrayEquals(TEXT, entry().bytes());
    Entry read = Entry.parse(TEXT);
    assertArrayEquals(TEXT, read.bytes());
    assertEquals("login.refused", read.type());
    assertFalse(read.success());
    assertEquals(Refusal.NOT_ENROLLED.name(), read.reason());
    assertEquals(TIME, read.time());
    assertEquals("ICEiIyQlJicoKSorLC0uLw", read.entryId());
    assertEquals(entry().subject(), read.subject());
    assertEquals(Map.of("transaction", "AAECAwQFBgcICQoLDA0ODw"), read.data());
    assertEquals(Map.of(), read.device());
  }

  @Test
  @DisplayName("the entry of a terminal's record names the record by boot, seq, time and hash")
  void deviceRecordBytes() {
    Entry entry =
        Entry.of(
            range(32, 16),
            range(48, 16),
            TIME,
            Entry.Subject.terminal("mayor", "T-0042"),
            deviceRecord());
    assertArrayEquals(fixture("entry-of-device-record.json"), entry.bytes());
  }

  @Test
  @DisplayName("an event without a reason is a success, one with a reason a failure")
  void outcome() {
    Entry success = of(new SessionEvent.Resumed());
    assertTrue(success.success());
    assertNull(success.reason());
    Entry failure = of(new ServiceEvent.StateTampered("person", "17"));
    assertFalse(failure.success());
    assertEquals("STATE_TAMPERED", failure.reason());
  }

  @Test
  @DisplayName("names this version does not know survive reading and writing")
  void unknownNames() throws MalformedException {
    String newer =
        new String(TEXT, UTF_8)
            .replace("\"v\":1}", "\"v\":1,\"zone\":{\"a\":[1,true,\"関\"]}}")
            .replace("{\"data\"", "{\"approval\":\"x\",\"data\"");
    assertArrayEquals(newer.getBytes(UTF_8), Entry.parse(newer.getBytes(UTF_8)).bytes());
  }

  @Test
  @DisplayName("what an entry gives out cannot change it")
  void immutable() throws MalformedException {
    Entry entry = Entry.parse(fixture("entry-of-device-record.json"));
    assertThrows(UnsupportedOperationException.class, () -> entry.data().put("name", "x"));
    assertThrows(UnsupportedOperationException.class, () -> entry.device().clear());
  }

  @ParameterizedTest
  @ValueSource(strings = {"123456789018", "1234-5678-9018", "１２３４５６７８９０１８", "山田太郎", "", "S 1"})
  @DisplayName("a person is a staff number: no name, and nothing with the form of a 個人番号")
  void persons(String person) {
    assertThrows(IllegalArgumentException.class, () -> Entry.Subject.person("mayor", person));
    refused("\"person\":\"S-1024\"", "\"person\":\"" + person + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "'\"v\":1', '\"v\":2'",
    "'\"v\":1', '\"v\":\"1\"'",
    "'\"organ\":\"mayor\"', '\"organ\":\"Mayor\"'",
    "'\"organ\":\"mayor\"', '\"organ\":[\"mayor\"]'",
    "'\"terminal\":\"T-0042\"', '\"terminal\":\"0042\"'",
    "'\"outcome\":\"failure\"', '\"outcome\":\"success\"'",
    "'\"outcome\":\"failure\"', '\"outcome\":\"FAILURE\"'",
    "'login.refused', 'login'",
    "'login.refused', 'Login.Refused'",
    "'05.500Z', '05.5Z'",
    "'05.500Z', '05.500+00:00'",
    "'2026-11-20', '2026-11-31'",
    "'ICEiIyQlJicoKSorLC0uLw', 'ICEiIyQlJicoKSorLC0uLx'",
    "'ICEiIyQlJicoKSorLC0uLw', 'ICEiIyQlJicoKSorLC0u'",
    "'\"data\":{\"transaction\":\"AAECAwQFBgcICQoLDA0ODw\"}', '\"data\":\"x\"'",
    "'\"reason\":\"NOT_ENROLLED\"', '\"reason\":1'"
  })
  @DisplayName("a field outside its rule is refused")
  void fields(String part, String instead) {
    refused(part, instead);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v", "entry", "salt", "time", "type", "outcome"})
  @DisplayName("what every entry has cannot be missing")
  void required(String name) throws MalformedException {
    Map<String, Object> fields = new java.util.TreeMap<>(CanonicalJson.read(TEXT));
    fields.remove(name);
    byte[] bytes = CanonicalJson.write(fields);
    assertThrows(MalformedException.class, () -> Entry.parse(bytes));
  }

  @Test
  @DisplayName("id and salt are 16 bytes, and the whole at most 16 KiB")
  void sizes() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Entry.of(new byte[15], new byte[16], TIME, Entry.Subject.NONE, started("x")));
    assertThrows(
        IllegalArgumentException.class,
        () -> Entry.of(new byte[16], new byte[17], TIME, Entry.Subject.NONE, started("x")));
    assertThrows(IllegalArgumentException.class, () -> of(started("x".repeat(16 * 1024))));
  }

  @Test
  @DisplayName("one changed bit is malformed or another entry")
  void flips() {
    for (int at = 0; at < TEXT.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] changed = TEXT.clone();
        changed[at] ^= (byte) (1 << bit);
        try {
          assertArrayEquals(changed, Entry.parse(changed).bytes());
        } catch (MalformedException e) {
          continue;
        }
        assertFalse(Arrays.equals(TEXT, changed));
      }
    }
  }

  @Test
  @DisplayName("the canonical rules hold: order, white space, repeated names")
  void canonical() {
    for (String broken :
        List.of(
            new String(TEXT, UTF_8) + "\n",
            " " + new String(TEXT, UTF_8),
            new String(TEXT, UTF_8).replace("\"v\":1", "\"v\": 1"),
            new String(TEXT, UTF_8).replace("\"v\":1", "\"v\":1,\"v\":1"))) {
      assertThrows(MalformedException.class, () -> Entry.parse(broken.getBytes(UTF_8)), broken);
    }
  }

  private static ServiceEvent started(String version) {
    return new ServiceEvent.Started(version);
  }

  @Test
  void namesRowsAndTheyAreFoundWithoutParsing() throws Exception {
    Entry plain = of(started("x"));
    assertEquals(List.of(), plain.rows());
    assertEquals(List.of(), Entry.rows(plain.bytes()));
    Entry about = plain.about("passkey/a").about("web_session/b");
    assertEquals(List.of("passkey/a", "web_session/b"), about.rows());
    assertEquals(about.rows(), Entry.rows(about.bytes()));
    Entry read = Entry.parse(about.bytes());
    assertEquals(about.rows(), read.rows());
    assertArrayEquals(about.bytes(), read.bytes());
    assertThrows(IllegalArgumentException.class, () -> plain.about("x".repeat(16 * 1024)));
  }

  /** What is put in between is what writing the whole anew would give, up to the same length. */
  @Test
  void rowsStandWhereCanonicalJsonHasThem() throws Exception {
    Entry entry = of(started("券\"salt\":\"" + "é".repeat(3_000)));
    int rows = 0;
    while (true) {
      Entry more;
      try {
        more = entry.about("web_session/" + rows);
      } catch (IllegalArgumentException e) {
        break;
      }
      assertArrayEquals(more.bytes(), Entry.parse(more.bytes()).bytes());
      assertTrue(more.bytes().length <= CanonicalJson.MAX_BYTES);
      entry = more;
      rows++;
    }
    assertEquals(rows, entry.rows().size());
    assertTrue(entry.bytes().length > CanonicalJson.MAX_BYTES - 30, "up to the limit");
    Entry plain = of(started("x"));
    for (String row : List.of("", "web_session/", "web_session/\"", "a/b\\", "a/ü", "a\n/b")) {
      assertThrows(IllegalArgumentException.class, () -> plain.about(row), row);
    }
  }

  /** A text of an event cannot pass for the names of rows. */
  @Test
  void rowsInsideATextAreNone() {
    String text = "\"rows\":[\"passkey/a\"],\"salt\":\"";
    assertEquals(List.of(), Entry.rows(of(started(text)).bytes()));
  }

  /** What a terminal sends may have any members: theirs name no rows of the service. */
  @Test
  void rowsFurtherInAreNone() throws Exception {
    String forged = "{\"rows\":[\"passkey/a\"],\"salt\":\"y\"}";
    for (Entry entry : List.of(of(started("x")), of(started("x")).about("terminal/T-1"))) {
      String text = new String(entry.bytes(), UTF_8);
      for (String data :
          List.of(forged, "{\"a\":[{\"b\":\"\\\"}\"}," + forged + "]}", "{\"a\":" + forged + "}")) {
        byte[] bytes = text.replaceFirst("\"data\":\\{[^}]*}", quoted(data)).getBytes(UTF_8);
        assertEquals(entry.rows(), Entry.parse(bytes).rows(), data);
        assertEquals(entry.rows(), Entry.rows(bytes), data);
      }
    }
  }

  private static String quoted(String data) {
    return Matcher.quoteReplacement("\"data\":" + data);
  }

  @Test
  void rowsAreTexts() {
    byte[] bytes =
        new String(of(started("x")).about("passkey/a").bytes(), UTF_8)
            .replace("[\"passkey/a\"]", "[1]")
            .getBytes(UTF_8);
    assertThrows(MalformedException.class, () -> Entry.parse(bytes));
  }

  private static Entry of(AuditEvent event) {
    return Entry.of(new byte[16], new byte[16], TIME, Entry.Subject.NONE, event);
  }

  private static void refused(String part, String instead) {
    String text = new String(TEXT, UTF_8);
    String changed = text.replace(part, instead);
    assertTrue(!changed.equals(text));
    assertThrows(MalformedException.class, () -> Entry.parse(changed.getBytes(UTF_8)), changed);
  }
}
