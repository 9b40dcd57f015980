package jp.sekisho.agent.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatsTest {
  private static final String BOOT = Base64Url.encode(new byte[16]);

  private final MovingClock clock = MovingClock.standing();
  private final List<Heartbeat> sent = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private volatile Duration sinceBoot = Duration.ofHours(5);
  private volatile Reply<HeartbeatReply> reply = new Reply.Unreachable<>("cut");
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private String shown = "checkpoint";
  private List<String> path = List.of();
  @TempDir Path temp;
  private StateDirectory state;
  private Spool spool;
  private Standing standing;

  @BeforeEach
  void open() throws Exception {
    state = new StateDirectory(temp.resolve("state"));
    state.create();
    state.storeHeard(new Heard(Heard.PENDING, List.of(), "", "内線 1234"));
    Spool.create(state.spool(), "T-0042");
    spool = Spool.open(state.spool(), "T-0042", BOOT, clock, SpoolLimits.DEFAULT);
    standing = new Standing(state, clock, new ServerClock(() -> sinceBoot));
  }

  @AfterEach
  void close() {
    scheduler.shutdownNow();
    spool.close();
  }

  private Heartbeats heartbeats() {
    return new Heartbeats(
        new Heartbeats.Self("1", BOOT, () -> Enforcement.NOT_ENFORCING),
        spool,
        standing,
        new LogMark(new LogWatch("mayor", () -> List.copyOf(keys)), standing, spool),
        heartbeat -> {
          sent.add(heartbeat);
          return reply;
        },
        () -> {},
        clock,
        new Random(1),
        scheduler);
  }

  private HeartbeatReply saying(String state, int seconds, long acknowledged) {
    return new HeartbeatReply(
        state,
        "2026-11-21T01:02:13.456Z",
        seconds,
        acknowledged,
        List.of("https://auth.city.example"),
        shown,
        path,
        "内線 1234");
  }

  @Test
  @DisplayName("a beat reports the spool and 設定不良 not-enforcing")
  void reports() throws Exception {
    spool.append(new AgentEvent.Started("1", false));
    heartbeats().beat();
    assertEquals(
        List.of(
            new Heartbeat("1", BOOT, 1, 1, false, "not-enforcing", "2026-11-21T01:02:03.456Z", 0)),
        sent);
  }

  @Test
  @DisplayName("what the service says is kept over a restart")
  void keeps() throws Exception {
    assertEquals(Optional.of(Refusal.TERMINAL_PENDING), standing.obstacle());
    reply = new Reply.Ok<>(saying("active", 45, 0));
    Heartbeats heartbeats = heartbeats();
    heartbeats.beat();
    assertEquals(Duration.ofSeconds(45), heartbeats.interval());
    assertEquals(Duration.ofSeconds(10), standing.serverAhead());
    assertEquals(clock.instant().plusSeconds(10), standing.serverTime());
    Standing again = new Standing(state, clock, new ServerClock(() -> sinceBoot));
    assertEquals(Optional.empty(), again.obstacle());
    assertEquals(List.of("https://auth.city.example"), again.origins());
    assertEquals("", again.checkpoint(), "no officer named a key that could have signed it");
  }

  @Test
  @DisplayName("the service's time goes on with the boot clock, whatever the wall clock does")
  void serverTime() {
    assertEquals(clock.instant(), standing.serverTime(), "not heard yet");
    reply = new Reply.Ok<>(saying("active", 45, 0));
    heartbeats().beat();
    Instant heard = Instant.parse("2026-11-21T01:02:13.456Z");
    clock.advance(Duration.ofHours(-3));
    assertEquals(heard, standing.serverTime());
    assertEquals(Duration.ofHours(3).plusSeconds(10), standing.serverAhead());
    sinceBoot = sinceBoot.plusSeconds(91);
    assertEquals(heard.plusSeconds(91), standing.serverTime());
  }

  @Test
  @DisplayName("silence is known, and lifts with the next answer; the state stays")
  void silence() {
    Heartbeats heartbeats = heartbeats();
    heartbeats.beat();
    assertFalse(standing.reachable());
    assertNull(standing.lastContact());
    reply = new Reply.Ok<>(saying("active", 30, 0));
    heartbeats.beat();
    assertTrue(standing.reachable());
    reply = new Reply.Unreachable<>("cut");
    heartbeats.beat();
    assertEquals(Heard.ACTIVE, standing.state());
  }

  @Test
  @DisplayName("revoked stays revoked over a restart, said either way")
  void revoked() throws Exception {
    reply = new Reply.Refused<>(Refusal.TERMINAL_REVOKED, "TERMINAL_REVOKED");
    heartbeats().beat();
    assertEquals(
        Optional.of(Refusal.TERMINAL_REVOKED),
        new Standing(state, clock, new ServerClock(() -> sinceBoot)).obstacle());
    reply = new Reply.Ok<>(saying("something-new", 30, 0));
    heartbeats().beat();
    assertEquals(
        Optional.of(Refusal.TERMINAL_REVOKED),
        new Standing(state, clock, new ServerClock(() -> sinceBoot)).obstacle());
  }

  @Test
  @DisplayName("an interval out of bounds is taken to the bound")
  void interval() {
    Heartbeats heartbeats = heartbeats();
    reply = new Reply.Ok<>(saying("active", 0, 0));
    heartbeats.beat();
    assertEquals(Duration.ofSeconds(1), heartbeats.interval());
    reply = new Reply.Ok<>(saying("active", 1_000_000, 0));
    heartbeats.beat();
    assertEquals(Duration.ofMinutes(5), heartbeats.interval());
  }

  @Test
  @DisplayName("a pending terminal asks every five seconds until it is confirmed")
  void pending() {
    Heartbeats heartbeats = heartbeats();
    assertEquals(Duration.ofSeconds(5), heartbeats.interval());
    reply = new Reply.Ok<>(saying("pending", 45, 0));
    heartbeats.beat();
    assertEquals(Duration.ofSeconds(5), heartbeats.interval());
    reply = new Reply.Ok<>(saying("active", 45, 0));
    heartbeats.beat();
    assertEquals(Duration.ofSeconds(45), heartbeats.interval());
  }

  @Test
  @DisplayName(
      "a terminal whose service does not answer asks every five seconds, a revoked one not")
  void unanswered() {
    Heartbeats heartbeats = heartbeats();
    reply = new Reply.Ok<>(saying("active", 45, 0));
    heartbeats.beat();
    reply = new Reply.Unreachable<>("restarting");
    heartbeats.beat();
    assertEquals(Duration.ofSeconds(5), heartbeats.interval());
    reply = new Reply.Ok<>(saying("active", 45, 0));
    heartbeats.beat();
    assertEquals(Duration.ofSeconds(45), heartbeats.interval());
    reply = new Reply.Refused<>(Refusal.TERMINAL_REVOKED, "TERMINAL_REVOKED");
    heartbeats.beat();
    assertEquals(Duration.ofSeconds(45), heartbeats.interval());
  }

  @Test
  @DisplayName(
      "the newest checkpoint that continues the one kept is kept; its size asks for the next proof")
  void keepsTheNewestCheckpoint() throws Exception {
    try (WatchedLog log = new WatchedLog().with(3)) {
      keys.add(log.verifierKey());
      Heartbeats heartbeats = heartbeats();
      show(log, 0);
      heartbeats.beat();
      assertEquals(log.checkpoint(), standing.checkpoint());
      log.with(9);
      show(log, 3);
      heartbeats.beat();
      assertEquals(log.checkpoint(), standing.checkpoint());
      assertEquals(List.of(0L, 3L), sent.stream().map(Heartbeat::checkpointSize).toList());
      assertEquals(0, spool.depth());
    }
  }

  @Test
  @DisplayName("LOG_FORK: a log that lost its past is recorded once, and the mark of it stays")
  void fork() throws Exception {
    try (WatchedLog log = new WatchedLog().with(12);
        WatchedLog rewritten = new WatchedLog().with(4)) {
      keys.add(log.verifierKey());
      Heartbeats heartbeats = heartbeats();
      show(log, 0);
      heartbeats.beat();
      String kept = standing.checkpoint();
      show(rewritten, 4);
      heartbeats.beat();
      rewritten.add("the record of the alarm itself");
      show(rewritten, 4);
      heartbeats.beat();
      assertEquals(kept, standing.checkpoint());
      assertEquals(kept, new Standing(state, clock, new ServerClock(() -> sinceBoot)).checkpoint());
      assertEquals(1, spool.depth());
      var record = spool.retained().get(0);
      assertEquals("agent.alarm", record.type());
      assertEquals(Refusal.LOG_FORK.name(), record.reason());
      assertEquals(Map.of("held", 12L, "shown", 4L), record.data());
    }
  }

  private void show(WatchedLog log, long from) throws Exception {
    shown = log.checkpoint();
    path = log.pathFrom(from);
    reply = new Reply.Ok<>(saying("active", 30, 0));
  }

  @Test
  @DisplayName("a service that lost acknowledged records gets them again")
  void regression() throws Exception {
    var record = spool.append(new AgentEvent.Started("1", false));
    assertTrue(spool.acknowledged(new EventAck(1, record.hash(), "log", 1, "c", List.of())));
    reply = new Reply.Ok<>(saying("active", 30, 0));
    heartbeats().beat();
    assertEquals(2, spool.depth());
    assertEquals(Refusal.SERVER_REGRESSED.name(), spool.retained().get(1).reason());
  }

  @Test
  @DisplayName("beats go on, also after one that failed unexpectedly")
  void goesOn() {
    reply = new Reply.Ok<>(saying("active", 1, 0));
    List<String> after = new CopyOnWriteArrayList<>();
    Heartbeats heartbeats =
        new Heartbeats(
            new Heartbeats.Self("1", BOOT, () -> Enforcement.NOT_ENFORCING),
            spool,
            standing,
            new LogMark(new LogWatch("mayor", List::of), standing, spool),
            heartbeat -> {
              sent.add(heartbeat);
              return reply;
            },
            () -> {
              after.add("beat");
              throw new IllegalStateException("scripted");
            },
            clock,
            new Random(1),
            scheduler);
    heartbeats.start();
    Await.until("second beat", () -> sent.size() >= 2 && after.size() >= 2);
  }
}
