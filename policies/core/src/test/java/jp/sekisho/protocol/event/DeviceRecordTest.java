package jp.sekisho.protocol.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static jp.sekisho.protocol.ProtocolSamples.BOOT;
import static jp.sekisho.protocol.ProtocolSamples.TRANSACTION;
import static jp.sekisho.protocol.ProtocolSamples.deviceRecord;
import static jp.sekisho.protocol.ProtocolSamples.fixture;
import static jp.sekisho.protocol.ProtocolSamples.oneOf;
import static jp.sekisho.protocol.ProtocolSamples.random;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import jp.sekisho.protocol.ByteFlips;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceRecordTest {
  private static final byte[] TEXT = fixture("device-record.json");
  private static final Instant TIME = Instant.parse("2026-11-20T23:31:05.120Z");

  @Test
  @DisplayName("a record has exactly the documented bytes")
  void bytes() throws MalformedException {
    assertArrayEquals(TEXT, deviceRecord().bytes());
    assertEquals(deviceRecord(), DeviceRecord.parse(TEXT));
    AgentEvent event = new AgentEvent.LoginRefused(TRANSACTION, 2, null, Refusal.PIN_WRONG);
    assertEquals(
        deviceRecord(), DeviceRecord.of("T-0042", BOOT, 7, DeviceRecord.GENESIS, TIME, event));
  }

  @Test
  @DisplayName("the hash is that of the bytes, for the writer and for every reader")
  void hash() throws MalformedException {
    assertEquals(Sha256.text(TEXT), deviceRecord().hash());
    assertEquals(Sha256.text(TEXT), DeviceRecord.parse(TEXT).hash());
  }

  @Test
  @DisplayName("a success has no reason, an event without fields no data")
  void leastRecord() throws MalformedException {
    DeviceRecord record =
        DeviceRecord.of("T-1", BOOT, 1, DeviceRecord.GENESIS, TIME, new AgentEvent.Stopped());
    assertEquals(
        "{\"boot\":\""
            + BOOT
            + "\",\"prev\":\""
            + DeviceRecord.GENESIS
            + "\",\"seq\":1,\"terminal\":\"T-1\",\"time\":\"2026-11-20T23:31:05.120Z\","
            + "\"type\":\"agent.stopped\",\"v\":1}",
        new String(record.bytes(), UTF_8));
    assertEquals(record, DeviceRecord.parse(record.bytes()));
  }

  @ParameterizedTest
  @CsvSource({
    "'\"v\":1', '\"v\":2'",
    "'\"seq\":7', '\"seq\":0'",
    "'\"seq\":7', '\"seq\":-7'",
    "'\"seq\":7', '\"seq\":\"7\"'",
    "'T-0042', '0042'",
    "'agent.login-refused', 'login.refused'",
    "'agent.login-refused', 'policy.imported'",
    "'agent.login-refused', 'policy.renewed'",
    "'agent.login-refused', 'policy.import-refused'",
    "'agent.login-refused', 'agent.'",
    "'agent.login-refused', 'agent.login_refused'",
    "'PIN_WRONG', 'pin-wrong'",
    "'PIN_WRONG', ''",
    "'31:05.120Z', '31:05.120001Z'",
    "'31:05.120Z', '31:05.12Z'",
    "'\"EBESExQVFhcYGRobHB0eHw\"', '\"EBESExQVFhcYGRobHB0eHx\"'",
    "'\"EBESExQVFhcYGRobHB0eHw\"', '\"EBESExQVFhcYGRobHB0e\"'",
    "'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', 'AAECAwQFBgcICQoLDA0ODw'",
    "'\"data\":{\"transaction\":\"AAECAwQFBgcICQoLDA0ODw\",\"triesLeft\":2}', '\"data\":{}'",
    "'\"data\":{\"transaction\":\"AAECAwQFBgcICQoLDA0ODw\",\"triesLeft\":2}', '\"data\":[]'"
  })
  @DisplayName("a field outside its rule is refused")
  void fields(String part, String instead) {
    String text = new String(TEXT, UTF_8);
    String changed = text.replace(part, instead);
    assertTrue(!changed.equals(text));
    assertThrows(
        MalformedException.class, () -> DeviceRecord.parse(changed.getBytes(UTF_8)), changed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v", "terminal", "boot", "seq", "prev", "time", "type"})
  @DisplayName("what every record has cannot be missing")
  void required(String name) throws MalformedException {
    Map<String, Object> fields = new TreeMap<>(CanonicalJson.read(TEXT));
    fields.remove(name);
    byte[] bytes = CanonicalJson.write(fields);
    assertThrows(MalformedException.class, () -> DeviceRecord.parse(bytes));
  }

  @Test
  @DisplayName("an unknown name is refused: without it the hash would be another")
  void unknownName() {
    String newer = new String(TEXT, UTF_8).replace("\"v\":1", "\"usb\":1,\"v\":1");
    assertThrows(MalformedException.class, () -> DeviceRecord.parse(newer.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy.accepted",
        "policy.refused",
        "usb.blocked",
        "export.opened",
        "import.released",
        "clipboard.crossed"
      })
  @DisplayName("a terminal says what it did with a policy, and not what the service does")
  void types(String type) throws MalformedException {
    String text = new String(TEXT, UTF_8).replace("agent.login-refused", type);
    assertEquals(type, DeviceRecord.parse(text.getBytes(UTF_8)).type());
  }

  @Test
  @DisplayName("a record that could not be read cannot be made")
  void construction() {
    AgentEvent event = new AgentEvent.Stopped();
    String genesis = DeviceRecord.GENESIS;
    assertThrows(
        IllegalArgumentException.class,
        () -> DeviceRecord.of("0042", BOOT, 1, genesis, TIME, event));
    assertThrows(
        IllegalArgumentException.class,
        () -> DeviceRecord.of("T-1", "boot", 1, genesis, TIME, event));
    assertThrows(
        IllegalArgumentException.class,
        () -> DeviceRecord.of("T-1", BOOT, 0, genesis, TIME, event));
    assertThrows(
        IllegalArgumentException.class,
        () -> DeviceRecord.of("T-1", BOOT, (1L << 53) + 1, genesis, TIME, event));
    assertThrows(
        IllegalArgumentException.class, () -> DeviceRecord.of("T-1", BOOT, 1, "-", TIME, event));
  }

  @Test
  @DisplayName("what was written reads as the same record; one changed bit never does")
  void roundTripAndFlips() throws MalformedException {
    Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      AgentEvent event =
          oneOf(
              random,
              new AgentEvent.Started("0.1." + i, random.nextBoolean()),
              new AgentEvent.Stopped(),
              new AgentEvent.LoginRefused(null, random.nextInt(4), null, Refusal.PIN_WRONG),
              new AgentEvent.LoginRefused(random(random, 16), null, 7, Refusal.NO_CARD),
              new AgentEvent.Answered(random(random, 16), "login"),
              new AgentEvent.CardRemoved(List.of(random(random, 16), random(random, 16))),
              new AgentEvent.SeatLost(List.of(random(random, 16))));
      DeviceRecord record =
          DeviceRecord.of(
              "T-" + random.nextInt(10_000),
              random(random, 16),
              1 + random.nextLong(1L << 53),
              random(random, 32),
              Instant.ofEpochMilli(random.nextLong(1L << 42)),
              event);
      assertEquals(record, DeviceRecord.parse(record.bytes()));
      if (i < 5) {
        assertTrue(ByteFlips.check(record.bytes(), record, DeviceRecord::parse) > 0);
      }
    }
  }
}
