package jp.sekisho.agent.spool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {
  private static final String BOOT = Base64Url.encode(new byte[16]);
  private static final SpoolLimits SMALL =
      new SpoolLimits(16_384, 6_000, 2_000, 1_000, Duration.ofDays(7));

  private final MovingClock clock = MovingClock.standing();

  @TempDir Path temp;
  private Path directory = Path.of("unset");

  @BeforeEach
  void create() throws SpoolException {
    directory = temp.resolve("spool");
    Spool.create(directory, "T-0042");
  }

  private Spool open(SpoolLimits limits) throws SpoolException {
    return Spool.open(directory, "T-0042", BOOT, clock, limits);
  }

  private Spool open() throws SpoolException {
    return open(SpoolLimits.DEFAULT);
  }

  private Path segment(long first) {
    return directory.resolve("%020d.segment".formatted(first));
  }

  private static EventAck ack(DeviceRecord record) {
    return new EventAck(record.seq(), record.hash(), "log", record.seq(), "checkpoint", List.of());
  }

  private static SpoolException.Code codeOf(org.junit.jupiter.api.function.Executable action) {
    return assertThrows(SpoolException.class, action).code();
  }

  @Test
  @DisplayName("the bytes of a segment are those of the format")
  void fixture() throws Exception {
    try (Spool spool = open()) {
      spool.append(new AgentEvent.Stopped());
    }
    String expected;
    try (var in = SpoolTest.class.getResourceAsStream("one-record.segment.hex")) {
      expected = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
    }
    assertEquals(
        expected.replaceAll("\\s", ""), HexFormat.of().formatHex(Files.readAllBytes(segment(1))));
  }

  @Test
  @DisplayName("a chain goes on after a restart where it was")
  void goesOn() throws Exception {
    DeviceRecord first;
    try (Spool spool = open()) {
      first = spool.append(new AgentEvent.Started("1", false));
      assertEquals(1, first.seq());
      assertEquals(DeviceRecord.GENESIS, first.prev());
    }
    try (Spool spool = open()) {
      DeviceRecord second = spool.append(new AgentEvent.Stopped());
      assertEquals(2, second.seq());
      assertEquals(first.hash(), second.prev());
      assertEquals(List.of(first, second), spool.unacknowledged(10));
      assertEquals(List.of(first), spool.unacknowledged(1));
    }
  }

  @Test
  @DisplayName("a power cut at any byte of an append leaves every record before it, and no more")
  void everyOffset() throws Exception {
    long before;
    try (Spool spool = open()) {
      spool.append(new AgentEvent.Started("1", false));
      before = Files.size(segment(1));
      spool.append(new AgentEvent.LoginRefused(null, 2, null, Refusal.PIN_WRONG));
    }
    byte[] whole = Files.readAllBytes(segment(1));
    for (int length = 0; length < whole.length; length++) {
      Files.write(segment(1), Arrays.copyOf(whole, length));
      int kept = length >= before ? 1 : 0;
      try (Spool spool = open()) {
        assertEquals(kept, spool.lastSeq(), "cut at " + length);
        long good = kept == 1 ? before : length < 8 ? 0 : 8;
        assertEquals(length - good, spool.tornBytes(), "cut at " + length);
        assertEquals(kept + 1, spool.append(new AgentEvent.Stopped()).seq());
      }
      try (Spool again = open()) {
        assertEquals(kept + 1, again.retained().size());
        assertEquals(0, again.tornBytes());
      }
    }
  }

  @Test
  @DisplayName("a frame whose end the disk never got, zeros up to the end, is a torn tail")
  void zeros() throws Exception {
    long before;
    try (Spool spool = open()) {
      spool.append(new AgentEvent.Started("1", false));
      before = Files.size(segment(1));
      spool.append(new AgentEvent.Stopped());
    }
    byte[] whole = Files.readAllBytes(segment(1));
    for (int from = (int) before; from < whole.length; from++) {
      byte[] cut = whole.clone();
      Arrays.fill(cut, from, cut.length, (byte) 0);
      if (Arrays.equals(cut, whole)) {
        continue;
      }
      Files.write(segment(1), cut);
      try (Spool spool = open()) {
        assertEquals(1, spool.lastSeq(), "zeros from " + from);
      }
    }
  }

  @Test
  @DisplayName("any flipped bit before the tail is damage, never a shorter chain")
  void flips() throws Exception {
    try (Spool spool = open()) {
      spool.append(new AgentEvent.Started("1", false));
      spool.append(new AgentEvent.Stopped());
    }
    byte[] whole = Files.readAllBytes(segment(1));
    for (int at = 0; at < whole.length; at++) {
      byte[] flipped = whole.clone();
      flipped[at] = (byte) (flipped[at] ^ (1 << (at % 8)));
      Files.write(segment(1), flipped);
      assertEquals(SpoolException.Code.SPOOL_CORRUPT, codeOf(this::open), "flip at " + at);
      assertArrayEquals(flipped, Files.readAllBytes(segment(1)), "evidence is not touched");
    }
  }

  @Test
  @DisplayName("no chain begins where one is missing")
  void missing() throws Exception {
    try (Spool spool = open()) {
      spool.append(new AgentEvent.Started("1", false));
    }
    Files.delete(segment(1));
    assertEquals(SpoolException.Code.SPOOL_MISSING, codeOf(this::open));
    Files.delete(directory.resolve("ack.json"));
    assertEquals(SpoolException.Code.SPOOL_MISSING, codeOf(this::open));
  }

  @Test
  @DisplayName("a chain shorter than what was acknowledged is damage")
  void rolledBack() throws Exception {
    byte[] old;
    try (Spool spool = open()) {
      spool.append(new AgentEvent.Started("1", false));
      old = Files.readAllBytes(segment(1));
      assertTrue(spool.acknowledged(ack(spool.append(new AgentEvent.Stopped()))));
    }
    Files.write(segment(1), old);
    assertEquals(SpoolException.Code.SPOOL_CORRUPT, codeOf(this::open));
  }

  @Test
  @DisplayName("a missing segment in the middle is damage")
  void hole() throws Exception {
    try (Spool spool = open(SMALL)) {
      for (int i = 0; i < 12; i++) {
        spool.append(new AgentEvent.Started("1", false));
      }
    }
    List<Path> segments;
    try (var files = Files.list(directory)) {
      segments = files.filter(p -> p.toString().endsWith(".segment")).sorted().toList();
    }
    assertTrue(segments.size() >= 3, "three segments");
    Files.delete(segments.get(1));
    assertEquals(SpoolException.Code.SPOOL_CORRUPT, codeOf(() -> open(SMALL)));
  }

  @Test
  @DisplayName("a spool of another terminal does not open")
  void foreign() {
    assertEquals(
        SpoolException.Code.SPOOL_CORRUPT,
        codeOf(() -> Spool.open(directory, "T-0043", BOOT, clock, SMALL)));
  }

  @Test
  @DisplayName("two agents never share a chain")
  void locked() throws Exception {
    Spool spool = open();
    assertEquals(SpoolException.Code.SPOOL_BUSY, codeOf(this::open));
    spool.close();
    open().close();
  }

  @Test
  @DisplayName("an acknowledgement with our hash is kept with its checkpoint")
  void acknowledges() throws Exception {
    try (Spool spool = open()) {
      DeviceRecord record = spool.append(new AgentEvent.Started("1", false));
      assertEquals(1, spool.depth());
      assertTrue(spool.acknowledged(ack(record)));
      assertEquals(0, spool.depth());
    }
    try (Spool spool = open()) {
      assertEquals(0, spool.depth());
      assertEquals("checkpoint", spool.checkpoint());
      assertEquals(List.of(), spool.unacknowledged(10));
    }
  }

  @Test
  @DisplayName("an acknowledgement of another hash takes nothing and is recorded as an alarm")
  void mismatch() throws Exception {
    try (Spool spool = open()) {
      spool.append(new AgentEvent.Started("1", false));
      assertFalse(
          spool.acknowledged(new EventAck(1, DeviceRecord.GENESIS, "log", 1, "c", List.of())));
      assertFalse(
          spool.acknowledged(new EventAck(99, DeviceRecord.GENESIS, "log", 1, "c", List.of())));
      DeviceRecord alarm = spool.retained().get(1);
      assertEquals("agent.alarm", alarm.type());
      assertEquals(Refusal.ACK_MISMATCH.name(), alarm.reason());
      assertEquals(3, spool.depth());
    }
  }

  @Test
  @DisplayName("acknowledged segments stay seven days, whole, then go")
  void trims() throws Exception {
    try (Spool spool = open(SMALL)) {
      DeviceRecord last = spool.append(new AgentEvent.Started("1", false));
      for (int i = 0; i < 11; i++) {
        last = spool.append(new AgentEvent.Started("1", false));
      }
      assertTrue(spool.acknowledged(ack(last)));
      clock.advance(Duration.ofDays(7).minusMillis(1));
      assertTrue(spool.acknowledged(ack(last)));
      assertEquals(12, spool.retained().size());
      clock.advance(Duration.ofMillis(1));
      assertTrue(spool.acknowledged(ack(last)));
      assertTrue(spool.retained().size() < 5, "only the newest segment stays");
      assertEquals(13, spool.append(new AgentEvent.Stopped()).seq());
    }
    try (Spool spool = open(SMALL)) {
      assertEquals(13, spool.lastSeq());
      assertEquals(1, spool.depth());
    }
  }

  @Test
  @DisplayName("the reserve is announced, then login room ends, then nothing fits; numbers go on")
  void full() throws Exception {
    try (Spool spool = open(SMALL)) {
      boolean reserve = false;
      spool.append(new AgentEvent.Started("1", false));
      while (spool.room() != Room.GONE) {
        reserve |= spool.room() == Room.RESERVE;
        spool.append(new AgentEvent.Started("1", false));
      }
      assertTrue(reserve);
      // The last room still takes removals and the stop.
      long seq = spool.append(new AgentEvent.CardRemoved(List.of(BOOT))).seq();
      SpoolException.Code code =
          codeOf(() -> {
            for (int i = 0; i < 100; i++) {
              spool.append(new AgentEvent.Stopped());
            }
          });
      assertEquals(SpoolException.Code.SPOOL_FULL, code);
      assertTrue(spool.lastSeq() > seq);
      // What the service has makes room before its time.
      List<DeviceRecord> all = spool.unacknowledged(1000);
      long before = spool.lastSeq();
      assertTrue(spool.acknowledged(ack(all.get(all.size() - 1))));
      assertEquals(before + 1, spool.append(new AgentEvent.Stopped()).seq());
      assertEquals(Room.PLENTY, spool.room());
    }
  }

  @Test
  @DisplayName("a full spool keeps no agent from starting: its first record waits for room")
  void startsFull() throws Exception {
    try (Spool spool = open(SMALL)) {
      while (spool.room() != Room.GONE) {
        spool.append(new AgentEvent.Started("1", false));
      }
    }
    try (Spool spool = open(SMALL)) {
      long before = spool.lastSeq();
      spool.begin(new AgentEvent.Started("2", false));
      spool.begin(new AgentEvent.Alarm(Refusal.SPOOL_TORN, Map.of("bytes", 3L)));
      assertEquals(before, spool.lastSeq(), "the last room is for removals and the stop");
      List<DeviceRecord> all = spool.unacknowledged(1000);
      assertTrue(spool.acknowledged(ack(all.get(all.size() - 1))));
      assertEquals(Room.PLENTY, spool.room(), "what the service has makes room at once");
      DeviceRecord next = spool.append(new AgentEvent.CardRemoved(List.of(BOOT)));
      assertEquals(before + 3, next.seq());
      assertEquals(
          List.of("agent.started", "agent.alarm", "agent.card-removed"),
          spool.unacknowledged(10).stream().map(DeviceRecord::type).toList());
    }
  }

  @Test
  @DisplayName("even without any room a removal brings the first record with it, or fails alone")
  void startsWithoutAnyRoom() throws Exception {
    try (Spool spool = open(SMALL)) {
      assertEquals(
          SpoolException.Code.SPOOL_FULL,
          codeOf(() -> {
            for (int i = 0; i < 1000; i++) {
              spool.append(new AgentEvent.Stopped());
            }
          }));
    }
    try (Spool spool = open(SMALL)) {
      spool.begin(new AgentEvent.Started("2", false));
      assertEquals(
          SpoolException.Code.SPOOL_FULL, codeOf(() -> spool.append(new AgentEvent.Stopped())));
      List<DeviceRecord> all = spool.unacknowledged(1000);
      assertTrue(spool.acknowledged(ack(all.get(all.size() - 1))));
      long before = spool.lastSeq();
      assertEquals(before + 2, spool.append(new AgentEvent.Stopped()).seq());
    }
  }

  @Test
  @DisplayName("where there is room the first record is written at once")
  void begins() throws Exception {
    try (Spool spool = open()) {
      spool.begin(new AgentEvent.Started("1", false));
      assertEquals(1, spool.lastSeq());
    }
  }

  @Test
  @DisplayName("a service restored from a backup gets the records again, and an alarm says so")
  void regression() throws Exception {
    try (Spool spool = open()) {
      for (int i = 0; i < 3; i++) {
        spool.append(new AgentEvent.Started("1", false));
      }
      assertTrue(spool.acknowledged(ack(spool.retained().get(2))));
      spool.regressedTo(1);
      assertEquals(3, spool.depth());
      assertEquals(2, spool.unacknowledged(10).get(0).seq());
      assertEquals(Refusal.SERVER_REGRESSED.name(), spool.retained().get(3).reason());
      spool.regressedTo(1);
      assertEquals(4, spool.lastSeq(), "said once");
    }
  }

  @Test
  @DisplayName("a second enrolment does not make a second spool")
  void createdOnce() throws IOException {
    assertEquals(SpoolException.Code.SPOOL_FAILED, codeOf(() -> Spool.create(directory, "T-0042")));
  }
}
