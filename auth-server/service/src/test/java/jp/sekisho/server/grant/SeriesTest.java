package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewSeries;
import jp.sekisho.protocol.OccurrenceView;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.SeriesView;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.terminal.Agent;
import jp.sekisho.server.terminal.Registration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * 定例許可: one approval for several times, each of them an exception that is used, returned, reported.
 *
 * <p>Over 400 lines: each case goes on from the same approved series and the way to it.
 */
@SuppressWarnings("NullAway.Init") // by open()
final class SeriesTest {
  private static final Duration WEEK = Duration.ofDays(7);
  private static final ReportedUse REPORT = new ReportedUse("県税事務所へ12件を渡し、受領番号は税第77号");

  private GrantScene scene;
  private Desk clerk;
  private Desk approver;

  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    login();
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private void login() throws Exception {
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
  }

  /** Three weeks, from now on an hour each. */
  private NewGrant wanted(String repeat, int count) {
    NewGrant once = scene.wanted();
    return new NewGrant(
        once.person(),
        once.terminal(),
        once.medium(),
        once.reason(),
        once.document(),
        null,
        null,
        once.subjects(),
        once.start(),
        once.end(),
        once.minutes(),
        new NewSeries(repeat, count));
  }

  private HttpResponse<String> post(Desk by, String path, Object body) throws Exception {
    return scene.send("POST", "/api/v1/grants" + path, body, by.cookie());
  }

  private GrantView approved() throws Exception {
    return approved(3);
  }

  private GrantView approved(int count) throws Exception {
    HttpResponse<String> asked = post(clerk, "", wanted("weekly", count));
    assertEquals(201, asked.statusCode(), asked.body());
    GrantView view = GrantScene.read(asked, GrantView.class);
    HttpResponse<String> answer = scene.approve(approver, view.id());
    assertEquals(200, answer.statusCode(), answer.body());
    scene.sweep();
    return scene.view(clerk, view.id());
  }

  private void leap(Duration time) throws Exception {
    scene.server.clock.forward(time);
    scene.sweep();
    login();
  }

  /** As its rows say, when nobody can log in any more. */
  private String state(String id) {
    return dossier(id).state();
  }

  private Request request(String id) {
    return dossier(id).request();
  }

  private Dossier dossier(String id) {
    DossierRepository dossiers = scene.server.context.getBean(DossierRepository.class);
    return scene
        .server
        .installation
        .transactions()
        .read(handle -> dossiers.find(handle, id))
        .orElseThrow();
  }

  private static SeriesView series(GrantView view) {
    return Objects.requireNonNull(view.series());
  }

  private List<OccurrenceView> times(String series) throws Exception {
    return series(scene.view(approver, series)).occurrences();
  }

  private List<String> offered() throws Exception {
    return scene.offers(scene.clerkPc).grants().stream().map(GrantOffer::grant).toList();
  }

  private void activated(String id, int nonce) throws Exception {
    HttpResponse<byte[]> answer = scene.activate(scene.clerkPc, id, nonce);
    assertEquals(
        200,
        answer.statusCode(),
        new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
  }

  private void refused(Refusal reason, String id, int nonce) throws Exception {
    assertEquals(reason, Agent.refusal(scene.activate(scene.clerkPc, id, nonce)));
  }

  private void settled(String id) throws Exception {
    assertEquals(200, post(clerk, "/" + id + "/return", "").statusCode());
    HttpResponse<String> answer = post(clerk, "/" + id + "/report", REPORT);
    assertEquals(200, answer.statusCode(), answer.body());
  }

  @Test
  void whatTheCardSignsSaysTheSeriesWhole() throws Exception {
    GrantView view = approved();
    assertTrue(view.text().startsWith("sekisho/grant-series/v2\n"), view.text());
    for (String line :
        List.of(
            "repeat weekly",
            "count 3",
            "first-start 2026-11-21T00:00:00Z",
            "last-start 2026-12-05T00:00:00Z",
            "last-end 2026-12-05T01:00:00Z",
            "minutes 10")) {
      assertTrue(view.text().contains("\n" + line + "\n"), line);
    }
    assertEquals("approved", view.state());
    assertEquals("2026-12-05T01:00:00Z", view.end());
    assertEquals(0, series(view).number());
    assertTrue(scene.entries().contains("grant.series-approved"));
    assertFalse(scene.entries().contains("grant.approved"));
  }

  @Test
  void eachTimeIsOfferedWithTheSignedTextAndUsedOnce() throws Exception {
    GrantView view = approved();
    List<OccurrenceView> made = times(view.id());
    assertEquals(1, made.size(), "the next ones are not yet near");
    String first = made.getFirst().grant();
    assertEquals(List.of(first), offered(), "the occurrence, and not the series");
    GrantOffer offer = scene.offers(scene.clerkPc).grants().getFirst();
    GrantSeries signed = GrantSeries.parse(Base64Url.decode(offer.text()));
    ExportGrant one = signed.allows(offer.grant()).orElseThrow();
    assertEquals(Instant.parse("2026-11-21T01:00:00Z"), one.end());

    refused(Refusal.GRANT_UNKNOWN, view.id(), 1);
    activated(first, 1);
    refused(Refusal.GRANT_ACTIVATED, first, 2);
    leap(Duration.ofMinutes(11));
    refused(Refusal.GRANT_OVER, first, 1);
    assertEquals("used", times(view.id()).getFirst().state());
    GrantView occurrence = scene.view(clerk, first);
    assertEquals(1, series(occurrence).number());
    assertEquals(view.id(), series(occurrence).series());
    assertTrue(scene.entries().contains("grant.occurrence"));
  }

  @Test
  void aMissingReturnOrReportStopsTheNextTimesUntilItIsSettled() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    activated(first, 1);
    leap(WEEK);
    String second = times(view.id()).get(1).grant();
    assertEquals(List.of(second), offered());
    refused(Refusal.GRANT_SERIES_STOPPED, second, 2);
    assertTrue(scene.view(clerk, first).unreported());
    String page = scene.send("GET", "/grants/" + first, null, clerk.cookie()).body();
    assertTrue(page.contains("id=\"unreported\"") && page.contains("use-report-form"), page);

    assertEquals(200, post(clerk, "/" + first + "/return", "").statusCode());
    refused(Refusal.GRANT_SERIES_STOPPED, second, 3);
    assertEquals(
        Refusal.GRANT_INCOMPLETE,
        GrantScene.refusal(post(clerk, "/" + first + "/report", new ReportedUse(""))));
    assertEquals(
        Refusal.GRANT_CONTENT,
        GrantScene.refusal(post(clerk, "/" + first + "/report", new ReportedUse("123456789018"))));
    HttpResponse<String> reported = post(clerk, "/" + first + "/report", REPORT);
    assertEquals(200, reported.statusCode(), reported.body());
    GrantView told = GrantScene.read(reported, GrantView.class);
    assertEquals(REPORT.said(), Objects.requireNonNull(told.useReport()).said());
    assertFalse(told.unreported());
    assertEquals(
        Refusal.GRANT_DECIDED, GrantScene.refusal(post(clerk, "/" + first + "/report", REPORT)));
    activated(second, 4);
    assertTrue(scene.entries().contains("grant.reported"));
    assertTrue(times(view.id()).getFirst().settled());
  }

  @Test
  void aUseThatNobodyReportsIsToldOnceByTheClock() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    activated(first, 1);
    leap(Duration.ofMinutes(11));
    assertEquals("used", scene.view(clerk, first).state());
    Instant ended = Instant.parse(Objects.requireNonNull(scene.view(clerk, first).endedAt()));
    assertEquals(ended.plus(Dossier.REPORT).toString(), scene.view(clerk, first).reportDue());
    assertEquals(200, post(clerk, "/" + first + "/return", "").statusCode());
    leap(Dossier.REPORT.minusSeconds(1));
    assertFalse(scene.view(clerk, first).reportOverdue());
    assertFalse(scene.entries().contains("grant.report-overdue"));
    leap(Duration.ofSeconds(1));
    leap(Duration.ofDays(1));
    assertTrue(scene.view(clerk, first).reportOverdue());
    assertEquals(
        1, scene.entries().stream().filter("grant.report-overdue"::equals).count(), "once");
    String page = scene.send("GET", "/grants/" + first, null, clerk.cookie()).body();
    assertTrue(page.contains("id=\"report-overdue\""), page);
    assertEquals(200, post(clerk, "/" + first + "/report", REPORT).statusCode());
    assertFalse(scene.view(clerk, first).reportOverdue());
    assertNull(scene.view(clerk, first).reportDue());
  }

  @Test
  void aTimeThatWasNotUsedStopsNothingAndTheSeriesEndsByItself() throws Exception {
    GrantView view = approved();
    leap(WEEK);
    List<OccurrenceView> made = times(view.id());
    assertEquals(List.of("expired", "approved"), made.stream().map(OccurrenceView::state).toList());
    activated(made.get(1).grant(), 1);
    settled(made.get(1).grant());
    leapTo(WEEK.plusHours(2));
    GrantSeries text =
        GrantSeries.parse(view.text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertEquals("expired", state(view.id()));
    assertEquals("expired", state(text.occurrence(1).request()));
    assertEquals("closed", state(text.occurrence(2).request()));
    assertEquals("expired", state(text.occurrence(3).request()));
    assertEquals(List.of(), offered());
  }

  @Test
  void onlyAnApproverWhoHasNothingToDoWithItApproves() throws Exception {
    GrantView asked = GrantScene.read(post(clerk, "", wanted("weekly", 2)), GrantView.class);
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(scene.approve(clerk, asked.id())));
    assertEquals(List.of(), times(asked.id()), "nothing comes of what nobody approved");
    // The text of another series under its own card's signature is no approval of this one.
    HttpResponse<String> other =
        scene.approve(
            approver,
            asked.id(),
            said ->
                new jp.sekisho.protocol.statement.CardStatement(
                    said.origin(),
                    said.transaction(),
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    said.certificate(),
                    Base64Url.encode(new byte[32])));
    assertFalse(other.statusCode() == 200);
    assertEquals("requested", scene.view(clerk, asked.id()).state());
  }

  @Test
  void whatIsNoSeriesWithinTheYearAndThePolicyIsNotTaken() throws Exception {
    assertEquals(Refusal.GRANT_SERIES, GrantScene.refusal(post(clerk, "", wanted("weekly", 1))));
    assertEquals(Refusal.GRANT_SERIES, GrantScene.refusal(post(clerk, "", wanted("weekly", 30))));
    assertEquals(Refusal.GRANT_TOO_LONG, GrantScene.refusal(post(clerk, "", wanted("weekly", 6))));
    assertEquals(Refusal.GRANT_INCOMPLETE, GrantScene.refusal(post(clerk, "", wanted("daily", 3))));
    GrantView back = GrantScene.read(post(clerk, "", wanted("weekly", 3)), GrantView.class);
    assertEquals(
        200,
        post(approver, "/" + back.id() + "/remand", new jp.sekisho.protocol.RemandReason("二回に"))
            .statusCode());
    String page = scene.send("GET", "/grants/" + back.id(), null, clerk.cookie()).body();
    assertTrue(page.contains("value=\"weekly\" selected"), page);
    GrantView mended =
        GrantScene.read(
            post(clerk, "/" + back.id() + "/correct", wanted("weekly", 2)), GrantView.class);
    assertEquals(2, series(mended).count());
    GrantView once = GrantScene.read(post(clerk, "", scene.wanted()), GrantView.class);
    assertNull(once.series());
  }

  @Test
  void whoMayRevokeEndsAllTimesAlsoTheOneInUse() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    activated(first, 1);
    assertEquals(200, post(approver, "/" + view.id() + "/revoke", "").statusCode());
    assertEquals("revoked", scene.view(clerk, view.id()).state());
    assertEquals("revoked", scene.view(clerk, first).state());
    assertEquals(List.of(), offered());
    leap(WEEK);
    assertEquals(1, times(view.id()).size(), "no further time");
    // The medium that was taken out must come back all the same, and its use be reported.
    settled(first);
    assertTrue(times(view.id()).getFirst().settled());
  }

  @Test
  void whoAskedTakesTheWholeSeriesBack() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    assertEquals(200, post(clerk, "/" + view.id() + "/withdraw", "").statusCode());
    assertEquals("withdrawn", scene.view(clerk, view.id()).state());
    assertEquals("revoked", scene.view(clerk, first).state());
    // Unused, it would else stand open in the log for ever.
    scene.server.awaitEntry(
        "mayor",
        "grant.series-ended",
        entry ->
            first.equals(entry.data().get("grant"))
                && "withdrawn".equals(entry.data().get("cause")));
    refused(Refusal.GRANT_DECIDED, first, 1);
  }

  private CardRegistry cards() {
    return scene.server.context.getBean(CardRegistry.class);
  }

  private void endedBy(String cause, String occurrence, GrantView view) throws Exception {
    Desk second = scene.login(GrantScene.SECOND, scene.approverPc);
    scene.sweep();
    assertEquals("revoked", scene.view(second, view.id()).state(), cause);
    assertEquals(
        List.of(occurrence),
        series(scene.view(second, view.id())).occurrences().stream()
            .map(OccurrenceView::state)
            .toList());
    scene.server.awaitEntry(
        "mayor", "grant.series-ended", entry -> cause.equals(entry.data().get("cause")));
    // For good: what was resumed afterwards brings nothing back.
    scene.sweep();
    assertEquals("revoked", scene.view(second, view.id()).state());
  }

  @Test
  void aSuspensionOfWhoUsesItEndsIt() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    assertNotNull(cards().suspend(GrantScene.CLERK));
    assertFalse(scene.activate(scene.clerkPc, first, 1).statusCode() == 200);
    scene.sweep();
    assertNotNull(cards().resume(GrantScene.CLERK));
    endedBy("person", "revoked", view);
  }

  @Test
  void aSuspensionOfWhoApprovedItEndsIt() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    assertNotNull(cards().suspend(GrantScene.APPROVER));
    // The second, where the service's own sweep was here first.
    assertTrue(
        Set.of(Refusal.APPROVER_UNLISTED, Refusal.GRANT_DECIDED)
            .contains(Agent.refusal(scene.activate(scene.clerkPc, first, 1))));
    scene.sweep();
    assertNotNull(cards().resume(GrantScene.APPROVER));
    endedBy("approver", "revoked", view);
  }

  @Test
  void aTerminalThatIsRevokedTakesItAlong() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    assertEquals(
        Registration.Outcome.DONE,
        scene.server.context.getBean(Registration.class).revoke("T-0001"));
    scene.sweep();
    assertEquals("revoked", scene.view(approver, view.id()).state());
    assertEquals("revoked", scene.view(approver, first).state());
    leapTo(WEEK);
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertEquals(1, times(view.id()).size());
  }

  @Test
  void aMediumThatIsLostTakesItsSeriesItsTimesAndOtherExceptionsAlong() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    activated(first, 1);
    String once = scene.requested(clerk).id();
    assertEquals(200, scene.approve(approver, once).statusCode());
    Loans loans = scene.server.context.getBean(Loans.class);
    Loans.Outcome lost = lose(loans, "情第32号");
    assertTrue(lost instanceof Loans.Outcome.Done, lost.toString());
    assertEquals("revoked", state(view.id()));
    assertEquals("revoked", state(first));
    assertEquals("revoked", state(once));
    assertEquals(List.of(), offered(), "terminals close what they have open");
    assertTrue(Objects.requireNonNull(dossier(first).grant()).isOut(), "it stays due");
    assertEquals(2, scene.entries().stream().filter("grant.series-ended"::equals).count());
    assertEquals(1, scene.entries().stream().filter("grant.revoked"::equals).count());
    assertTrue(scene.entries().contains("medium.lost"));
    assertEquals(
        Refusal.GRANT_MEDIUM, GrantScene.refusal(post(clerk, "", scene.wanted())), "never again");
    assertEquals(new Loans.Outcome.Refused(Refusal.MEDIUM_PLACE), lose(loans, "情第33号"));
    assertTrue(
        scene.server.context.getBean(Media.class).dispose(GrantScene.MEDIUM, "mayor", "情第34号")
            instanceof Media.Disposed.Done,
        "what was written off");
  }

  private static Loans.Outcome lose(Loans loans, String reference) {
    return loans.lose(
        new Entry.Subject("mayor", null, null, null, null),
        Media.Gate.OPEN,
        GrantScene.MEDIUM,
        "mayor",
        reference);
  }

  @Test
  void aMediumIsNotDisposedOfUnderASeries() throws Exception {
    GrantView view = approved();
    assertEquals(
        new Media.Disposed.Refused(Refusal.MEDIUM_IN_USE),
        scene.server.context.getBean(Media.class).dispose(GrantScene.MEDIUM, "mayor", "情第12号"));
    assertEquals(200, post(approver, "/" + view.id() + "/revoke", "").statusCode());
    assertTrue(
        scene.server.context.getBean(Media.class).dispose(GrantScene.MEDIUM, "mayor", "情第12号")
            instanceof Media.Disposed.Done);
  }

  @Test
  void aPostThatEndsEndsIt() throws Exception {
    GrantView view = approved();
    scene.employ(
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        100042,関 所太郎,mayor,0101,市民課,主事,2026-04-01,2026-11-21,CLERK
        """,
        List.of());
    leapTo(Duration.ofDays(1));
    endedBy("person", "expired", view);
  }

  /** Without the clerk, who has no post any more. */
  private void leapTo(Duration time) {
    scene.server.clock.forward(time);
    scene.sweep();
  }

  @Test
  void aTimeWhoseRowIsDeletedIsNotMadeAnewAndNotForgotten() throws Exception {
    GrantView view = approved();
    String first = times(view.id()).getFirst().grant();
    activated(first, 1);
    leap(Duration.ofMinutes(11));
    for (String table : List.of("export_grant", "export_request")) {
      scene
          .server
          .installation
          .database()
          .writer()
          .write(h -> h.execute("delete from " + table + " where id = ?", first));
    }
    scene.sweep();
    assertEquals(List.of(), offered(), "not made a second time");
    refused(Refusal.GRANT_UNKNOWN, first, 2);
    leap(WEEK.minusMinutes(11));
    String second =
        GrantSeries.parse(view.text().getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .occurrence(2)
            .request();
    assertEquals(List.of(second), offered());
    refused(Refusal.STATE_TAMPERED, second, 3);
    // Who may revoke sees which one it is, and ends what is left.
    assertEquals(
        List.of("tampered", "approved"),
        times(view.id()).stream().map(OccurrenceView::state).toList());
    String page = scene.send("GET", "/grants/" + view.id(), null, approver.cookie()).body();
    assertTrue(page.contains("data-state=\"tampered\""), page);
    HttpResponse<String> revoked = post(approver, "/" + view.id() + "/revoke", "");
    assertEquals(200, revoked.statusCode(), revoked.body());
    assertEquals("revoked", state(second));
  }

  @Test
  void aRowThatStandsWhereATimeIsToBeMadeStopsThatSeriesOnlyAndIsTold() throws Exception {
    GrantView planted = approved(2);
    GrantView other = approved(3);
    String second =
        GrantSeries.parse(planted.text().getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .occurrence(2)
            .request();
    String first = times(planted.id()).getFirst().grant();
    int rows =
        scene
            .server
            .installation
            .database()
            .writer()
            .write(h ->
                h.execute(
                    "insert into export_request (id, organ, requester, person, text, ends, state,"
                        + " created, decided, decided_by, entry_id, mac) select ?, organ,"
                        + " requester, person, text, ends, state, created, decided, decided_by,"
                        + " entry_id, mac from export_request where id = ?",
                    second,
                    first));
    assertEquals(1, rows);
    leap(WEEK);
    assertEquals(1, times(planted.id()).size());
    assertEquals(2, times(other.id()).size(), "those after it had their turn");
    scene.server.awaitEntry(
        "system", "service.state-tampered", entry -> second.equals(entry.data().get("row")));
  }

  @Test
  void whatATimeNeedsReachesBackToTheApprovalOfItsSeries() throws Exception {
    GrantView view = approved();
    Instant asked = request(view.id()).created();
    leap(WEEK);
    String second = times(view.id()).get(1).grant();
    activated(second, 1);
    assertEquals(200, post(approver, "/" + view.id() + "/revoke", "").statusCode());
    assertTrue(request(second).created().isAfter(asked));
    OpenExceptions open = new OpenExceptions(scene.server.installation.seal());
    assertEquals(
        asked,
        scene
            .server
            .installation
            .database()
            .read(handle -> open.since(handle, "mayor"))
            .orElseThrow());
  }
}
