package jp.sekisho.agent.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.testing.Await;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordSenderTest {
  private static final Backoff FAST = new Backoff(Duration.ofMillis(10), Duration.ofMillis(40));

  private final List<DeviceRecord> taken = new CopyOnWriteArrayList<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final List<AutoCloseable> open = new ArrayList<>();
  @TempDir Path temp;
  private Spool spool;

  @BeforeEach
  void open() throws SpoolException {
    Spool.create(temp.resolve("spool"), "T-0042");
    spool =
        Spool.open(
            temp.resolve("spool"),
            "T-0042",
            Base64Url.encode(new byte[16]),
            MovingClock.standing(),
            SpoolLimits.DEFAULT);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open) {
      part.close();
    }
    spool.close();
  }

  private RecordSender sender(Function<EventBatch, Reply<EventAck>> service) {
    RecordSender sender =
        new RecordSender(
            spool,
            batch -> {
              calls.incrementAndGet();
              return service.apply(batch);
            },
            FAST,
            new Random(1));
    open.add(sender);
    sender.start();
    return sender;
  }

  private Reply<EventAck> take(EventBatch batch) {
    try {
      for (String text : batch.records()) {
        taken.add(DeviceRecord.parse(Base64Url.decode(text)));
      }
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
    DeviceRecord last = taken.get(taken.size() - 1);
    return new Reply.Ok<>(new EventAck(last.seq(), last.hash(), "log", last.seq(), "c", List.of()));
  }

  @Test
  @DisplayName("what is appended is sent at once, in order")
  void atOnce() throws Exception {
    sender(this::take);
    spool.append(new AgentEvent.Started("1", false));
    Await.until("first record", () -> taken.size() == 1);
    spool.append(new AgentEvent.Stopped());
    Await.until("acknowledged", () -> spool.depth() == 0);
    assertEquals(List.of(1L, 2L), taken.stream().map(DeviceRecord::seq).toList());
  }

  @Test
  @DisplayName("a backlog goes in batches of at most 200")
  void batches() throws Exception {
    for (int i = 0; i < 450; i++) {
      spool.append(new AgentEvent.Stopped());
    }
    RecordSender sender = sender(this::take);
    assertTrue(sender.flush(Duration.ofSeconds(20)));
    assertEquals(450, taken.size());
    assertEquals(3, calls.get());
  }

  @Test
  @DisplayName("an absent service gets the records when it is back")
  void retries() throws Exception {
    sender(batch -> calls.get() < 4 ? new Reply.Unreachable<>("cut") : take(batch));
    spool.append(new AgentEvent.Started("1", false));
    Await.until("retried until taken", () -> spool.depth() == 0);
    assertEquals(4, calls.get());
  }

  @Test
  @DisplayName("EVENT_FORK and EVENT_GAP stop sending for good and drop nothing")
  void halts() throws Exception {
    for (Refusal refusal : List.of(Refusal.EVENT_FORK, Refusal.EVENT_GAP)) {
      calls.set(0);
      RecordSender sender = sender(batch -> new Reply.Refused<>(refusal, refusal.name()));
      spool.append(new AgentEvent.Started("1", false));
      Await.until("halted", () -> sender.halted().isPresent());
      assertEquals(Optional.of(refusal.name()), sender.halted());
      spool.append(new AgentEvent.Stopped());
      assertFalse(sender.flush(Duration.ofMillis(50)));
      assertEquals(1, calls.get());
      sender.close();
    }
    assertEquals(4, spool.depth());
  }

  @Test
  @DisplayName("an acknowledgement of another chain stops sending and is recorded")
  void mismatch() throws Exception {
    RecordSender sender =
        sender(
            batch -> new Reply.Ok<>(new EventAck(1, DeviceRecord.GENESIS, "l", 1, "c", List.of())));
    spool.append(new AgentEvent.Started("1", false));
    Await.until("halted", () -> sender.halted().isPresent());
    assertEquals(Optional.of(Refusal.ACK_MISMATCH.name()), sender.halted());
    assertEquals("agent.alarm", spool.retained().get(1).type());
  }

  @Test
  @DisplayName("waits double up to the longest and are spread over the upper half")
  void backoff() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5));
    Random random = new Random(7);
    for (int failures = 1; failures < 60; failures++) {
      long bound = Math.min(300_000, failures > 20 ? 300_000 : 1000L << (failures - 1));
      long wait = backoff.after(failures, random).toMillis();
      assertTrue(wait >= bound / 2 && wait <= bound, failures + ": " + wait);
    }
  }
}
