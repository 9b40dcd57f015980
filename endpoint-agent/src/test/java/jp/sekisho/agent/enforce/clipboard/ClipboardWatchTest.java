package jp.sekisho.agent.enforce.clipboard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ClipboardEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Gaps: when they are recorded, when the screen is locked, when they are over. */
class ClipboardWatchTest {
  private static final int CLERK = 1001;

  private final List<AgentEvent> records = new ArrayList<>();
  private final AtomicInteger locks = new AtomicInteger();
  private Treatment treatment = treatment(ClipboardMode.BLOCK);
  private boolean atScreen = true;
  private long now = 1;
  private final ClipboardWatch watch =
      new ClipboardWatch(
          new ClipboardWatch.Parts(
              uid -> treatment, uid -> atScreen, locks::incrementAndGet, records::add, () -> now));

  private static Treatment treatment(ClipboardMode mode) {
    return mode == ClipboardMode.ALLOW
        ? Treatment.NONE
        : new Treatment(mode, mode != ClipboardMode.BLOCK, Set.of());
  }

  private void pass(Duration time) {
    now += time.toNanos();
    watch.tick();
  }

  private static ClipboardEvent.Gap gap(String mode, boolean locked, @Nullable Long seconds) {
    return new ClipboardEvent.Gap(mode, locked, seconds, Refusal.CLIPBOARD_GAP);
  }

  private static ClipboardEvent.Held held(String mode, String fault) {
    return new ClipboardEvent.Held(mode, fault.isEmpty() ? "effective" : "misconfigured", fault);
  }

  @Test
  @DisplayName(
      "block: a stopped session process locks within 5 s of the last sign of life, and the gap has its length")
  void blocked() {
    watch.reported(CLERK, Hold.YES);
    assertEquals(List.of(held("block", "")), records);
    // Silent for five seconds: the seat is lost.
    watch.lost(CLERK, Duration.ofSeconds(5));
    watch.tick();
    assertEquals(1, locks.get());
    assertEquals(
        List.of(held("block", ""), gap("block", true, null), held("block", "clipboard-no-session")),
        records);
    assertEquals("clipboard-no-session", watch.fault());
    pass(Duration.ofSeconds(30));
    assertEquals(1, locks.get());
    pass(Duration.ofSeconds(30));
    assertEquals(2, locks.get(), "whoever unlocks and goes on is locked again");
    watch.reported(CLERK, Hold.YES);
    assertEquals(List.of(gap("block", true, 65L), held("block", "")), records.subList(3, 5));
    assertEquals(null, watch.fault());
  }

  @Test
  @DisplayName(
      "a killed one locks once it is clear that none begins anew; one that does locks nobody out")
  void killed() {
    watch.reported(CLERK, Hold.YES);
    watch.lost(CLERK, Duration.ZERO);
    pass(ClipboardWatch.GRACE.minusMillis(1));
    assertEquals(0, locks.get());
    pass(Duration.ofMillis(1));
    assertEquals(1, locks.get());
    watch.reported(CLERK, Hold.YES);

    watch.lost(CLERK, Duration.ZERO);
    pass(Duration.ofSeconds(1));
    watch.reported(CLERK, Hold.YES);
    pass(Duration.ofSeconds(10));
    assertEquals(1, locks.get());
    assertEquals(gap("block", false, 1L), records.get(records.size() - 1));
  }

  @Test
  @DisplayName("guard and audit: the gap is recorded, nobody is locked; allow: nothing")
  void guarded() {
    treatment = treatment(ClipboardMode.GUARD);
    watch.reported(CLERK, Hold.YES);
    watch.lost(CLERK, Duration.ZERO);
    pass(Duration.ofSeconds(7));
    assertEquals(0, locks.get());
    assertEquals(gap("guard", false, null), records.get(1));
    watch.reported(CLERK, Hold.YES);
    treatment = treatment(ClipboardMode.ALLOW);
    watch.lost(CLERK, Duration.ZERO);
    int before = records.size();
    pass(Duration.ofSeconds(7));
    assertEquals(before, records.size());
  }

  @Test
  @DisplayName("somebody who logs off leaves no gap")
  void loggedOff() {
    watch.reported(CLERK, Hold.YES);
    watch.lost(CLERK, Duration.ZERO);
    atScreen = false;
    pass(Duration.ofMinutes(5));
    assertEquals(0, locks.get());
    assertEquals(List.of(held("block", "")), records);
  }

  @Test
  @DisplayName("what the session process cannot hold is 設定不良, with its reason, and no gap")
  void misconfigured() {
    watch.reported(CLERK, Hold.WAYLAND);
    pass(Duration.ofMinutes(1));
    assertEquals("clipboard-wayland", watch.fault());
    assertEquals(List.of(held("block", "clipboard-wayland")), records);
    assertEquals(0, locks.get());
    treatment = treatment(ClipboardMode.ALLOW);
    assertEquals(null, watch.fault());
  }
}
