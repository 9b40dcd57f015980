package jp.sekisho.agent.enforce;

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
import jp.sekisho.protocol.event.UsbEvent;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolLogTest {
  private static final String BOOT = Base64Url.encode(new byte[16]);
  private static final UsbEvent.Blocked BLOCKED =
      new UsbEvent.Blocked(
          new UsbEvent.Device("1-1", BOOT, null, null, List.of()),
          "usb.storage",
          false,
          Refusal.USB_STORAGE);

  @TempDir Path temp;

  @Test
  @DisplayName("blocked devices do not use up the last room; that the gate does not hold is told")
  void lastRoom() throws Exception {
    Path directory = temp.resolve("spool");
    Spool.create(directory, "T-0042");
    SpoolLimits small = new SpoolLimits(16_384, 6_000, 2_000, 1_000, Duration.ofDays(7));
    try (Spool spool = Spool.open(directory, "T-0042", BOOT, MovingClock.standing(), small)) {
      SpoolLog log = new SpoolLog(spool);
      assertTrue(log.record(BLOCKED));
      while (spool.room() != Room.GONE) {
        spool.append(new AgentEvent.Started("1", true));
      }
      assertFalse(log.takesReleases());
      long full = spool.lastSeq();
      for (int i = 0; i < 100; i++) {
        assertFalse(log.record(BLOCKED));
      }
      assertEquals(full, spool.lastSeq());
      assertTrue(log.record(new UsbEvent.Enforcement("misconfigured", "records-full")));
      spool.append(new AgentEvent.CardRemoved(List.of(BOOT)));
      spool.append(new AgentEvent.Stopped());
    }
  }
}
