package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do which step in which state, and where states lead. */
final class StepTest {
  private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
  private static final Instant END = Instant.parse("2026-11-21T03:00:00Z");
  private static final Rights APPROVER = new Rights("300001", true, false, false);
  private static final Rights ADMIN = new Rights("400001", false, true, false);
  private static final Rights AUDITOR = new Rights("200001", false, false, true);
  private static final Rights REQUESTER = new Rights("100042", false, false, false);
  private static final Rights USER = new Rights("100050", false, false, false);

  static ExportGrant text() {
    return new ExportGrant(
        "AAECAwQFBgcICQoLDA0ODw",
        "mayor",
        "100050",
        "T-0001",
        ExportGrant.Capability.USB_READ,
        "M-0007",
        "A9Zt0Ig1wco_EozOrNHzGslBYwlrIPRFroQoW8CDLXI",
        "課税資料の読み込み",
        null,
        null,
        null,
        3,
        START,
        END,
        30);
  }

  private static Request request(RequestState state) {
    return new Request("100042", text(), state, START, null, null, null);
  }

  private static Dossier in(GrantState state, boolean activated) {
    byte[] none = new byte[0];
    Grant.Use use = activated ? new Grant.Use(START, "n", END) : null;
    Grant grant =
        new Grant(
            text().request(), "T-0001", "t", none, none, none, state, use, null, null, null, null);
    return new Dossier(request(RequestState.APPROVED), grant);
  }

  private static @Nullable Refusal may(Step step, Dossier dossier, Rights rights) {
    return step.obstacle(dossier, rights, START);
  }

  @Test
  void onlyAnApproverWhoNeitherAskedNorUsesItDecides() {
    Dossier open = new Dossier(request(RequestState.REQUESTED), null);
    for (Step step : EnumSet.of(Step.APPROVE, Step.REMAND, Step.REJECT)) {
      assertNull(may(step, open, APPROVER));
      assertEquals(Refusal.ROLE_MISSING, may(step, open, ADMIN));
      assertEquals(Refusal.ROLE_MISSING, may(step, open, AUDITOR));
      for (String own : Set.of("100042", "100050")) {
        assertEquals(Refusal.APPROVAL_OWN, may(step, open, new Rights(own, true, true, false)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RequestState.class,
      names = {"APPROVED", "REJECTED", "WITHDRAWN", "EXPIRED"})
  void whatIsDecidedIsNotDecidedAgain(RequestState state) {
    Dossier decided = new Dossier(request(state), null);
    Refusal reason = state == RequestState.EXPIRED ? Refusal.GRANT_OVER : Refusal.GRANT_DECIDED;
    assertEquals(reason, may(Step.APPROVE, decided, APPROVER));
    assertEquals(reason, may(Step.REJECT, decided, APPROVER));
    assertEquals(Refusal.GRANT_DECIDED, may(Step.WITHDRAW, decided, REQUESTER));
    assertThrows(
        IllegalStateException.class,
        () -> request(state).decided(RequestState.APPROVED, START, "300001"));
  }

  private static Request sentBack() {
    return request(RequestState.REQUESTED).remanded(new Request.Remand(START, "300001", "期間を短く"));
  }

  @Test
  void whatWasSentBackIsMendedByWhoAskedOnlyAndIsNotDecidedMeanwhile() {
    Dossier back = new Dossier(sentBack(), null);
    for (Step step : EnumSet.of(Step.APPROVE, Step.REJECT, Step.REMAND)) {
      assertEquals(Refusal.GRANT_DECIDED, may(step, back, APPROVER));
    }
    assertNull(may(Step.CORRECT, back, REQUESTER));
    assertNull(may(Step.WITHDRAW, back, REQUESTER));
    for (Rights other : Set.of(USER, APPROVER, ADMIN, AUDITOR)) {
      assertEquals(Refusal.ROLE_MISSING, may(Step.CORRECT, back, other));
    }
    Dossier again = new Dossier(back.request().corrected(text()), null);
    assertNull(may(Step.APPROVE, again, APPROVER));
    assertEquals(Refusal.GRANT_DECIDED, may(Step.CORRECT, again, REQUESTER));
    assertThrows(IllegalStateException.class, () -> again.request().corrected(text()));
    assertThrows(
        IllegalStateException.class,
        () -> back.request().decided(RequestState.APPROVED, START, "300001"));
  }

  @Test
  void whatWasSentBackWaitsPastItsEndButNotForEver() {
    Dossier back = new Dossier(sentBack(), null);
    Instant last = START.plus(Request.MENDABLE);
    assertNull(Step.CORRECT.obstacle(back, REQUESTER, last.minusMillis(1)));
    assertEquals(Refusal.GRANT_OVER, Step.CORRECT.obstacle(back, REQUESTER, last));
    Request expired = back.request().decided(RequestState.EXPIRED, last, null);
    assertEquals(
        Refusal.GRANT_OVER, Step.CORRECT.obstacle(new Dossier(expired, null), REQUESTER, last));
  }

  @Test
  void aRequestPastItsEndIsNotApprovedButMayBeRejected() {
    Dossier open = new Dossier(request(RequestState.REQUESTED), null);
    assertNull(Step.APPROVE.obstacle(open, APPROVER, END.minusSeconds(1)));
    assertEquals(Refusal.GRANT_OVER, Step.APPROVE.obstacle(open, APPROVER, END));
    assertNull(Step.REJECT.obstacle(open, APPROVER, END));
  }

  @Test
  void whoAskedWithdrawsUntilItIsUsed() {
    assertNull(may(Step.WITHDRAW, new Dossier(request(RequestState.REQUESTED), null), REQUESTER));
    assertNull(may(Step.WITHDRAW, in(GrantState.APPROVED, false), REQUESTER));
    assertEquals(Refusal.GRANT_DECIDED, may(Step.WITHDRAW, in(GrantState.ACTIVE, true), REQUESTER));
    assertEquals(Refusal.ROLE_MISSING, may(Step.WITHDRAW, in(GrantState.APPROVED, false), USER));
  }

  @Test
  void anApproverOrAdministratorRevokesWhatIsNotOver() {
    for (Rights rights : Set.of(APPROVER, ADMIN)) {
      assertNull(may(Step.REVOKE, in(GrantState.APPROVED, false), rights));
      assertNull(may(Step.REVOKE, in(GrantState.ACTIVE, true), rights));
      assertEquals(Refusal.GRANT_DECIDED, may(Step.REVOKE, in(GrantState.USED, true), rights));
      assertEquals(Refusal.GRANT_DECIDED, may(Step.REVOKE, in(GrantState.CLOSED, true), rights));
    }
    assertEquals(Refusal.ROLE_MISSING, may(Step.REVOKE, in(GrantState.APPROVED, false), REQUESTER));
  }

  @Test
  void aReturnIsConfirmedOnceAndOnlyOfAMediumThatWasOut() {
    for (Rights rights : Set.of(APPROVER, ADMIN, REQUESTER, USER)) {
      assertNull(may(Step.RETURN, in(GrantState.ACTIVE, true), rights));
      assertNull(may(Step.RETURN, in(GrantState.USED, true), rights));
      assertNull(may(Step.RETURN, in(GrantState.REVOKED, true), rights));
      assertEquals(Refusal.GRANT_DECIDED, may(Step.RETURN, in(GrantState.APPROVED, false), rights));
      assertEquals(Refusal.GRANT_DECIDED, may(Step.RETURN, in(GrantState.REVOKED, false), rights));
      assertEquals(Refusal.GRANT_DECIDED, may(Step.RETURN, in(GrantState.CLOSED, true), rights));
    }
    assertEquals(Refusal.ROLE_MISSING, may(Step.RETURN, in(GrantState.USED, true), AUDITOR));
  }

  private static final GrantSeries SERIES = new GrantSeries(text(), GrantSeries.Repeat.WEEKLY, 3);

  private static Dossier occurrence(GrantState state, boolean activated) {
    byte[] none = new byte[0];
    Request series =
        Request.of("100042", SERIES, START).decided(RequestState.APPROVED, START, "300001");
    Request one = series.occurrence(2, START);
    Grant.Use use = activated ? new Grant.Use(START, "n", END) : null;
    return new Dossier(
        one,
        new Grant(one.id(), "T-0001", "t", none, none, none, state, use, null, null, null, null));
  }

  @Test
  void aUseOfAnOccurrenceIsReportedOnceAfterItAndNoOtherUseIs() {
    for (Rights rights : Set.of(APPROVER, ADMIN, REQUESTER, USER)) {
      assertEquals(
          Refusal.GRANT_DECIDED, may(Step.REPORT, occurrence(GrantState.APPROVED, false), rights));
      assertEquals(
          Refusal.GRANT_DECIDED, may(Step.REPORT, occurrence(GrantState.ACTIVE, true), rights));
      for (GrantState over : EnumSet.of(GrantState.USED, GrantState.CLOSED, GrantState.REVOKED)) {
        assertNull(may(Step.REPORT, occurrence(over, true), rights));
      }
      assertEquals(Refusal.GRANT_DECIDED, may(Step.REPORT, in(GrantState.USED, true), rights));
    }
    Dossier used = occurrence(GrantState.USED, true);
    assertEquals(Refusal.ROLE_MISSING, may(Step.REPORT, used, AUDITOR));
    Grant.Report report = new Grant.Report(END, "100050", "十二件");
    Grant reported = Objects.requireNonNull(used.grant()).reported(report);
    assertEquals(report, reported.report());
    assertEquals(Refusal.GRANT_DECIDED, may(Step.REPORT, used.with(reported), USER));
    assertThrows(IllegalStateException.class, () -> reported.reported(report));
    Grant running = Objects.requireNonNull(occurrence(GrantState.ACTIVE, true).grant());
    assertThrows(IllegalStateException.class, () -> running.reported(report));
  }

  @Test
  void anOccurrenceIsSettledByReturnAndReportTogetherOrByNoUse() {
    assertEquals(true, occurrence(GrantState.APPROVED, false).isSettled());
    assertEquals(true, occurrence(GrantState.EXPIRED, false).isSettled());
    Dossier used = occurrence(GrantState.USED, true);
    Grant grant = Objects.requireNonNull(used.grant());
    Grant.Report report = new Grant.Report(END, "100050", "十二件");
    assertEquals(false, used.isSettled());
    assertEquals(false, used.with(grant.reported(report)).isSettled());
    assertEquals(false, used.with(grant.returned(END, "100050")).isSettled());
    assertEquals(true, used.with(grant.returned(END, "100050").reported(report)).isSettled());
    assertEquals(true, used.with(grant.reported(report).returned(END, "100050")).isSettled());
  }

  @Test
  void whatIsOutIsHandedOverAsItWouldBeReturnedAndThenNeitherReturnedNorErased() {
    for (GrantState out : EnumSet.of(GrantState.ACTIVE, GrantState.USED, GrantState.REVOKED)) {
      for (Rights rights : Set.of(APPROVER, ADMIN, REQUESTER, USER)) {
        assertNull(may(Step.HAND_OVER, in(out, true), rights));
      }
      assertEquals(Refusal.ROLE_MISSING, may(Step.HAND_OVER, in(out, true), AUDITOR));
    }
    assertEquals(Refusal.GRANT_DECIDED, may(Step.HAND_OVER, in(GrantState.APPROVED, false), USER));
    Dossier used = in(GrantState.USED, true);
    Grant given = Objects.requireNonNull(used.grant()).handedOver(END, "100050", "税第77号");
    assertEquals(GrantState.CLOSED, given.state());
    assertEquals(false, given.isOut());
    assertEquals(false, given.isUnerased());
    assertEquals("税第77号", given.receipt());
    for (Step step : EnumSet.of(Step.HAND_OVER, Step.RETURN, Step.ERASE)) {
      assertEquals(Refusal.GRANT_DECIDED, may(step, used.with(given), APPROVER), step.text());
    }
    Grant.Erasure erasure = new Grant.Erasure(END, "100050");
    assertThrows(IllegalStateException.class, () -> given.erased(erasure));
  }

  @Test
  void whatCameBackIsErasedOnceAndNothingBefore() {
    Dossier used = in(GrantState.USED, true);
    Grant grant = Objects.requireNonNull(used.grant());
    Grant.Erasure erasure = new Grant.Erasure(END, "100050");
    assertEquals(false, grant.isUnerased());
    assertEquals(Refusal.GRANT_DECIDED, may(Step.ERASE, used, APPROVER));
    assertThrows(IllegalStateException.class, () -> grant.erased(erasure));
    Dossier back = used.with(grant.returned(END, "100050"));
    for (Rights rights : Set.of(APPROVER, ADMIN, REQUESTER, USER)) {
      assertNull(may(Step.ERASE, back, rights));
    }
    assertEquals(Refusal.ROLE_MISSING, may(Step.ERASE, back, AUDITOR));
    Grant erased = Objects.requireNonNull(back.grant()).erased(erasure);
    assertEquals(erasure, erased.erasure());
    assertEquals(GrantState.CLOSED, erased.state());
    assertEquals(Refusal.GRANT_DECIDED, may(Step.ERASE, back.with(erased), APPROVER));
  }

  @Test
  void theReportOfAnOccurrenceIsDueThreeDaysAfterItsUseAndOfNothingElse() {
    assertNull(in(GrantState.USED, true).reportDue());
    assertNull(occurrence(GrantState.ACTIVE, true).reportDue());
    assertNull(occurrence(GrantState.EXPIRED, false).reportDue());
    Dossier used = occurrence(GrantState.USED, true);
    Instant due = END.plus(Dossier.REPORT);
    assertEquals(due, used.reportDue());
    assertEquals(false, used.isReportLate(due.minusMillis(1)));
    assertEquals(true, used.isReportLate(due));
    Grant grant = Objects.requireNonNull(used.grant());
    Dossier early = used.with(grant.returned(START, "100050"));
    assertEquals(START.plus(Dossier.REPORT), early.reportDue());
    assertEquals(due, grant.reportOverdue(due).reportOverdue());
    Grant.Report report = new Grant.Report(END, "100050", "十二件");
    assertEquals(false, used.with(grant.reported(report)).isReportLate(due));
  }

  @Test
  void anOccurrenceIsNotExtendedAndASeriesIsApprovedBeforeItsFirstTimeIsOver() {
    assertEquals(
        Refusal.GRANT_DECIDED, may(Step.EXTEND, occurrence(GrantState.ACTIVE, true), USER));
    Dossier asked = new Dossier(Request.of("100042", SERIES, START), null);
    assertNull(Step.APPROVE.obstacle(asked, APPROVER, END.minusSeconds(1)));
    assertEquals(Refusal.GRANT_OVER, Step.APPROVE.obstacle(asked, APPROVER, END));
    assertEquals(true, asked.request().isLate(END));
    assertEquals(false, asked.request().isLate(END.minusSeconds(1)));
  }

  @Test
  void aSeriesCountsItsOccurrencesUpwardsAndNoneAfterItsEnd() {
    Request series =
        Request.of("100042", SERIES, START).decided(RequestState.APPROVED, START, "300001");
    byte[] none = new byte[0];
    Grant grant =
        new Grant(
            series.id(),
            "T-0001",
            "t",
            none,
            none,
            none,
            GrantState.APPROVED,
            null,
            null,
            null,
            null,
            null);
    assertEquals(0, grant.occurrences());
    assertEquals(2, grant.counted().counted().occurrences());
    Grant ended = grant.counted().ended(GrantState.REVOKED, END);
    assertEquals(1, ended.occurrences());
    assertThrows(IllegalStateException.class, ended::counted);
    Request one = series.occurrence(3, START);
    assertEquals(SERIES.occurrence(3), one.text());
    assertEquals(SERIES, one.signed());
    assertThrows(IllegalStateException.class, () -> one.occurrence(1, START));
    assertThrows(
        IllegalStateException.class,
        () -> Request.of("100042", SERIES, START).occurrence(1, START));
    assertThrows(
        IllegalStateException.class, () -> request(RequestState.APPROVED).occurrence(1, START));
  }

  @ParameterizedTest
  @EnumSource
  void nothingLeadsOutOfAFinalStateAndNothingBackToApproved(GrantState state) {
    boolean last =
        EnumSet.of(GrantState.CLOSED, GrantState.WITHDRAWN, GrantState.EXPIRED).contains(state);
    for (GrantState next : GrantState.values()) {
      if (last || next == GrantState.APPROVED || next == state) {
        assertEquals(false, state.leadsTo(next), state + " to " + next);
      }
    }
    assertEquals(GrantState.APPROVED == state, state.leadsTo(GrantState.ACTIVE));
  }
}
