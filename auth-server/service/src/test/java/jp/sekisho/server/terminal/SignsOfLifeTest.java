package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SignsOfLifeTest {
  private static final AgentEvent STARTED = new AgentEvent.Started("0.1.0", true);

  private RunningServer server;
  private Agent agent;
  private SignsOfLife signs;

  @BeforeEach
  void start() throws Exception {
    server = RunningServer.start();
    agent = server.active("T-0042");
    signs = server.context.getBean(SignsOfLife.class);
    signs.sweep();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i += 10) {
      server.clock.forward(Duration.ofSeconds(10));
      signs.sweep();
    }
  }

  private long count(String entry) {
    return server.entries("mayor").stream().filter(entry::equals).count();
  }

  @Test
  void heartbeatAnswersStateTimeIntervalOriginsAndTheNewestCheckpoint() throws Exception {
    assertEquals(200, agent.events(agent.record(new AgentEvent.Stopped())).statusCode());
    HeartbeatReply reply = WireJson.read(agent.heartbeat(null).body(), HeartbeatReply.class);
    assertEquals("active", reply.state());
    assertEquals(30, reply.intervalSeconds());
    assertEquals(1, reply.acknowledged());
    assertEquals(server.settings.originTexts(), reply.origins());
    assertTrue(reply.checkpoint().startsWith("localhost/log/mayor/1\n"));
    assertEquals(List.of(), reply.continuation(), "from nothing nothing needs a proof");
  }

  @Test
  void heartbeatProvesThatTheLogContinuesTheCheckpointTheTerminalKeeps() throws Exception {
    assertEquals(200, agent.events(agent.record(new AgentEvent.Stopped())).statusCode());
    Checkpoint kept = checkpoint(heartbeat(0));
    for (int i = 0; i < 5; i++) {
      assertEquals(200, agent.events(agent.record(new AgentEvent.Stopped())).statusCode());
    }
    HeartbeatReply reply = heartbeat(kept.size());
    Checkpoint newest = checkpoint(reply);
    assertTrue(newest.size() > kept.size());
    List<Hash> path = new ArrayList<>();
    for (String hash : reply.continuation()) {
      path.add(Hash.of(Base64Url.decode(hash, 32)));
    }
    assertTrue(
        new ConsistencyProof(kept.size(), newest.size(), path).proves(kept.root(), newest.root()));
    assertEquals(newest, checkpoint(heartbeat(1_000_000)), "older than it: for it to judge");
  }

  private HeartbeatReply heartbeat(long checkpointSize) throws Exception {
    var answer =
        agent.post(
            "/agent/v1/heartbeat",
            new Heartbeat(
                "0.1.0",
                Agent.BOOT,
                agent.lastSeq(),
                0,
                true,
                null,
                server.clock.instant().toString(),
                checkpointSize));
    return WireJson.read(answer.body(), HeartbeatReply.class);
  }

  private static Checkpoint checkpoint(HeartbeatReply reply) throws FormatException {
    return Checkpoint.parse(
        SignedNote.parse(reply.checkpoint().getBytes(StandardCharsets.UTF_8)).text());
  }

  @Test
  @DisplayName("R28: what counts is what the terminal measures; each change of it is an entry")
  void onlyAChangeOfWhatTheTerminalMeasuresIsAnEntry() throws Exception {
    for (String fault : new String[] {"not-enforcing", "not-enforcing"}) {
      assertEquals(200, agent.heartbeat(fault).statusCode());
    }
    assertEquals(1, count("terminal.enforcement-reported"));
    assertEquals(Terminal.Enforcement.MISCONFIGURED, server.row("T-0042").enforcement());
    assertEquals(200, agent.heartbeat(null).statusCode());
    assertEquals(200, agent.heartbeat(null).statusCode());
    assertEquals(2, count("terminal.enforcement-reported"));
  }

  @Test
  @DisplayName("R28: an agent that stops is told of within three intervals, and its return")
  void silenceOfThreeIntervalsIsToldOnceAndReturnToo() throws Exception {
    assertEquals(200, agent.heartbeat(null).statusCode());
    pass(80);
    assertEquals(0, count("terminal.silent"));
    pass(60);
    assertEquals(1, count("terminal.silent"));
    assertEquals(List.of("silent T-0042"), server.observed.told);
    assertEquals(200, agent.heartbeat(null).statusCode());
    assertEquals(200, agent.heartbeat(null).statusCode());
    assertEquals(1, count("terminal.returned"));
    pass(80);
    assertEquals(1, count("terminal.silent"));
  }

  @Test
  void terminalThatWasNeverHeardSinceTheServicesStartFallsSilentToo() {
    pass(100);
    assertEquals(1, count("terminal.silent"));
  }

  @Test
  void timeInWhichTheServiceItselfSleptCountsForNobodysSilence() throws Exception {
    assertEquals(200, agent.heartbeat(null).statusCode());
    server.clock.forward(Duration.ofHours(8));
    signs.sweep();
    assertEquals(0, count("terminal.silent"));
  }

  @Test
  void pendingAndRevokedTerminalsAreNotCalledSilent() throws Exception {
    Agent _ = server.enrolled("T-0043");
    assertEquals(
        Registration.Outcome.DONE, server.context.getBean(Registration.class).revoke("T-0042"));
    pass(200);
    assertFalse(server.entries("mayor").contains("terminal.silent"));
  }

  private void beat(long lastSeq, int seconds) throws Exception {
    for (int i = 0; i < seconds; i += 10) {
      pass(10);
      assertEquals(200, agent.heartbeat(null, lastSeq).statusCode());
    }
  }

  @Test
  void heartbeatsWithoutTheRecordsTheySpeakOfAreSilence() throws Exception {
    DeviceRecord first = agent.record(STARTED);
    beat(1, 90);
    assertEquals(0, count("terminal.silent"));
    assertFalse(signs.owesRecords("T-0042"));
    beat(1, 20);
    assertTrue(signs.owesRecords("T-0042"));
    assertEquals(1, count("terminal.silent"));
    assertEquals(List.of("silent T-0042"), server.observed.told);
    beat(1, 60);
    assertEquals(1, count("terminal.silent"), "said once");
    assertEquals(0, count("terminal.returned"));

    assertEquals(200, agent.events(first).statusCode());
    assertEquals(200, agent.heartbeat(null, 1).statusCode());
    assertFalse(signs.owesRecords("T-0042"));
    assertEquals(1, count("terminal.returned"));
  }

  @Test
  void aTerminalThatAlwaysHasSomethingNewToSendIsNotSilent() throws Exception {
    for (int i = 1; i <= 12; i++) {
      DeviceRecord record = agent.record(STARTED);
      beat(i, 10);
      assertEquals(200, agent.events(record).statusCode());
    }
    assertEquals(0, count("terminal.silent"));
  }

  @Test
  void aTerminalWithFewerRecordsThanAreHeldHereIsSilent() throws Exception {
    assertEquals(200, agent.events(agent.record(STARTED)).statusCode());
    beat(0, 110);
    assertEquals(1, count("terminal.silent"));
  }

  @Test
  void aRefusedBatchThatIsNotMendedIsSilence() throws Exception {
    DeviceRecord first = agent.record(STARTED);
    DeviceRecord second = agent.record(STARTED);
    assertEquals(Refusal.EVENT_GAP, Agent.refusal(agent.events(second)));
    beat(0, 110);
    assertEquals(1, count("terminal.silent"));
    assertEquals(200, agent.events(first, second).statusCode());
    assertEquals(200, agent.heartbeat(null).statusCode());
    assertEquals(1, count("terminal.returned"));
  }

  @Test
  void aRowTamperedWithIsToldAndItsSessionsHaveNoTerminalAnyMore() throws Exception {
    assertEquals(200, agent.heartbeat(null).statusCode());
    server
        .installation
        .database()
        .writer()
        .write(handle -> handle.execute("update terminal set silent_since = 1"));
    pass(60);
    assertEquals(List.of("silent T-0042"), server.observed.told);
    assertEquals(
        List.of("service.state-tampered STATE_TAMPERED"),
        server.entries("system").stream()
            .filter(entry -> entry.startsWith("service.state-tampered"))
            .toList());
  }

  private void beatAt(Duration ahead) throws Exception {
    var answer =
        agent.post(
            "/agent/v1/heartbeat",
            new Heartbeat(
                "0.1.0",
                Agent.BOOT,
                0,
                0,
                true,
                null,
                server.clock.instant().plus(ahead).toString(),
                0));
    assertEquals(200, answer.statusCode());
  }

  /** What the log says of its clock, oldest first: seconds ahead, or right. */
  private List<String> clockEntries() {
    return server.published("mayor").stream()
        .filter(entry -> entry.type().startsWith("terminal.clock-"))
        .map(entry -> entry.type().endsWith("off") ? "off " + entry.data().get("ahead") : "right")
        .toList();
  }

  @Test
  void aClockThatDiffersIsToldOnceAndItsEndToo() throws Exception {
    beatAt(Duration.ofSeconds(60));
    beatAt(Duration.ofSeconds(-80));
    assertEquals(List.of(), clockEntries(), "the limit, and the transfer taken off");
    beatAt(Duration.ofSeconds(61));
    beatAt(Duration.ofSeconds(61));
    beatAt(Duration.ofSeconds(90));
    assertEquals(List.of("off 61"), clockEntries());
    assertEquals(61L, server.row("T-0042").clockAhead());

    server.clock.forward(TerminalClocks.QUIET);
    beatAt(Duration.ofSeconds(45));
    beatAt(Duration.ofSeconds(100));
    assertEquals(List.of("off 61"), clockEntries(), "it wavers, within the limit of what was told");
    beatAt(Duration.ofSeconds(30));
    beatAt(Duration.ZERO);
    assertEquals(List.of("off 61", "right"), clockEntries());
    assertNull(server.row("T-0042").clockAhead());
  }

  @Test
  void aClockBehindIsToldByTheLeastThatItCanBe() throws Exception {
    beatAt(Duration.ofSeconds(-81));
    assertEquals(List.of("off -61"), clockEntries());
    server.clock.forward(TerminalClocks.QUIET);
    beatAt(Duration.ofHours(-1));
    assertEquals(List.of("off -61", "off -3580"), clockEntries(), "another amount");
  }

  @Test
  void aClockThatJumpsAtEachBeatFloodsNoLog() throws Exception {
    for (int i = 0; i < 20; i++) {
      beatAt(i % 2 == 0 ? Duration.ofDays(400_000_000) : Duration.ZERO);
    }
    assertEquals(List.of("off 10000000000"), clockEntries());
    server.clock.forward(TerminalClocks.QUIET);
    beatAt(Duration.ZERO);
    beatAt(Duration.ofHours(-1));
    assertEquals(List.of("off 10000000000", "right"), clockEntries());
  }

  @Test
  void heartbeatOutOfFormIsRefused() throws Exception {
    String now = server.clock.instant().toString();
    for (Heartbeat bad :
        List.of(
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, true, null, now, -1),
            new Heartbeat("0.1.0", "AA", 0, 0, true, null, now, 0),
            new Heartbeat("0.1.0", Agent.BOOT, -1, 0, true, null, now, 0),
            new Heartbeat("0.1.0", Agent.BOOT, 0, -1, true, null, now, 0),
            new Heartbeat("v".repeat(65), Agent.BOOT, 0, 0, true, null, now, 0),
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, false, null, now, 0),
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, true, "fault", now, 0),
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, true, null, "soon", 0),
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, false, "Not A Word", now, 0))) {
      assertEquals(Refusal.INPUT_MALFORMED, Agent.refusal(agent.post("/agent/v1/heartbeat", bad)));
    }
  }
}
