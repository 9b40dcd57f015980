package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.Objects;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewSeries;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.SeriesView;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.card.CardRegistry;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.terminal.Agent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * 定例許可 by turns, and month by month: of a series of four weeks those in November need a further
 * signature (月次確認).
 */
@SuppressWarnings("NullAway.Init") // by begin()
final class RotaTest {
  private static final Duration WEEK = Duration.ofDays(7);

  private GrantScene scene;
  private Desk clerk;
  private Desk approver;

  /** The day of the first time. */
  private void begin(String day) throws Exception {
    Instant now = Instant.parse(day + "T00:00:00Z");
    scene = new GrantScene(now, new TestCa("Staff CA", now), config -> config);
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

  private HttpResponse<String> ask(String... others) throws Exception {
    NewGrant once = scene.wanted();
    return scene.send(
        "POST",
        "/api/v1/grants",
        new NewGrant(
            once.person(),
            once.terminal(),
            once.medium(),
            once.reason(),
            null,
            null,
            null,
            once.subjects(),
            once.start(),
            once.end(),
            once.minutes(),
            new NewSeries("weekly", 4, List.of(others))),
        clerk.cookie());
  }

  private GrantView approved(String... others) throws Exception {
    HttpResponse<String> asked = ask(others);
    assertEquals(201, asked.statusCode(), asked.body());
    GrantView view = GrantScene.read(asked, GrantView.class);
    HttpResponse<String> answer = scene.approve(approver, view.id());
    assertEquals(200, answer.statusCode(), answer.body());
    scene.sweep();
    return scene.view(approver, view.id());
  }

  private void leap(Duration time) throws Exception {
    scene.server.clock.forward(time);
    scene.sweep();
    login();
  }

  private static SeriesView series(GrantView view) {
    return Objects.requireNonNull(view.series());
  }

  private static GrantSeries text(GrantView view) throws Exception {
    return GrantSeries.parse(view.text().getBytes(StandardCharsets.UTF_8));
  }

  private void refused(Refusal reason, String id, int nonce) throws Exception {
    assertEquals(reason, Agent.refusal(scene.activate(scene.clerkPc, id, nonce)));
  }

  private void used(String id, int nonce) throws Exception {
    assertEquals(200, scene.activate(scene.clerkPc, id, nonce).statusCode());
    assertEquals(
        200,
        scene.send("POST", "/api/v1/grants/" + id + "/return", "", clerk.cookie()).statusCode());
    assertEquals(
        200,
        scene
            .send(
                "POST",
                "/api/v1/grants/" + id + "/report",
                new ReportedUse("税第77号"),
                clerk.cookie())
            .statusCode());
  }

  private String page(Desk desk, String id) throws Exception {
    return scene.send("GET", "/grants/" + id, null, desk.cookie()).body();
  }

  @Test
  void theSignedTextNamesEveryTurnAndNobodyOfItDecides() throws Exception {
    begin("2026-11-21");
    assertEquals(Refusal.GRANT_SERIES, GrantScene.refusal(ask(GrantScene.CLERK)));
    assertEquals(Refusal.GRANT_PERSON, GrantScene.refusal(ask("999999")));
    GrantView asked =
        GrantScene.read(ask(GrantScene.COLLEAGUE, GrantScene.SECOND), GrantView.class);
    assertTrue(asked.text().startsWith("sekisho/grant-series/v2\n"), asked.text());
    assertTrue(asked.text().contains("\nrota 100042 100050 300002\nconfirm monthly\n"));
    Desk second = scene.login(GrantScene.SECOND, scene.approverPc);
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(scene.approve(second, asked.id())));
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertEquals(200, scene.approve(approver, asked.id()).statusCode());
    leap(WEEK);
    GrantSeries signed = text(asked);
    assertEquals(
        GrantScene.COLLEAGUE,
        scene.view(approver, signed.occurrence(2).request()).person(),
        "the second time is the second person's");
    refused(Refusal.GRANT_NO_SESSION, signed.occurrence(2).request(), 1);
    Desk colleague = scene.login(GrantScene.COLLEAGUE, scene.clerkPc);
    assertEquals(
        List.of("100042", "100050", "300002"), series(scene.view(colleague, asked.id())).rota());
    assertTrue(page(colleague, asked.id()).contains("id=\"rota\""));
    assertEquals(
        200, scene.activate(scene.clerkPc, signed.occurrence(2).request(), 2).statusCode());
  }

  @Test
  void whoHasNoCardAnyMoreLosesTheTurnAndTheOthersKeepTheirs() throws Exception {
    begin("2026-11-21");
    GrantView view = approved(GrantScene.COLLEAGUE);
    CardRegistry cards = scene.server.context.getBean(CardRegistry.class);
    assertNotNull(cards.suspend(GrantScene.COLLEAGUE));
    used(text(view).occurrence(1).request(), 1);
    leap(WEEK);
    refused(Refusal.GRANT_PERSON, text(view).occurrence(2).request(), 2);
    assertEquals("approved", scene.view(approver, view.id()).state(), "one turn is not the series");
    assertNotNull(cards.suspend(GrantScene.CLERK));
    scene.sweep();
    assertEquals("revoked", scene.view(approver, view.id()).state(), "nobody is left");
    scene.server.awaitEntry(
        "mayor", "grant.series-ended", entry -> "person".equals(entry.data().get("cause")));
  }

  @Test
  void aMonthOpensOnlyWithASignatureOverWhatWasUsedBefore() throws Exception {
    begin("2026-10-31");
    GrantView view = approved();
    GrantSeries signed = text(view);
    assertNull(series(view).due(), "the first month was approved with the series");
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(scene.approve(approver, view.id())));
    used(signed.occurrence(1).request(), 1);
    leap(WEEK);
    String second = signed.occurrence(2).request();
    refused(Refusal.GRANT_UNCONFIRMED, second, 3);
    assertTrue(scene.entries().contains("grant.series-suspended"));
    assertTrue(page(clerk, second).contains("id=\"suspended\""));
    assertFalse(page(clerk, view.id()).contains("id=\"confirm-text\""), "not who uses it");
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(scene.approve(clerk, view.id())));
    assertNull(offered(second).confirmation());

    SeriesView closed = series(scene.view(approver, view.id()));
    assertTrue(closed.suspended());
    assertTrue(
        Objects.requireNonNull(closed.due())
            .text()
            .contains("\nmonth 2026-11\nused 1 100042 2026-10-31T00:00:0"),
        closed::toString);
    assertTrue(closed.due().text().endsWith("\nunused -\n"), closed::toString);
    assertTrue(page(approver, view.id()).contains("id=\"confirm-text\""));
    HttpResponse<String> forged = scene.approveWithoutTheCard(approver, view.id());
    assertFalse(forged.statusCode() == 200);
    assertTrue(scene.entries().contains("grant.refused SIGNATURE_INVALID"));
    HttpResponse<String> confirmed = scene.approve(approver, view.id());
    assertEquals(200, confirmed.statusCode(), confirmed.body());
    SeriesView open = series(scene.view(approver, view.id()));
    assertFalse(open.suspended());
    assertNull(open.due());
    assertEquals("2026-11", open.months().getFirst().month());
    assertEquals(GrantScene.APPROVER, open.months().getFirst().by());
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(scene.approve(approver, view.id())));

    SeriesConfirmation sent =
        SeriesConfirmation.parse(
            Base64Url.decode(Objects.requireNonNull(offered(second).confirmation()).text()));
    assertTrue(sent.confirms(signed, YearMonth.of(2026, 11)));
    used(second, 4);
    assertTrue(scene.entries().contains("grant.series-confirmed"));
  }

  private GrantOffer offered(String id) throws Exception {
    return scene.offers(scene.clerkPc).grants().stream()
        .filter(offer -> offer.grant().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aConfirmationThatIsDeletedMovedOrWrittenOpensNothing() throws Exception {
    begin("2026-10-31");
    GrantView view = approved();
    leap(WEEK);
    String second = text(view).occurrence(2).request();
    assertTrue(
        Objects.requireNonNull(series(scene.view(approver, view.id())).due())
            .text()
            .endsWith("\nused -\nunused 1\n"));
    assertEquals(200, scene.approve(approver, view.id()).statusCode());
    assertNotNull(offered(second).confirmation());
    var database = scene.server.installation.database();
    var _ =
        database
            .writer()
            .write(h ->
                h.execute(
                    "update series_confirmation set confirmed_by = '" + GrantScene.SECOND + "'"));
    refused(Refusal.STATE_TAMPERED, second, 1);
    var _ = database.writer().write(h -> h.execute("delete from series_confirmation"));
    refused(Refusal.GRANT_UNCONFIRMED, second, 2);
    assertNull(offered(second).confirmation());
    assertEquals(
        List.of("series_confirmation"),
        scene.server.installation.logs().rowCheck(scene.server.clock).run().stream()
            .map(RowCheck.Finding::table)
            .toList());
  }
}
