package jp.sekisho.server.terminal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.policy.usb.UsbEvaluator;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.UsbEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordsTest {
  private static final AgentEvent STARTED = new AgentEvent.Started("0.1.0", true);
  private static final AgentEvent STOPPED = new AgentEvent.Stopped();

  private RunningServer server;
  private Agent agent;

  @BeforeEach
  void start() throws Exception {
    server = RunningServer.start();
    agent = server.active("T-0042");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private static EventAck ack(HttpResponse<byte[]> answer) throws Exception {
    assertEquals(200, answer.statusCode(), () -> new String(answer.body(), UTF_8));
    return WireJson.read(answer.body(), EventAck.class);
  }

  private List<String> records() {
    return server.entries("mayor").stream().filter(e -> e.startsWith("agent.")).toList();
  }

  @Test
  void recordsAreAcknowledgedUnderASignedCheckpointAndToldToObservers() throws Exception {
    DeviceRecord first = agent.record(STARTED);
    DeviceRecord second =
        agent.record(
            Base64Url.encode(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
            STARTED);
    EventAck ack = ack(agent.events(first, second));

    assertEquals(2, ack.acknowledged());
    assertEquals(second.hash(), ack.head());
    assertEquals("localhost/log/mayor/1", ack.log());
    assertTrue(ack.checkpoint().startsWith("localhost/log/mayor/1\n"), ack.checkpoint());
    assertEquals(List.of("agent.started", "agent.started"), records());
    assertEquals(List.of("record 1 of a new boot", "record 2 of a new boot"), server.observed.told);
    assertEquals(second.boot(), server.row("T-0042").boot());
  }

  /** Bad input of the terminal's own: the auditor reads of it under its code. */
  @Test
  void aBlockedDeviceWithMalformedDescriptorsBecomesAnEntryWithThatReason() throws Exception {
    DeviceRecord record =
        agent.record(
            new UsbEvent.Blocked(
                new UsbEvent.Device("3-1", Base64Url.encode(new byte[32]), null, null, List.of()),
                UsbEvaluator.MALFORMED,
                true,
                Refusal.USB_MALFORMED));
    assertEquals(1, ack(agent.events(record)).acknowledged());
    Entry entry =
        server.published("mayor").stream()
            .filter(one -> one.type().equals("usb.blocked"))
            .findFirst()
            .orElseThrow();
    assertEquals("USB_MALFORMED", entry.reason());
    assertEquals("T-0042", entry.subject().terminal());
    assertEquals(UsbEvaluator.MALFORMED, entry.data().get("rule"));
    assertEquals(true, entry.data().get("wasOpen"));
    assertNull(entry.data().get("vendor"));
  }

  @Test
  void acknowledgementProvesThatTheLogContinuesWhatTheTerminalKeeps() throws Exception {
    Checkpoint kept = checkpoint(ack(agent.events(agent.record(STARTED))));
    List<String> batch = List.of(Base64Url.encode(agent.record(STOPPED).bytes()));
    EventAck ack = ack(agent.post("/agent/v1/events", new EventBatch(batch, kept.size())));
    Checkpoint newest = checkpoint(ack);
    assertTrue(ack.index() >= kept.size() && ack.index() < newest.size(), ack.toString());
    List<Hash> path = new ArrayList<>();
    for (String hash : ack.continuation()) {
      path.add(Hash.of(Base64Url.decode(hash, Hash.SIZE)));
    }
    assertTrue(
        new ConsistencyProof(kept.size(), newest.size(), path).proves(kept.root(), newest.root()));
  }

  private static Checkpoint checkpoint(EventAck ack) throws Exception {
    return Checkpoint.parse(SignedNote.parse(ack.checkpoint().getBytes(UTF_8)).text());
  }

  @Test
  void duplicatesAreSkippedAndAcknowledgedAgain() throws Exception {
    DeviceRecord first = agent.record(STARTED);
    DeviceRecord second = agent.record(STOPPED);
    EventAck once = ack(agent.events(first, second));
    EventAck again = ack(agent.events(first, second));
    assertEquals(once.acknowledged(), again.acknowledged());
    assertEquals(once.index(), again.index());
    DeviceRecord third = agent.record(STARTED);
    assertEquals(3, ack(agent.events(second, third)).acknowledged());
    assertEquals(List.of("agent.started", "agent.stopped", "agent.started"), records());
  }

  /** Attack: a terminal that was taken over writes until the disk is full. */
  @Test
  void aTerminalThatWritesTooMuchIsHeldBackUntilTheNextMinuteAndNothingIsLost() throws Exception {
    int sent = 0;
    DeviceRecord[] batch = new DeviceRecord[EventBatch.MAX_RECORDS];
    while (sent < RecordQuota.MOST) {
      for (int i = 0; i < batch.length; i++) {
        batch[i] = agent.record(STARTED);
      }
      sent += batch.length;
      assertEquals(sent, ack(agent.events(batch)).acknowledged());
    }
    DeviceRecord more = agent.record(STOPPED);
    assertEquals(Refusal.TOO_MANY, Agent.refusal(agent.events(more)));
    assertEquals(sent, ack(agent.events(batch)).acknowledged(), "what is held is said again");
    server.awaitEntry("mayor", "terminal.records-refused TOO_MANY");
    Agent other = server.active("T-0043");
    assertEquals(1, ack(other.events(other.record(STARTED))).acknowledged(), "of another");
    server.clock.forward(Duration.ofMinutes(1));
    assertEquals(sent + 1, ack(agent.events(more)).acknowledged());
  }

  @Test
  void holeRefusesTheWholeBatch() throws Exception {
    DeviceRecord first = agent.record(STARTED);
    DeviceRecord _ = agent.record(STOPPED);
    DeviceRecord third = agent.record(STARTED);
    assertEquals(Refusal.EVENT_GAP, Agent.refusal(agent.events(first, third)));
    assertEquals(List.of(), records());
    assertEquals(0, server.row("T-0042").lastSeq());
    assertTrue(server.entries("mayor").contains("terminal.records-refused EVENT_GAP"));
  }

  @Test
  void knownNumberWithAnotherHashIsAFork() throws Exception {
    EventAck _ = ack(agent.events(agent.record(STARTED)));
    DeviceRecord other =
        DeviceRecord.of(
            "T-0042", Agent.BOOT, 1, DeviceRecord.GENESIS, server.clock.instant(), STOPPED);
    assertEquals(Refusal.EVENT_FORK, Agent.refusal(agent.events(other)));
    assertTrue(server.entries("mayor").contains("terminal.records-refused EVENT_FORK"));
  }

  @Test
  void nextNumberOnAnotherPastIsAFork() throws Exception {
    EventAck _ = ack(agent.events(agent.record(STARTED)));
    DeviceRecord other =
        DeviceRecord.of(
            "T-0042", Agent.BOOT, 2, DeviceRecord.GENESIS, server.clock.instant(), STOPPED);
    assertEquals(Refusal.EVENT_FORK, Agent.refusal(agent.events(other)));
  }

  @Test
  void forkInsideOneBatchIsAFork() throws Exception {
    DeviceRecord first = agent.record(STARTED);
    DeviceRecord other =
        DeviceRecord.of(
            "T-0042", Agent.BOOT, 1, DeviceRecord.GENESIS, server.clock.instant(), STOPPED);
    assertEquals(Refusal.EVENT_FORK, Agent.refusal(agent.events(first, other)));
    assertEquals(1, ack(agent.events(first, first)).acknowledged());
  }

  @Test
  void recordOfAnotherTerminalIsInvalid() throws Exception {
    DeviceRecord foreign =
        DeviceRecord.of(
            "T-0043", Agent.BOOT, 1, DeviceRecord.GENESIS, server.clock.instant(), STARTED);
    assertEquals(Refusal.EVENT_INVALID, Agent.refusal(agent.events(foreign)));
    assertTrue(server.entries("mayor").contains("terminal.records-refused EVENT_INVALID"));
  }

  @Test
  void nonCanonicalEmptyAndOverlongBatchesAreInvalid() throws Exception {
    String spaced =
        Base64Url.encode((new String(agent.record(STARTED).bytes(), UTF_8) + " ").getBytes(UTF_8));
    for (List<String> records :
        List.of(
            List.of(spaced),
            List.of("not base64url!"),
            List.<String>of(),
            Collections.nCopies(EventBatch.MAX_RECORDS + 1, spaced))) {
      assertEquals(
          Refusal.EVENT_INVALID,
          Agent.refusal(agent.post("/agent/v1/events", new EventBatch(records, 0))));
    }
    assertEquals(
        Refusal.INPUT_MALFORMED,
        Agent.refusal(agent.send("POST", "/agent/v1/events", "{\"records\":7}".getBytes(UTF_8))));
  }

  @Test
  void refusedBatchesAreLoggedOncePerMinute() throws Exception {
    DeviceRecord _ = agent.record(STARTED);
    DeviceRecord second = agent.record(STOPPED);
    for (int i = 0; i < 3; i++) {
      assertEquals(Refusal.EVENT_GAP, Agent.refusal(agent.events(second)));
    }
    server.clock.forward(Duration.ofMinutes(1));
    assertEquals(Refusal.EVENT_GAP, Agent.refusal(agent.events(second)));
    assertEquals(
        2,
        server.entries("mayor").stream()
            .filter("terminal.records-refused EVENT_GAP"::equals)
            .count());
  }

  @Test
  void batchWhoseObserverFailsIsNotTakenAndCanBeSentAgain() throws Exception {
    DeviceRecord first = agent.record(STARTED);
    server.observed.failing = true;
    assertEquals(Refusal.INTERNAL, Agent.refusal(agent.events(first)));
    assertEquals(List.of(), records());
    server.observed.failing = false;
    assertEquals(1, ack(agent.events(first)).acknowledged());
  }

  @Test
  void recordsAreNotAcknowledgedBeforeTheyArePublished() throws Exception {
    try (RunningServer slow = RunningServer.startWithoutPublishing()) {
      Agent patient = slow.active("T-0042");
      DeviceRecord first = patient.record(STARTED);
      assertEquals(Refusal.STORAGE_FAILED, Agent.refusal(patient.events(first)));
      slow.publish();
      Instant end = Instant.now().plusSeconds(20);
      HttpResponse<byte[]> answer = patient.events(first);
      while (answer.statusCode() == 503 && Instant.now().isBefore(end)) {
        answer = patient.events(first);
      }
      assertEquals(1, ack(answer).acknowledged());
      assertEquals(1, slow.entries("mayor").stream().filter("agent.started"::equals).count());
    }
  }

  @Test
  void largestBatchIsTaken() throws Exception {
    List<DeviceRecord> records = new ArrayList<>();
    for (int i = 0; i < EventBatch.MAX_RECORDS; i++) {
      records.add(agent.record(STARTED));
    }
    EventAck ack = ack(agent.events(records.toArray(DeviceRecord[]::new)));
    assertEquals(EventBatch.MAX_RECORDS, ack.acknowledged());
  }

  @Test
  void pendingTerminalsRecordsAreTaken() throws Exception {
    Agent pending = server.enrolled("T-0043");
    assertEquals(1, ack(pending.events(pending.record(STARTED))).acknowledged());
  }
}
