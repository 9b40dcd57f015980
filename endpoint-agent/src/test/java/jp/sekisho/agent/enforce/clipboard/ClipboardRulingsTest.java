package jp.sekisho.agent.enforce.clipboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.agent.enforce.RatedRecords;
import jp.sekisho.agent.enforce.clipboard.ClipboardRulings.InForce;
import jp.sekisho.agent.enforce.clipboard.CopyGrants.Counted;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.ClipboardSettings;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.clipboard.NumberRule;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.ClipboardEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Decisions of the service about pastes, by mode, grant and room for records. */
class ClipboardRulingsTest {
  static final int CLERK = 1001;

  private final List<AgentEvent> records = new ArrayList<>();
  private Optional<InForce> inForce = Optional.empty();
  private @Nullable Counted counting;
  private long counted;
  private boolean full;
  private long now;

  private final CopyGrants grants =
      uid -> {
        Counted counts = counting;
        return counts == null || uid != CLERK ? Optional.empty() : Optional.of(use(counts));
      };

  private CopyGrants.InUse use(Counted becomes) {
    return new CopyGrants.InUse() {
      @Override
      public String grant() {
        return "G";
      }

      @Override
      public Counted count(long bytes) {
        counted += becomes == Counted.COUNTED ? bytes : 0;
        return becomes;
      }
    };
  }

  private final ClipboardRulings rulings =
      new ClipboardRulings(() -> inForce, grants, this::append, () -> now, () -> "内線 1234");

  private void append(AgentEvent event) throws SpoolException {
    if (full) {
      throw new SpoolException(SpoolException.Code.SPOOL_FULL, "full");
    }
    records.add(event);
  }

  private static Policy policy(ClipboardMode mode, NumberRule number) {
    return policy(mode, number, List.of("juki", "zei"));
  }

  static Policy policy(ClipboardMode mode, NumberRule number, List<String> programs) {
    return SignedSet.policy(
        List.of(),
        new SettingValues.Builder()
            .put(ClipboardSettings.MODE, SignedSet.rule("clipboard.mode", mode))
            .put(ClipboardSettings.PROGRAMS, SignedSet.rule("clipboard.programs", programs))
            .put(
                ClipboardSettings.FORMATS,
                SignedSet.rule("clipboard.formats", List.of(CopyFormat.TEXT)))
            .put(ClipboardSettings.LARGEST, SignedSet.rule("clipboard.largest", new DataSize(1000)))
            .put(ClipboardSettings.NUMBER, SignedSet.rule("clipboard.number", number))
            .put(
                ClipboardSettings.NUMBER_SCORE,
                SignedSet.rule("clipboard.number-score", Score.HIGH))
            .build());
  }

  private void inForce(ClipboardMode mode) {
    inForce = Optional.of(new InForce(policy(mode, NumberRule.BLOCK), false));
  }

  private static Crossing crossing(CopyFormat format, long bytes, @Nullable Score number) {
    return new Crossing(
        Board.CLIPBOARD,
        "juki",
        "browser",
        List.of(format),
        bytes,
        format == CopyFormat.TEXT,
        number);
  }

  private Answer decide(CopyFormat format, long bytes, @Nullable Score number) {
    return rulings.decide(CLERK, crossing(format, bytes, number));
  }

  private ClipboardEvent.Refused refused() {
    return (ClipboardEvent.Refused) records.get(records.size() - 1);
  }

  private ClipboardEvent.Crossed crossed() {
    return (ClipboardEvent.Crossed) records.get(records.size() - 1);
  }

  @Test
  @DisplayName(
      "what a seat does follows the mode; without a policy nothing, with an expired one boundaries stay closed")
  void treatments() {
    assertEquals(Treatment.NONE, rulings.treatment(CLERK));
    inForce(ClipboardMode.ALLOW);
    assertEquals(Treatment.NONE, rulings.treatment(CLERK));
    for (ClipboardMode mode : List.of(ClipboardMode.GUARD, ClipboardMode.AUDIT)) {
      inForce(mode);
      assertEquals(new Treatment(mode, true, Set.of("juki", "zei")), rulings.treatment(CLERK));
      inForce = Optional.of(new InForce(inForce.orElseThrow().policy(), true));
      assertEquals(
          new Treatment(ClipboardMode.GUARD, true, Set.of("juki", "zei")),
          rulings.treatment(CLERK));
      assertEquals(Optional.of(Refusal.POLICY_EXPIRED), decide(CopyFormat.TEXT, 10, null).no());
    }
    inForce(ClipboardMode.BLOCK);
    assertEquals(new Treatment(ClipboardMode.BLOCK, false, Set.of()), rulings.treatment(CLERK));
    counting = Counted.COUNTED;
    assertTrue(rulings.treatment(CLERK).keeps());
    assertFalse(rulings.treatment(CLERK + 1).keeps(), "another's grant");
  }

  @Test
  @DisplayName(
      "guard: text without a number goes and is recorded first, anything else is refused with the rule")
  void guard() {
    inForce(ClipboardMode.GUARD);
    assertTrue(decide(CopyFormat.TEXT, 1000, null).goes());
    assertEquals("audit", crossed().effect());
    assertEquals(
        new ClipboardEvent.Copy("clipboard", "juki", "browser", List.of("text"), 1000, "none"),
        crossed().copy());
    assertTrue(decide(CopyFormat.TEXT, 10, Score.LOW).goes());

    Answer number = decide(CopyFormat.TEXT, 10, Score.HIGH);
    assertEquals(Refusal.CLIPBOARD_NUMBER, number.refusal());
    assertEquals("試験", Objects.requireNonNull(number.why()).ja());
    assertEquals("内線 1234", number.help());
    assertEquals("clipboard.number", refused().rule());
    assertEquals("high", refused().copy().score());

    assertEquals(Refusal.CLIPBOARD_BOUNDARY, decide(CopyFormat.IMAGE, 10, null).refusal());
    assertEquals("clipboard.formats", refused().rule());
    assertEquals("unsearched", refused().copy().score());
    assertEquals(Refusal.CLIPBOARD_BOUNDARY, decide(CopyFormat.TEXT, 1001, null).refusal());
    assertEquals("clipboard.largest", refused().rule());
  }

  @Test
  @DisplayName("a number rule that warns lets it go, says so and records it")
  void warn() {
    inForce = Optional.of(new InForce(policy(ClipboardMode.GUARD, NumberRule.WARN), false));
    Answer answer = decide(CopyFormat.TEXT, 10, Score.HIGH);
    assertTrue(answer.goes() && answer.warn());
    assertEquals("warn", crossed().effect());
  }

  @Test
  @DisplayName("audit and block let everything and nothing go")
  void others() {
    inForce(ClipboardMode.AUDIT);
    assertTrue(decide(CopyFormat.FILES, 1 << 20, null).goes());
    inForce(ClipboardMode.BLOCK);
    assertEquals(Refusal.CLIPBOARD_BOUNDARY, decide(CopyFormat.TEXT, 1, null).refusal());
  }

  @Test
  @DisplayName("what cannot be recorded does not go")
  void full() {
    inForce(ClipboardMode.AUDIT);
    full = true;
    assertEquals(Refusal.CLIPBOARD_UNDECIDED, decide(CopyFormat.TEXT, 1, null).refusal());
    inForce(ClipboardMode.BLOCK);
    counting = Counted.COUNTED;
    assertEquals(Refusal.CLIPBOARD_UNDECIDED, decide(CopyFormat.TEXT, 1, null).refusal());
  }

  @Test
  @DisplayName("under a grant copies go in spite of the policy, counted first and each recorded")
  void granted() {
    counting = Counted.COUNTED;
    inForce(ClipboardMode.GUARD);
    for (int i = 0; i < 2 * RatedRecords.SINGLY; i++) {
      assertTrue(decide(CopyFormat.TEXT, 5000, Score.LOW).goes());
    }
    assertEquals(2 * RatedRecords.SINGLY, records.size());
    assertEquals(2L * RatedRecords.SINGLY * 5000, counted);
    assertEquals("G", crossed().grant());
    assertEquals("allow", crossed().effect());
    assertEquals("clipboard.largest", crossed().rule());
    inForce(ClipboardMode.BLOCK);
    assertTrue(decide(CopyFormat.IMAGE, 7, null).goes());
  }

  @Test
  @DisplayName("a grant does not lift the number rule of guard, and ends at what was approved")
  void grantedNot() {
    counting = Counted.COUNTED;
    inForce(ClipboardMode.GUARD);
    assertEquals(Refusal.CLIPBOARD_NUMBER, decide(CopyFormat.TEXT, 1, Score.HIGH).refusal());
    assertEquals("G", refused().grant());
    assertEquals(Refusal.CLIPBOARD_NUMBER, decide(CopyFormat.IMAGE, 1, null).refusal());
    assertEquals(0, counted);
    counting = Counted.OVER;
    assertEquals(Refusal.CLIPBOARD_OVER, decide(CopyFormat.TEXT, 5000, null).refusal());
    counting = Counted.NOT;
    assertEquals(Refusal.CLIPBOARD_UNDECIDED, decide(CopyFormat.TEXT, 5000, null).refusal());
    // What the policy lets go needs no grant, and does not count.
    assertTrue(decide(CopyFormat.TEXT, 10, null).goes());
    assertEquals(null, crossed().grant());
  }

  @Test
  @DisplayName("a program that pastes endlessly fills no log: thirty a minute, then their number")
  void rated() {
    inForce(ClipboardMode.GUARD);
    for (int i = 0; i < RatedRecords.SINGLY + 5; i++) {
      assertFalse(decide(CopyFormat.IMAGE, 1, null).goes());
      assertTrue(decide(CopyFormat.TEXT, 1, null).goes());
    }
    assertEquals(2 * RatedRecords.SINGLY, records.size());
    rulings.tick();
    assertEquals(2 * RatedRecords.SINGLY, records.size());
    now += RatedRecords.WINDOW.toNanos();
    rulings.tick();
    assertEquals(2 * RatedRecords.SINGLY + 2, records.size());
    assertEquals(5, refused().count());
  }
}
