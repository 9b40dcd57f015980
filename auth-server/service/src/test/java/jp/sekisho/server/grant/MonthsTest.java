package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which month of a series (定例許可) waits for a signature, and when. Without a service. */
final class MonthsTest {
  /** 21 and 28 November, four times in December, 2 January; each from 9 to 12 in Japan. */
  private static final GrantSeries SERIES =
      new GrantSeries(StepTest.text(), GrantSeries.Repeat.WEEKLY, 7, List.of("100050", "100051"));

  private static final YearMonth DECEMBER = YearMonth.of(2026, 12);
  private static final YearMonth JANUARY = YearMonth.of(2027, 1);
  private static final byte[] NONE = {};
  private static final Extension.Approval CARD = new Extension.Approval("t", NONE, NONE, NONE);
  private static final Rights APPROVER = new Rights("300001", true, false, false);

  private static Request approved(GrantSeries series) {
    Instant asked = series.start(1);
    return Request.of("100042", series, asked).decided(RequestState.APPROVED, asked, "300001");
  }

  private static Grant grant(GrantState state, int occurrences) {
    return new Grant(
        SERIES.request(),
        "T-0001",
        "t",
        NONE,
        NONE,
        NONE,
        state,
        null,
        null,
        null,
        null,
        null,
        null,
        occurrences,
        null,
        null,
        null);
  }

  private static Confirmation confirmation(YearMonth month) {
    return new Confirmation(
        SeriesConfirmation.of(SERIES, month, List.of()), SERIES.end(2), "300001", CARD);
  }

  private static Dossier series(int occurrences, YearMonth... confirmed) {
    List<Confirmation> months = List.of(confirmed).stream().map(MonthsTest::confirmation).toList();
    return new Dossier(approved(SERIES), grant(GrantState.APPROVED, occurrences), List.of())
        .with(months);
  }

  private static Dossier occurrence(int number, YearMonth... confirmed) {
    Request one = approved(SERIES).occurrence(number, SERIES.start(number));
    return new Dossier(one, grant(GrantState.APPROVED, 0).occurrence(one.id()), List.of())
        .with(series(number, confirmed).confirmations());
  }

  private static Dossier usedOnce(@Nullable Grant grant) {
    Instant asked = SERIES.start(1);
    return new Dossier(
        new Request("100042", StepTest.text(), RequestState.APPROVED, asked, null, null, null),
        grant);
  }

  private static @Nullable Refusal confirm(Dossier dossier, Rights rights, Instant at) {
    return Step.CONFIRM.obstacle(dossier, rights, at);
  }

  @Test
  @DisplayName("a month is due from the end of the month before's last time to its own last one's")
  void due() {
    Dossier open = series(1);
    assertNull(open.due(SERIES.start(1)));
    assertNull(open.due(SERIES.end(2).minusMillis(1)));
    assertEquals(DECEMBER, open.due(SERIES.end(2)));
    assertEquals(DECEMBER, open.due(SERIES.end(6).minusMillis(1)));
    assertEquals(JANUARY, open.due(SERIES.end(6)), "December passed without a signature");
    assertEquals(JANUARY, open.due(SERIES.end(7).minusMillis(1)));
    assertNull(open.due(SERIES.end(7)), "nothing is left");
  }

  @Test
  @DisplayName("a month is due once")
  void once() {
    Dossier december = series(3, DECEMBER);
    assertNull(december.due(SERIES.end(2)));
    assertNull(december.due(SERIES.end(6).minusMillis(1)));
    assertEquals(JANUARY, december.due(SERIES.end(6)));
    assertNull(series(6, DECEMBER, JANUARY).due(SERIES.end(6)));
    assertEquals(DECEMBER, series(3, JANUARY).due(SERIES.end(2)), "another month's");
  }

  @Test
  @DisplayName(
      "nothing is due of what is asked for, ended, used once, one time, or of the old form")
  void nothingDue() {
    Instant at = SERIES.end(2);
    assertNull(new Dossier(Request.of("100042", SERIES, SERIES.start(1)), null).due(at));
    assertNull(new Dossier(approved(SERIES), grant(GrantState.REVOKED, 2)).due(at));
    assertNull(occurrence(3).due(at));
    assertNull(usedOnce(grant(GrantState.APPROVED, 0)).due(at));
    GrantSeries old = new GrantSeries(StepTest.text(), GrantSeries.Repeat.WEEKLY, 7);
    Dossier unsigned = new Dossier(approved(old), grant(GrantState.APPROVED, 2));
    assertNull(unsigned.due(at));
    assertFalse(unsigned.isSuspended(at));
    assertFalse(
        new Dossier(approved(old).occurrence(3, at), grant(GrantState.APPROVED, 0))
            .isUnconfirmed());
  }

  @Test
  @DisplayName("a series is suspended once the next time is made and its month is not signed")
  void suspended() {
    Instant before = SERIES.end(2);
    assertFalse(series(2).isSuspended(before), "the next time is not near");
    assertTrue(series(3).isSuspended(before));
    assertFalse(series(3).isSuspended(before.minusMillis(1)));
    assertFalse(series(3, DECEMBER).isSuspended(before));
    assertFalse(series(3).isSuspended(SERIES.end(3)), "the third passed, the fourth is not near");
    assertTrue(series(4).isSuspended(SERIES.end(3)));
    assertFalse(occurrence(3).isSuspended(before));
    assertFalse(
        new Dossier(Request.of("100042", SERIES, SERIES.start(1)), null).isSuspended(before));
    assertFalse(usedOnce(grant(GrantState.APPROVED, 0)).isSuspended(before));
  }

  @Test
  @DisplayName("a time waits for its own month's signature; those of the first month for none")
  void unconfirmed() {
    for (int number : List.of(1, 2)) {
      assertFalse(occurrence(number).isUnconfirmed());
      assertNull(occurrence(number, DECEMBER).confirmation());
    }
    for (int number : List.of(3, 6)) {
      assertTrue(occurrence(number).isUnconfirmed());
      assertNull(occurrence(number).confirmation());
      assertTrue(occurrence(number, JANUARY).isUnconfirmed(), "another month's");
      Dossier confirmed = occurrence(number, JANUARY, DECEMBER);
      assertFalse(confirmed.isUnconfirmed());
      Confirmation its = confirmed.confirmation();
      assertSame(confirmed.confirmations().get(1), its);
      assertEquals(
          SERIES.request() + "/2026-12", its == null ? null : its.id(), "what its row is called");
    }
    assertTrue(occurrence(7, DECEMBER).isUnconfirmed());
    assertFalse(series(3, DECEMBER).isUnconfirmed(), "nobody uses the series itself");
    assertNull(series(3, DECEMBER).confirmation());
    assertFalse(usedOnce(null).isUnconfirmed());
    assertNull(usedOnce(null).confirmation());
  }

  @Test
  @DisplayName("a month is confirmed by an approver or deputy who is none of the turns")
  void whoConfirms() {
    Dossier open = series(2);
    Instant at = SERIES.end(2);
    assertNull(confirm(open, APPROVER, at));
    assertEquals(Refusal.GRANT_DECIDED, confirm(open, APPROVER, at.minusMillis(1)));
    assertEquals(Refusal.GRANT_DECIDED, confirm(series(2, DECEMBER), APPROVER, at));
    for (String own : Set.of("100042", "100050", "100051")) {
      Rights both = new Rights(own, true, true, false);
      assertEquals(Refusal.APPROVAL_OWN, confirm(open, both, at));
    }
    assertEquals(Refusal.ROLE_MISSING, confirm(open, new Rights("400001", false, true, true), at));
    List<Represented> place = List.of(new Represented("300001", List.of()));
    assertNull(confirm(open, new Rights("300002", false, false, false, place), at));
  }

  @Test
  @DisplayName("a part of a series is found by its id, and what is none is not")
  void parts() {
    assertEquals(Optional.of(Turn.whole(SERIES)), Turn.of(SERIES, SERIES.request()));
    assertTrue(Turn.whole(SERIES).isSeries());
    assertEquals(SERIES.whole(), Turn.whole(SERIES).text());
    String second = SERIES.occurrence(2).request();
    assertEquals(Optional.of(new Turn(SERIES, 2)), Turn.of(SERIES, second));
    assertEquals("100051", new Turn(SERIES, 2).text().person(), "by turns");
    assertEquals(Optional.empty(), Turn.of(SERIES, "AAAAAAAAAAAAAAAAAAAAAA"));
  }

  @Test
  @DisplayName("what is known of a series beside its grant stays when the grant changes")
  void grantChanges() {
    Dossier december = series(3, DECEMBER);
    Dossier ended = december.with(grant(GrantState.REVOKED, 3));
    assertEquals(december.confirmations(), ended.confirmations());
    assertEquals(SERIES.request(), ended.id());
    assertEquals("mayor", ended.request().organ());
    assertEquals("revoked", ended.state());
    for (GrantState state : GrantState.values()) {
      assertEquals(state, GrantState.parse(state.text()));
    }
  }
}
