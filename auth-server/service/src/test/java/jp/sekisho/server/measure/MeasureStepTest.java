package jp.sekisho.server.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.OutOfStep;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.MeasureEvent.Due;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.server.measure.Measure.Approval;
import jp.sekisho.server.measure.Measure.Said;
import jp.sekisho.server.policy.SignedPolicies.RuleIds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what with a measure in which state, and what is late on which day. */
final class MeasureStepTest {
  private static final MeasureRights ASKER = new MeasureRights("300001", true, false, false);
  private static final MeasureRights MANAGER = new MeasureRights("300002", true, false, false);
  private static final MeasureRights CISO = new MeasureRights("400001", false, true, false);
  private static final MeasureRights AUDITOR = new MeasureRights("200001", false, false, true);
  private static final LocalDate FROM = LocalDate.of(2026, 11, 22);
  private static final LocalDate REVIEW = LocalDate.of(2027, 1, 31);
  private static final LocalDate UNTIL = LocalDate.of(2027, 3, 31);
  private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

  private static Measure in(MeasureState state) {
    ExceptionalMeasure text =
        new ExceptionalMeasure(
            Base64Url.encode(new byte[16]),
            "E-0001",
            "mayor",
            ASKER.person(),
            List.of("T-0001"),
            null,
            null,
            "更新まで",
            "週1回点検する",
            null,
            FROM,
            REVIEW,
            UNTIL,
            null);
    return new Measure(text, 1, NOW, state, null, null, null, null, null);
  }

  private static Set<MeasureStep> open(Measure measure, MeasureRights rights, LocalDate day) {
    Set<MeasureStep> steps = EnumSet.noneOf(MeasureStep.class);
    for (MeasureStep step : MeasureStep.values()) {
      if (step.obstacle(measure, rights, day) == null) {
        steps.add(step);
      }
    }
    return steps;
  }

  @ParameterizedTest
  @EnumSource
  void eachStateIsOpenToExactlyTheseSteps(MeasureState state) {
    Measure measure = in(state);
    assertEquals(Set.of(), open(measure, AUDITOR, FROM));
    assertEquals(
        switch (state) {
          case REQUESTED -> Set.of(MeasureStep.APPROVE, MeasureStep.REJECT);
          case PERMITTED, RENEWED -> Set.of(MeasureStep.REVIEW, MeasureStep.END);
          case ENDED, REJECTED, WITHDRAWN, EXPIRED -> Set.of();
        },
        open(measure, CISO, FROM));
    assertEquals(
        switch (state) {
          case REQUESTED -> Set.of(MeasureStep.WITHDRAW);
          case PERMITTED -> Set.of(MeasureStep.END, MeasureStep.RENEW);
          case RENEWED -> Set.of(MeasureStep.END);
          case ENDED, REJECTED, WITHDRAWN, EXPIRED -> Set.of();
        },
        open(measure, ASKER, FROM));
    assertEquals(
        switch (state) {
          case PERMITTED -> Set.of(MeasureStep.REVIEW, MeasureStep.END, MeasureStep.RENEW);
          case RENEWED -> Set.of(MeasureStep.REVIEW, MeasureStep.END);
          case REQUESTED, ENDED, REJECTED, WITHDRAWN, EXPIRED -> Set.of();
        },
        open(measure, MANAGER, FROM));
    boolean counts = state == MeasureState.PERMITTED || state == MeasureState.RENEWED;
    assertEquals(counts, measure.runs(FROM));
    assertEquals(counts, measure.runs(UNTIL));
    assertFalse(measure.runs(FROM.minusDays(1)));
    assertFalse(measure.runs(UNTIL.plusDays(1)), "by itself, whatever anybody does");
  }

  @Test
  void nobodyPermitsRejectsOrReviewsWhatTheyAskedFor() {
    MeasureRights both = new MeasureRights(ASKER.person(), true, true, false);
    Measure asked = in(MeasureState.REQUESTED);
    assertEquals(Refusal.APPROVAL_OWN, MeasureStep.APPROVE.obstacle(asked, both, FROM));
    assertEquals(Refusal.APPROVAL_OWN, MeasureStep.REJECT.obstacle(asked, both, FROM));
    Measure permitted = in(MeasureState.PERMITTED);
    assertEquals(Refusal.APPROVAL_OWN, MeasureStep.REVIEW.obstacle(permitted, both, FROM));
    assertEquals(Refusal.ROLE_MISSING, MeasureStep.APPROVE.obstacle(asked, MANAGER, FROM));
    assertEquals(Refusal.ROLE_MISSING, MeasureStep.WITHDRAW.obstacle(asked, MANAGER, FROM));
  }

  @Test
  void pastItsLastDayItIsEndedOrRenewedAndNothingElse() {
    LocalDate after = UNTIL.plusDays(1);
    assertEquals(
        Refusal.MEASURE_OVER,
        MeasureStep.APPROVE.obstacle(in(MeasureState.REQUESTED), CISO, after));
    Measure permitted = in(MeasureState.PERMITTED);
    assertEquals(Set.of(MeasureStep.END, MeasureStep.RENEW), open(permitted, MANAGER, after));
    assertNull(MeasureStep.APPROVE.obstacle(in(MeasureState.REQUESTED), CISO, UNTIL));
  }

  @Test
  @DisplayName(
      "R28, item 7: late is a matter of the day, not of a sweep; a review is looked at once")
  void due() {
    Measure permitted = in(MeasureState.PERMITTED);
    assertDue(null, permitted, REVIEW);
    assertDue(Due.REVIEW, permitted, REVIEW.plusDays(1));
    assertDue(Due.REVIEW, permitted, UNTIL);
    assertDue(Due.END, permitted, UNTIL.plusDays(1));
    Measure reviewed = permitted.reviewed(new Said(NOW, MANAGER.person(), "代替措置を確認"));
    assertDue(null, reviewed, UNTIL);
    assertDue(Due.END, reviewed, UNTIL.plusDays(1));
    assertEquals(Refusal.MEASURE_DECIDED, MeasureStep.REVIEW.obstacle(reviewed, MANAGER, REVIEW));
    for (MeasureState state : MeasureState.values()) {
      if (state != MeasureState.PERMITTED) {
        assertDue(null, in(state), UNTIL.plusDays(1));
      }
    }
    assertTrue(permitted.day(Due.END).equals(UNTIL) && permitted.day(Due.REVIEW).equals(REVIEW));
  }

  @Test
  void aRenewalStandsForTheEndAndNotForTheReview() {
    Measure renewed = in(MeasureState.RENEWED);
    assertDue(null, renewed, REVIEW);
    assertDue(Due.REVIEW, renewed, REVIEW.plusDays(1));
    assertDue(Due.REVIEW, renewed, UNTIL);
    assertDue(null, renewed, UNTIL.plusDays(1));
    Measure reviewed = renewed.reviewed(new Said(NOW, MANAGER.person(), "代替措置を確認"));
    assertDue(null, reviewed, UNTIL);
    assertEquals(Refusal.MEASURE_DECIDED, MeasureStep.REVIEW.obstacle(reviewed, MANAGER, REVIEW));
  }

  private static void assertDue(@Nullable Due due, Measure measure, LocalDate day) {
    assertEquals(due, measure.due(day), day.toString());
  }

  @Test
  void aLayersRuleNeedsAMeasureOfItsOwnOrgan() {
    List<Measure> running = List.of(in(MeasureState.PERMITTED));
    RuleIds rules = new RuleIds(Set.of("usb.e-0001.common"), Set.of("usb.e-0001.layer"));
    assertEquals(List.of(), Comparison.unpermitted(rules, running, running));
    assertEquals(
        List.of(new OutOfStep("rule-unpermitted", "usb.e-0001.layer", "E-0001")),
        Comparison.unpermitted(rules, running, List.of()),
        "another organ's measure is enough for the common policy only");
    assertEquals(2, Comparison.unpermitted(rules, List.of(), List.of()).size());
  }

  @Test
  void theIdOfARuleNamesMeasuresAsWholeWords() {
    assertEquals(Set.of("E-0007"), Comparison.named("usb.e-0007.scanner"));
    assertEquals(Set.of("E-0007", "E-12345"), Comparison.named("usb.e-0007-e-12345"));
    assertEquals(Set.of(), Comparison.named("usb.storage"));
    assertEquals(Set.of(), Comparison.named("usb.e-007"));
    assertEquals(Set.of(), Comparison.named("usb.type-0007"));
    assertEquals(Set.of(), Comparison.named("usb.e-0007a"));
  }

  @Test
  @DisplayName("what was decided or ended is not decided again, whichever code asks for it")
  void decidedOnce() {
    Said said = new Said(NOW, "300001", "戻した");
    Approval card = new Approval("t", new byte[1], new byte[1], new byte[1]);
    assertEquals(
        MeasureState.PERMITTED, in(MeasureState.REQUESTED).permitted(NOW, "4", card).state());
    assertEquals(MeasureState.ENDED, in(MeasureState.RENEWED).ended(said).state());
    for (MeasureState over :
        List.of(
            MeasureState.ENDED,
            MeasureState.REJECTED,
            MeasureState.WITHDRAWN,
            MeasureState.EXPIRED)) {
      assertThrows(IllegalStateException.class, () -> in(over).permitted(NOW, "4", card));
      assertThrows(IllegalStateException.class, () -> in(over).rejected(NOW, "4", "否"));
      assertThrows(IllegalStateException.class, () -> in(over).ended(said));
      assertThrows(IllegalStateException.class, () -> in(over).in(MeasureState.RENEWED));
    }
  }
}
