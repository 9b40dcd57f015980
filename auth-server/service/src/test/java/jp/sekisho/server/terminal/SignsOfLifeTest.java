package jp.sekisho.server.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.AgentEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignsOfLifeTest {
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
  }

  @Test
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

  @Test
  void heartbeatOutOfFormIsRefused() throws Exception {
    String now = server.clock.instant().toString();
    for (Heartbeat bad :
        List.of(
            new Heartbeat("0.1.0", "AA", 0, 0, true, null, now),
            new Heartbeat("0.1.0", Agent.BOOT, -1, 0, true, null, now),
            new Heartbeat("0.1.0", Agent.BOOT, 0, -1, true, null, now),
            new Heartbeat("v".repeat(65), Agent.BOOT, 0, 0, true, null, now),
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, false, null, now),
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, true, "fault", now),
            new Heartbeat("0.1.0", Agent.BOOT, 0, 0, false, "Not A Word", now))) {
      assertEquals(Refusal.INPUT_MALFORMED, Agent.refusal(agent.post("/agent/v1/heartbeat", bad)));
    }
  }
}
