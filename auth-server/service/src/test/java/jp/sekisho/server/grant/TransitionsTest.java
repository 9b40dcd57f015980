package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of an exception's rows at each step: what changes, what stays, and from where no
 * step leads on. Without a service, in milliseconds.
 *
 * <p>Over 400 lines: one list, in which a missing transition shows.
 */
final class TransitionsTest {
  private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
  private static final Instant END = Instant.parse("2026-11-21T03:00:00Z");
  private static final Instant USED = START.plus(Duration.ofMinutes(10));
  private static final Instant DEADLINE = USED.plus(Duration.ofMinutes(30));
  private static final Rights APPROVER = new Rights("300001", true, false, false);
  private static final Rights REQUESTER = new Rights("100042", false, false, false);
  private static final Rights USER = new Rights("100050", false, false, false);
  private static final ExportGrant TEXT = StepTest.text();
  private static final ExportGrant LONGER = TEXT.extended("まだ終わらない", END, 60);
  private static final Grant.Use USE = new Grant.Use(USED, "n", DEADLINE);
  private static final byte[] STATEMENT = {1};
  private static final byte[] SIGNATURE = {2};
  private static final byte[] SPKI = {3};

  private static Request request(RequestState state) {
    return new Request("100042", TEXT, state, START, null, null, null);
  }

  private static Grant grant(GrantState state, Grant.@Nullable Use use) {
    return new Grant(
        TEXT.request(),
        "T-0001",
        "t",
        STATEMENT,
        SIGNATURE,
        SPKI,
        state,
        use,
        null,
        null,
        null,
        null);
  }

  private static Grant running() {
    return grant(GrantState.APPROVED, null).activated(USE);
  }

  private static Extension asked(ExportGrant text) {
    return new Extension(
        "AAAAAAAAAAAAAAAAAAAAAA", text, Extension.State.ASKED, USED, "100050", null, null, null);
  }

  private static Extension approved(ExportGrant text) {
    return asked(text)
        .approved(
            USED.plusSeconds(60),
            "300001",
            new Extension.Approval("t", STATEMENT, SIGNATURE, SPKI));
  }

  private static Dossier with(Grant grant, Extension... extensions) {
    return new Dossier(request(RequestState.APPROVED), grant, List.of(extensions));
  }

  @Nullable
  private static Refusal may(Step step, Dossier dossier, Rights rights, Instant at) {
    return step.obstacle(dossier, rights, at);
  }

  @Test
  @DisplayName("an extension that waits is decided by an approver while the use goes on, no longer")
  void waitingExtension() {
    Dossier waits = with(running(), asked(LONGER));
    for (Step step : EnumSet.of(Step.APPROVE, Step.REJECT)) {
      assertNull(may(step, waits, APPROVER, DEADLINE.minusMillis(1)));
      assertEquals(Refusal.GRANT_OVER, may(step, waits, APPROVER, DEADLINE));
      assertEquals(Refusal.APPROVAL_OWN, may(step, waits, USER, USED));
      assertEquals(
          Refusal.ROLE_MISSING, may(step, waits, new Rights("400001", false, true, true), USED));
    }
    assertEquals(Refusal.GRANT_DECIDED, may(Step.REMAND, waits, APPROVER, USED));
    assertEquals(LONGER, waits.asked());
    assertEquals(LONGER, waits.signs());
    assertEquals(TEXT, waits.text(), "what is not approved does not count");
  }

  @Test
  @DisplayName("an extension past the end that it asks for is not approved, but rejected")
  void extensionPastItsEnd() {
    // The row's deadline is later than the text's end only when somebody put it there.
    Grant odd =
        grant(GrantState.APPROVED, null).activated(new Grant.Use(USED, "n", END.plusSeconds(9)));
    Dossier waits = with(odd, asked(LONGER));
    assertNull(may(Step.APPROVE, waits, APPROVER, END.minusMillis(1)));
    assertEquals(Refusal.GRANT_OVER, may(Step.APPROVE, waits, APPROVER, END));
    assertNull(may(Step.REJECT, waits, APPROVER, END));
  }

  @Test
  @DisplayName("of extensions the newest approved one counts; one that waits waits only in use")
  void whichExtensionCounts() {
    ExportGrant longest = TEXT.extended("もう少し", END, 90);
    assertNull(with(running()).extension());
    assertEquals(TEXT, with(running()).asked());
    assertEquals(TEXT, with(running()).signs());
    Dossier one = with(running(), approved(LONGER));
    assertEquals(LONGER, one.text());
    assertNull(one.waiting());
    assertEquals(TEXT, one.asked());
    Dossier two = with(running(), approved(LONGER), approved(longest));
    assertEquals(longest, two.text());
    Dossier more = with(running(), approved(LONGER), asked(longest));
    assertEquals(LONGER, more.text());
    assertEquals(longest, more.asked());
    assertNotNull(more.waiting());
    Dossier refused = with(running(), approved(LONGER), asked(longest).rejected(USED, "300001"));
    assertEquals(LONGER, refused.text());
    assertNull(refused.waiting());
    Dossier over = with(running().ended(GrantState.USED, DEADLINE), asked(LONGER));
    assertNull(over.waiting(), "a use that is over waits for nothing");
    assertNull(new Dossier(request(RequestState.REQUESTED), null).waiting());
  }

  @Test
  @DisplayName("an extension is decided once, and says by whom and when")
  void extensionIsDecidedOnce() {
    Extension yes = approved(LONGER);
    assertEquals(Extension.State.APPROVED, yes.state());
    assertEquals("300001", yes.decidedBy());
    assertEquals(USED.plusSeconds(60), yes.decided());
    assertSame(STATEMENT, yes.approval() == null ? null : yes.approval().statement());
    assertEquals(TEXT.request(), yes.grant());
    assertEquals("100050", yes.askedBy());
    Extension no = asked(LONGER).rejected(DEADLINE, "300002");
    assertEquals(Extension.State.REJECTED, no.state());
    assertEquals("300002", no.decidedBy());
    assertNull(no.approval());
    for (Extension decided : List.of(yes, no)) {
      assertThrows(IllegalStateException.class, () -> decided.rejected(DEADLINE, "300001"));
    }
    for (Extension.State state : Extension.State.values()) {
      assertEquals(state, Extension.State.parse(state.text()));
    }
    assertEquals("asked", Extension.State.ASKED.text());
  }

  @Test
  @DisplayName("more time is asked for by who asked or uses it, in use, and one after the other")
  void askingForMoreTime() {
    Dossier use = with(running());
    for (Rights rights : Set.of(REQUESTER, USER)) {
      assertNull(may(Step.EXTEND, use, rights, DEADLINE.minusMillis(1)));
      assertEquals(Refusal.GRANT_OVER, may(Step.EXTEND, use, rights, DEADLINE));
    }
    assertEquals(Refusal.ROLE_MISSING, may(Step.EXTEND, use, APPROVER, USED));
    assertEquals(
        Refusal.GRANT_DECIDED,
        may(Step.EXTEND, with(running(), asked(LONGER)), USER, USED),
        "one waits already");
    assertNull(may(Step.EXTEND, with(running(), approved(LONGER)), USER, USED));
    assertEquals(
        Refusal.GRANT_DECIDED,
        may(Step.EXTEND, with(grant(GrantState.APPROVED, null)), USER, START));
    assertEquals(
        Refusal.GRANT_OVER,
        may(Step.EXTEND, with(running().ended(GrantState.USED, DEADLINE)), USER, DEADLINE));
    assertEquals(
        Refusal.GRANT_DECIDED,
        may(Step.EXTEND, with(running().ended(GrantState.REVOKED, USED)), USER, USED));
    assertEquals(
        Refusal.GRANT_DECIDED,
        may(Step.EXTEND, new Dossier(request(RequestState.REQUESTED), null), USER, START));
  }

  @Test
  @DisplayName("a use is longer only while it runs, and never shorter")
  void longer() {
    Grant longer = running().extended(DEADLINE.plusSeconds(1));
    assertEquals(new Grant.Use(USED, "n", DEADLINE.plusSeconds(1)), longer.use());
    assertEquals(GrantState.ACTIVE, longer.state());
    assertThrows(IllegalStateException.class, () -> running().extended(DEADLINE));
    assertThrows(IllegalStateException.class, () -> running().extended(DEADLINE.minusSeconds(1)));
    Grant over = running().ended(GrantState.USED, DEADLINE);
    assertThrows(IllegalStateException.class, () -> over.extended(END));
    Grant unused = grant(GrantState.APPROVED, null);
    assertThrows(IllegalStateException.class, () -> unused.extended(END));
    Grant half = grant(GrantState.ACTIVE, null);
    assertThrows(IllegalStateException.class, () -> half.extended(END));
  }

  @Test
  @DisplayName("activation, end, overdue and return add to what is known and take nothing away")
  void oneLife() {
    Grant unused = grant(GrantState.APPROVED, null);
    assertFalse(unused.isOut());
    Grant active = unused.activated(USE);
    assertTrue(active.isOut());
    assertEquals(USE, active.use());
    assertThrows(IllegalStateException.class, () -> active.activated(USE));
    Grant used = active.ended(GrantState.USED, DEADLINE);
    assertEquals(DEADLINE, used.ended());
    assertEquals(USE, used.use());
    assertTrue(used.isOut());
    Grant late = used.overdue(END);
    assertEquals(END, late.overdue());
    assertEquals(DEADLINE, late.ended());
    assertEquals(GrantState.USED, late.state());
    Grant back = late.returned(END.plusSeconds(5), "100050");
    assertEquals(GrantState.CLOSED, back.state());
    assertEquals(END.plusSeconds(5), back.returned());
    assertEquals("100050", back.returnedBy());
    assertEquals(DEADLINE, back.ended(), "the end of the use is not the return");
    assertEquals(END, back.overdue(), "that it was late stays");
    assertFalse(back.isOut());
    assertThrows(IllegalStateException.class, () -> back.returned(END, "100050"));
    Grant early = active.returned(USED.plusSeconds(60), "100050");
    assertEquals(USED.plusSeconds(60), early.ended(), "a return ends the use");
    Grant taken = active.overdue(END).ended(GrantState.REVOKED, END);
    assertEquals(END, taken.overdue());
    for (Grant each : List.of(active, used, late, back, early, taken)) {
      assertEquals(TEXT.request(), each.id());
      assertEquals("T-0001", each.terminal());
      assertSame(STATEMENT, each.statement());
      assertSame(SIGNATURE, each.signature());
      assertSame(SPKI, each.spki());
      assertEquals("t", each.transaction());
    }
  }

  @ParameterizedTest
  @DisplayName("what time of a series is made keeps the series' approval and begins unused")
  @EnumSource(
      value = GrantState.class,
      names = {"APPROVED", "REVOKED"})
  void occurrence(GrantState state) {
    Grant series =
        state == GrantState.APPROVED
            ? grant(GrantState.APPROVED, null).counted()
            : grant(GrantState.APPROVED, null).counted().ended(state, END);
    Grant one = series.occurrence("AAAAAAAAAAAAAAAAAAAAAA");
    assertEquals("AAAAAAAAAAAAAAAAAAAAAA", one.id());
    assertEquals(GrantState.APPROVED, one.state());
    assertEquals(0, one.occurrences());
    assertNull(one.use());
    assertSame(SPKI, one.spki());
    assertEquals(1, series.occurrences());
  }

  @Test
  @DisplayName("what is asked of a request that has no grant finds nothing to take back or return")
  void withoutGrant() {
    Dossier open = new Dossier(request(RequestState.REQUESTED), null);
    assertEquals(Refusal.GRANT_DECIDED, may(Step.REVOKE, open, APPROVER, START));
    assertEquals(Refusal.GRANT_DECIDED, may(Step.RETURN, open, APPROVER, START));
    assertEquals(Refusal.GRANT_DECIDED, may(Step.REPORT, open, APPROVER, START));
    assertEquals("requested", open.state());
    assertEquals("approved", with(grant(GrantState.APPROVED, null)).state());
    assertFalse(open.isRunning(START));
    assertTrue(open.isSettled());
    assertFalse(open.isUnreported());
    assertTrue(with(running()).isRunning(DEADLINE.minusMillis(1)));
    assertFalse(with(running()).isRunning(DEADLINE));
    assertFalse(with(grant(GrantState.ACTIVE, null)).isRunning(START));
    assertFalse(with(running().ended(GrantState.USED, USED)).isRunning(USED));
    for (Step step : Step.values()) {
      assertEquals(step.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'), step.text());
    }
  }

  @ParameterizedTest
  @DisplayName("a request leads on only from where it waits, and keeps what was asked")
  @EnumSource
  void requestStates(RequestState next) {
    Request open = request(RequestState.REQUESTED);
    Request back = open.remanded(new Request.Remand(START, "300001", "期間を短く"));
    boolean fromOpen =
        switch (next) {
          case APPROVED, REJECTED, WITHDRAWN, EXPIRED -> true;
          case REQUESTED, REMANDED -> false;
        };
    boolean fromBack = next == RequestState.WITHDRAWN || next == RequestState.EXPIRED;
    for (Request from : List.of(open, back)) {
      if (from.state() == RequestState.REQUESTED ? fromOpen : fromBack) {
        Request then = from.decided(next, END, "300001");
        assertEquals(next, then.state());
        assertEquals(END, then.decided());
        assertEquals("300001", then.decidedBy());
        assertEquals(TEXT, then.text());
        assertEquals("100042", then.requester());
        assertEquals(from.remand(), then.remand());
        assertFalse(then.isOpen());
        assertFalse(then.isLate(END.plus(Duration.ofDays(99))));
        assertThrows(
            IllegalStateException.class, () -> then.remanded(new Request.Remand(END, "x", "x")));
      } else {
        assertThrows(IllegalStateException.class, () -> from.decided(next, END, "300001"));
      }
    }
    assertTrue(open.isOpen());
    assertTrue(back.isOpen());
    assertEquals(next, RequestState.parse(next.text()));
  }

  @Test
  @DisplayName("a mended request is the same matter; another matter is not its mending")
  void mended() {
    Request back =
        request(RequestState.REQUESTED).remanded(new Request.Remand(START, "300001", "期間を短く"));
    assertEquals("期間を短く", back.remand() == null ? null : back.remand().reason());
    assertFalse(back.isLate(START.plus(Request.MENDABLE).minusMillis(1)));
    assertTrue(back.isLate(START.plus(Request.MENDABLE)));
    ExportGrant shorter = new GrantSeries(TEXT, GrantSeries.Repeat.WEEKLY, 2).occurrence(1);
    assertThrows(IllegalStateException.class, () -> back.corrected(shorter));
    GrantSeries repeated = new GrantSeries(TEXT, GrantSeries.Repeat.WEEKLY, 2);
    Request series = back.corrected(repeated);
    assertEquals(repeated, series.signed());
    assertTrue(series.isSeries());
    assertFalse(series.isOccurrence());
    assertEquals(repeated.whole(), series.text());
    assertEquals(back.remand(), series.remand());
    assertEquals(END, series.last());
    assertEquals(END, request(RequestState.REQUESTED).last());
    assertFalse(request(RequestState.REQUESTED).isSeries());
    assertFalse(request(RequestState.REQUESTED).isOccurrence());
    Request one =
        Request.of("100042", repeated, START)
            .decided(RequestState.APPROVED, END, "300001")
            .occurrence(2, END.plusSeconds(7));
    assertTrue(one.isOccurrence());
    assertFalse(one.isSeries());
    assertEquals("300001", one.decidedBy());
    assertEquals(END.plusSeconds(7), one.created());
    assertTrue(request(RequestState.REMANDED).isLate(START), "sent back without a word of it");
  }

  @Test
  @DisplayName("who asks and who uses are concerned; a deputy decides only in somebody's place")
  void deputies() {
    Request open = request(RequestState.REQUESTED);
    assertTrue(open.concerns("100042"));
    assertTrue(open.concerns("100050"));
    assertFalse(open.concerns("300001"));
    Dossier dossier = new Dossier(open, null);
    Rights deputy = deputy("300002", new Represented("300001", List.of()));
    assertNull(may(Step.APPROVE, dossier, deputy, START));
    assertEquals("300001", deputy.represented(open));
    assertNull(APPROVER.represented(open));
    assertNull(USER.represented(open));
    Rights later = deputy("300003", new Represented("300001", List.of("300002")));
    assertEquals(Refusal.ROLE_MISSING, may(Step.APPROVE, dossier, later, START));
    assertNull(later.represented(open));
    Rights mine = deputy("300002", new Represented("100050", List.of()));
    assertEquals(Refusal.DEPUTY_OWN, may(Step.APPROVE, dossier, mine, START));
    Rights mixed =
        deputy(
            "300003",
            new Represented("100050", List.of()),
            new Represented("300001", List.of("300002")));
    assertEquals(Refusal.ROLE_MISSING, may(Step.APPROVE, dossier, mixed, START));
    Rights second = deputy("300003", new Represented("300001", List.of("100042")));
    assertNull(may(Step.APPROVE, dossier, second, START), "the first may not decide this one");
    assertEquals(Refusal.ROLE_MISSING, open(USER, request(RequestState.REQUESTED), "200001"));
  }

  private static Rights deputy(String person, Represented... places) {
    return new Rights(person, false, false, false, List.of(places));
  }

  @Nullable
  private static Refusal open(Rights like, Request request, String person) {
    return new Rights(person, like.approver(), like.admin(), like.auditor()).obstacle(request);
  }

  @Test
  @DisplayName(
      "all of an organ's exceptions are seen in an office that needs them, others' are not")
  void whoSees() {
    Dossier dossier = new Dossier(request(RequestState.REQUESTED), null);
    Rights none = new Rights("200009", false, false, false);
    assertFalse(none.seesAll());
    assertFalse(none.sees(dossier));
    assertTrue(REQUESTER.sees(dossier));
    assertTrue(USER.sees(dossier));
    assertFalse(USER.seesAll());
    assertTrue(APPROVER.seesAll());
    assertTrue(APPROVER.sees(dossier));
    assertTrue(new Rights("200009", false, true, false).seesAll());
    assertTrue(new Rights("200009", false, false, true).seesAll());
    assertTrue(deputy("200009", new Represented("300001", List.of())).seesAll());
  }

  @Test
  @DisplayName("a look afterwards is made once")
  void reviews() {
    Review open =
        new Review(
            "AAAAAAAAAAAAAAAAAAAAAA",
            TEXT.request(),
            "mayor",
            "approve",
            "300001",
            "300002",
            START,
            null,
            null);
    assertTrue(open.isOpen());
    Review done = open.reviewed(END, "300001");
    assertFalse(done.isOpen());
    assertEquals(END, done.reviewed());
    assertEquals("300001", done.reviewedBy());
    assertEquals("300002", done.decider());
    assertThrows(IllegalStateException.class, () -> done.reviewed(END, "300001"));
  }

  @Test
  @DisplayName("an absence covers its start and not its end, and nothing once it was ended")
  void absences() {
    Absence absence = new Absence("a", "mayor", "300001", START, END, "300001", false);
    assertTrue(absence.covers(START));
    assertTrue(absence.covers(END.minusMillis(1)));
    assertFalse(absence.covers(END));
    assertFalse(absence.covers(START.minusMillis(1)));
    assertFalse(absence.ended().covers(START));
    assertEquals("300001", absence.ended().person());
  }
}
