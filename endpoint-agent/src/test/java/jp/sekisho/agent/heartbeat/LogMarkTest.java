package jp.sekisho.agent.heartbeat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.HeartbeatReply;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the service acknowledges is compared with the mark, as its heartbeats are. */
class LogMarkTest {
  private final MovingClock clock = MovingClock.standing();
  private final List<Long> asked = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  @TempDir Path temp;
  private Spool spool;
  private Standing standing;
  private WatchedLog log;
  private LogMark mark;
  private long seq;

  @BeforeEach
  void open() throws Exception {
    StateDirectory state = new StateDirectory(temp.resolve("state"));
    state.create();
    state.storeHeard(new Heard(Heard.ACTIVE, List.of(), "", "内線 1234"));
    Spool.create(state.spool(), "T-0042");
    spool =
        Spool.open(
            state.spool(), "T-0042", Base64Url.encode(new byte[16]), clock, SpoolLimits.DEFAULT);
    standing = new Standing(state, clock, new ServerClock(() -> Duration.ofHours(5)));
    log = new WatchedLog();
    keys.add(log.verifierKey());
    mark = new LogMark(new LogWatch("mayor", () -> keys), standing, spool);
  }

  @AfterEach
  void close() {
    spool.close();
    log.close();
  }

  /** So many records are acknowledged, the last of them at {@code index}, under what is shown. */
  private void acknowledged(int records, long index, WatchedLog shown) {
    seq += records;
    Reply<EventAck> unused =
        mark.send(
            new EventBatch(List.of("record"), 0),
            batch -> {
              asked.add(batch.checkpointSize());
              return new Reply.Ok<>(ack(index, shown, batch.checkpointSize()));
            });
  }

  private EventAck ack(long index, WatchedLog shown, long from) {
    try {
      return new EventAck(
          seq, "head", WatchedLog.ORIGIN, index, shown.checkpoint(), shown.pathFrom(from));
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  private void heartbeat(String under, WatchedLog shown, long from) throws Exception {
    mark.heard(
        under,
        new HeartbeatReply(
            "active",
            "2026-11-21T01:02:13.456Z",
            30,
            0,
            List.of(),
            shown.checkpoint(),
            shown.pathFrom(from),
            "内線 1234"));
  }

  private long alarms() {
    return spool.retained().stream().filter(r -> "LOG_FORK".equals(r.reason())).count();
  }

  @Test
  @DisplayName("the checkpoint of an acknowledgement is proved from the one kept, and kept")
  void continues() {
    acknowledged(1, 3, log.with(5));
    acknowledged(2, 6, log.with(4));
    assertEquals(List.of(0L, 5L), asked);
    assertEquals(log.checkpoint(), standing.checkpoint());
    assertFalse(mark.isForked());
    assertEquals(0, alarms());
  }

  @Test
  @DisplayName("LOG_FORK: an acknowledgement under a rewritten log is told once; the mark stays")
  void rewritten() throws Exception {
    acknowledged(1, 11, log.with(12));
    String kept = standing.checkpoint();
    try (WatchedLog other = new WatchedLog().with(3)) {
      other.add("another past");
      other.with(20);
      acknowledged(1, 23, other);
      acknowledged(1, 23, other);
    }
    assertTrue(mark.isForked());
    assertEquals(1, alarms());
    assertEquals(kept, standing.checkpoint());
  }

  @Test
  @DisplayName("LOG_FORK: a record acknowledged behind the end of the tree that is shown")
  void beyond() {
    acknowledged(1, 5, log.with(5));
    assertEquals(1, alarms());
    assertEquals("", standing.checkpoint());
  }

  @Test
  @DisplayName("LOG_FORK: records acknowledged again and again under one frozen checkpoint")
  void frozen() {
    log.with(6);
    acknowledged(1, 3, log);
    acknowledged(2, 5, log); // still room for both
    assertEquals(0, alarms());
    acknowledged(1, 5, log);
    assertTrue(mark.isForked());
    assertEquals(1, alarms());
  }

  @Test
  @DisplayName("the same records acknowledged again, their answer having been lost, are no fork")
  void again() {
    acknowledged(2, 3, log.with(5));
    acknowledged(0, 3, log.with(2));
    assertEquals(0, alarms());
  }

  @Test
  @DisplayName("LOG_FORK: heartbeats that go on showing what was before an acknowledgement")
  void heartbeatsFrozen() throws Exception {
    try (WatchedLog old = new WatchedLog().with(4)) {
      heartbeat("", old, 0);
      log.with(4).add("the record of this terminal");
      acknowledged(1, 4, log);
      assertFalse(mark.isForked());
      heartbeat(mark.kept(), old, 4);
    }
    assertTrue(mark.isForked());
    assertEquals(1, alarms());
    assertEquals(log.checkpoint(), standing.checkpoint());
  }

  @Test
  @DisplayName("a fork whose alarm could not be recorded stays, whatever a heartbeat shows")
  void notRecorded() throws Exception {
    acknowledged(1, 11, log.with(12));
    spool.close();
    try (WatchedLog other = new WatchedLog().with(3)) {
      other.add("another past");
      acknowledged(1, 23, other.with(20));
    }
    assertEquals(0, alarms());
    heartbeat(mark.kept(), log, 12);
    assertTrue(mark.isForked());
    acknowledged(1, 14, log.with(4));
    assertFalse(mark.isForked(), "the acknowledgements continue the mark again");
  }

  @Test
  @DisplayName("a heartbeat that an acknowledgement overtook is no fork and takes nothing back")
  void overtaken() throws Exception {
    try (WatchedLog old = new WatchedLog().with(4)) {
      heartbeat("", old, 0);
      String under = mark.kept();
      acknowledged(1, 8, log.with(9));
      heartbeat(under, old, 4);
    }
    assertFalse(mark.isForked());
    assertEquals(log.checkpoint(), standing.checkpoint());
  }

  private void acknowledged(long upTo, String origin, long index, WatchedLog shown) {
    Reply<EventAck> unused =
        mark.send(
            new EventBatch(List.of("record"), 0),
            batch ->
                new Reply.Ok<>(
                    new EventAck(upTo, "head", origin, index, shown.checkpoint(), List.of())));
  }

  @Test
  @DisplayName("a change of generation is recorded with what was kept, then taken; never undone")
  void succeeds() throws Exception {
    String second = "auth.city.example/log/mayor/2";
    acknowledged(3, 4, log.with(5));
    try (WatchedLog next = new WatchedLog(second, 4).with(2)) {
      heartbeat(standing.checkpoint(), next, 0);
      assertEquals(1, alarms(), "no officer signed for it");
      keys.add(next.verifierKey());
      heartbeat(standing.checkpoint(), next, 0);
      assertFalse(mark.isForked());
      assertEquals(next.checkpoint(), standing.checkpoint());
      var told =
          spool.retained().stream()
              .filter(r -> "agent.log-succeeded".equals(r.type()))
              .findFirst()
              .orElseThrow();
      assertEquals(5L, told.data().get("held"));
      // A record held since before the change is acknowledged where it stands; a newer one not.
      acknowledged(told.seq() - 1, WatchedLog.ORIGIN, 4, next);
      assertFalse(mark.isForked());
      acknowledged(told.seq(), WatchedLog.ORIGIN, 5, next);
      assertTrue(mark.isForked());
    }
    heartbeat(standing.checkpoint(), log, 0);
    assertEquals(second, standing.checkpoint().lines().findFirst().orElseThrow());
    assertTrue(mark.isForked());
  }
}
