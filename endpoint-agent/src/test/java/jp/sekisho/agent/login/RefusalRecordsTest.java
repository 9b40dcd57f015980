package jp.sekisho.agent.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolLimits;
import jp.sekisho.agent.testing.MovingClock;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusalRecordsTest {
  private static final String ID = Base64Url.encode(new byte[16]);
  private static final SpoolLimits SMALL =
      new SpoolLimits(20_000, 6_000, 2_000, 4_000, Duration.ofDays(7));

  private final MovingClock clock = MovingClock.standing();
  @TempDir Path temp;
  private Spool spool;
  private RefusalRecords records;

  @BeforeEach
  void open() throws Exception {
    Spool.create(temp.resolve("spool"), "T-0042");
    spool = Spool.open(temp.resolve("spool"), "T-0042", ID, clock, SMALL);
    records = new RefusalRecords(spool, clock);
  }

  @AfterEach
  void close() {
    spool.close();
  }

  private List<String> recorded() {
    return spool.retained().stream()
        .filter(record -> record.type().equals("agent.login-refused"))
        .map(record -> record.reason() + " " + record.data())
        .toList();
  }

  @Test
  @DisplayName("three of a reason in a minute are recorded at once, of the others their number")
  void aggregates() {
    for (int i = 0; i < 1000; i++) {
      assertTrue(records.add(ID, null, Refusal.TRANSACTION_UNKNOWN));
    }
    assertTrue(records.add(ID, 2, Refusal.PIN_WRONG));
    String single = "TRANSACTION_UNKNOWN {transaction=" + ID + "}";
    String wrong = "PIN_WRONG {transaction=" + ID + ", triesLeft=2}";
    assertEquals(List.of(single, single, single, wrong), recorded());
    clock.advance(RefusalRecords.WINDOW.minusMillis(1));
    records.settle();
    assertEquals(4, recorded().size());
    clock.advance(Duration.ofMillis(1));
    records.settle();
    records.settle();
    assertEquals(
        List.of(single, single, single, wrong, "TRANSACTION_UNKNOWN {count=997}"), recorded());
    assertTrue(records.add(ID, 1, Refusal.PIN_WRONG));
    assertEquals(6, recorded().size());
  }

  @Test
  @DisplayName("a clock that was set back does not hold the number back")
  void clockSetBack() {
    for (int i = 0; i < 5; i++) {
      records.add(ID, null, Refusal.NO_CARD);
    }
    clock.advance(Duration.ofHours(-1));
    records.settle();
    assertEquals("NO_CARD {count=2}", recorded().get(3));
  }

  @Test
  @DisplayName("the orderly stop leaves no number unrecorded")
  void stop() {
    for (int i = 0; i < 4; i++) {
      records.add(null, null, Refusal.INPUT_MALFORMED);
    }
    records.settleNow();
    assertEquals("INPUT_MALFORMED {count=1}", recorded().get(3));
  }

  @Test
  @DisplayName("refusals never take the reserve, however many reasons and minutes there are")
  void doesNotFill() throws Exception {
    for (int i = 0; i < 200; i++) {
      for (Refusal reason : Refusal.values()) {
        assertTrue(records.add(ID, null, reason));
      }
      clock.advance(RefusalRecords.WINDOW);
      records.settle();
    }
    assertEquals(Room.RESERVE, spool.room(), "logins and removals still have their room");
    int before = recorded().size();
    records.add(ID, null, Refusal.NO_CARD);
    assertEquals(before, recorded().size());
    while (spool.room() != Room.GONE) {
      spool.append(new AgentEvent.Stopped());
    }
    assertFalse(records.add(ID, null, Refusal.NO_CARD));
  }
}
