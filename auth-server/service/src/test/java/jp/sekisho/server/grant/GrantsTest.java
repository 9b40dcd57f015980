package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.GrantViews;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.TransactionCreated;
import jp.sekisho.protocol.TransactionDetails;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.terminal.Agent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Exceptions from request to return, over the service's real ports with real cards' keys.
 *
 * <p>Past 400 lines: one running service, whose start is dear, for all steps and refusals.
 */
@SuppressWarnings("NullAway.Init") // by open()
final class GrantsTest {
  private GrantScene scene;
  private Desk clerk;
  private Desk approver;

  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private Refusal post(Desk desk, String path, @Nullable Object body) throws Exception {
    return GrantScene.refusal(scene.send("POST", path, body, desk.cookie()));
  }

  private String approved() throws Exception {
    String id = scene.requested(clerk).id();
    HttpResponse<String> answer = scene.approve(approver, id);
    assertEquals(200, answer.statusCode(), answer.body());
    return id;
  }

  @Test
  void fromRequestToReturnEachStepIsAnEntry() throws Exception {
    GrantView requested = scene.requested(clerk);
    String id = requested.id();
    assertEquals("requested", requested.state());
    assertEquals(List.of("withdraw"), requested.actions());
    assertEquals(List.of("approve", "remand", "reject"), scene.view(approver, id).actions());
    assertTrue(scene.offers(scene.clerkPc).grants().isEmpty());

    assertTrue(scene.approve(approver, id).body().contains("/grants/" + id));
    assertEquals("approved", scene.view(clerk, id).state());

    HttpResponse<byte[]> answer = scene.activate(scene.clerkPc, id, 1);
    assertEquals(200, answer.statusCode());
    Activated activated = WireJson.read(answer.body(), Activated.class);
    Instant now = scene.server.clock.instant();
    assertEquals(now, Instant.parse(activated.serverTime()));
    assertEquals(now.plus(Duration.ofMinutes(10)), Instant.parse(activated.deadline()));
    assertEquals("active", scene.offers(scene.clerkPc).grants().get(0).state());
    assertEquals(activated.serverTime(), scene.offers(scene.clerkPc).grants().get(0).activatedAt());

    scene.server.clock.forward(Duration.ofMinutes(10));
    assertTrue(scene.offers(scene.clerkPc).grants().isEmpty(), "over without any sweep");
    scene.server.context.getBean(GrantClock.class).sweep();
    assertEquals("used", scene.view(clerk, id).state());
    HttpResponse<String> returned =
        scene.send("POST", "/api/v1/grants/" + id + "/return", null, clerk.cookie());
    assertEquals("closed", GrantScene.read(returned, GrantView.class).state());
    assertEquals(
        List.of(
            "grant.requested",
            "grant.approved",
            "grant.activated",
            "grant.ended",
            "grant.returned"),
        scene.entries().stream().filter(type -> type.startsWith("grant.")).toList());
  }

  @Test
  void theTerminalGetsAllItNeedsToVerifyTheApprovalItself() throws Exception {
    String id = approved();
    GrantOffer offer = scene.offers(scene.clerkPc).grants().get(0);
    assertEquals(id, offer.grant());
    byte[] text = Base64Url.decode(offer.text());
    byte[] statement = Base64Url.decode(offer.cardStatement());
    CardStatement said = CardStatement.parse(statement);
    assertEquals(Purpose.APPROVE, said.purpose());
    assertEquals(Sha256.text(text), said.detail());
    assertEquals(id, ExportGrant.parse(text).request());
    assertArrayEquals(
        scene.view(clerk, id).text().getBytes(StandardCharsets.UTF_8),
        text,
        "as the page shows it");
    PublicKey key =
        KeyFactory.getInstance("RSA")
            .generatePublic(new X509EncodedKeySpec(Base64Url.decode(offer.spki())));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(key);
    signature.update(statement);
    assertTrue(signature.verify(Base64Url.decode(offer.signature())));
    assertTrue(scene.offers(scene.approverPc).grants().isEmpty(), "another terminal's");
  }

  @Test
  void onlyTheApproversOwnTerminalFetchesTheTextAndItsHash() throws Exception {
    String id = scene.requested(clerk).id();
    HttpResponse<String> asked =
        scene.send(
            "POST", "/authn/v1/transactions", new NewTransaction("approve", id), approver.cookie());
    String transaction = GrantScene.read(asked, TransactionCreated.class).transaction();
    assertEquals(
        Refusal.TRANSACTION_BOUND,
        Agent.refusal(
            scene.clerkPc.send(
                "POST", "/agent/v1/transactions/" + transaction + "/fetch", new byte[0])));
    TransactionDetails details = scene.fetch(scene.approverPc, transaction);
    assertEquals("approve", details.purpose());
    assertEquals(scene.view(approver, id).text(), details.text());
    assertEquals(scene.view(approver, id).detail(), details.detail());
  }

  @Test
  void anApprovalOfOtherTextIsRefused() throws Exception {
    String id = scene.requested(clerk).id();
    HttpResponse<String> answer =
        scene.approve(
            approver,
            id,
            said ->
                new CardStatement(
                    said.origin(),
                    said.transaction(),
                    said.nonce(),
                    said.purpose(),
                    said.terminal(),
                    said.certificate(),
                    Sha256.text("another text".getBytes(StandardCharsets.UTF_8))));
    assertEquals(Refusal.APPROVAL_TEXT, GrantScene.refusal(answer));
    assertEquals("requested", scene.view(clerk, id).state());
    assertTrue(scene.entries().contains("login.refused APPROVAL_TEXT"));
    String entry = refusedApproval(id);
    assertTrue(entry.contains("\"reason\":\"APPROVAL_TEXT\""), entry);
  }

  @Test
  void aForgedApprovalIsAnEntryOfItsExceptionThatNamesNobody() throws Exception {
    String id = scene.requested(clerk).id();
    assertEquals(
        Refusal.SIGNATURE_INVALID, GrantScene.refusal(scene.approveWithoutTheCard(approver, id)));
    assertEquals("requested", scene.view(clerk, id).state());
    String entry = refusedApproval(id);
    assertTrue(entry.contains("\"reason\":\"SIGNATURE_INVALID\""), entry);
    assertTrue(entry.contains("\"terminal\":\"" + scene.approverPc.terminal + "\""), entry);
    assertFalse(entry.contains("\"person\""), "whose card it was is not proved: " + entry);
  }

  /** The one entry of a refused approval of exception {@code id}. */
  private String refusedApproval(String id) throws Exception {
    List<String> found =
        scene.server.texts("mayor").stream()
            .filter(line ->
                line.contains("\"type\":\"grant.refused\"")
                    && line.contains("\"grant\":\"" + id + "\"")
                    && line.contains("\"step\":\"approve\""))
            .toList();
    assertEquals(1, found.size(), found.toString());
    return found.get(0);
  }

  @Test
  void nobodyApprovesTheOwnRequestNorOneForThemselves() throws Exception {
    Desk asking = scene.login(GrantScene.APPROVER, scene.approverPc);
    String own = scene.requested(asking).id();
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(scene.approve(asking, own)));
    NewGrant forApprover =
        new NewGrant(
            GrantScene.APPROVER,
            "T-0001",
            GrantScene.MEDIUM,
            "理由",
            null,
            null,
            null,
            1,
            scene.wanted().start(),
            scene.wanted().end(),
            10);
    String id =
        GrantScene.read(
                scene.send("POST", "/api/v1/grants", forApprover, clerk.cookie()), GrantView.class)
            .id();
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(scene.approve(asking, id)));
    assertEquals(Refusal.APPROVAL_OWN, post(asking, "/api/v1/grants/" + id + "/reject", null));
    assertTrue(scene.entries().contains("grant.refused APPROVAL_OWN"));
  }

  @Test
  void onlyAnApproverOfTheOrganApprovesAndOnlyOnce() throws Exception {
    String id = scene.requested(clerk).id();
    Desk colleague = scene.login(GrantScene.COLLEAGUE, scene.approverPc);
    assertEquals(
        Refusal.GRANT_UNKNOWN,
        GrantScene.refusal(scene.approve(colleague, id)),
        "not even that it exists");
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
    assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(scene.approve(auditor, id)));
    Desk first = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertEquals(200, scene.approve(first, id).statusCode());
    Desk second = scene.login(GrantScene.SECOND, scene.approverPc);
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(scene.approve(second, id)));
    assertTrue(scene.entries().contains("grant.refused GRANT_DECIDED"));
    assertTrue(scene.entries().contains("grant.refused ROLE_MISSING"));
  }

  @Test
  void aStaleRequestIsNotApproved() throws Exception {
    String id = scene.requested(clerk).id();
    scene.server.clock.forward(Duration.ofHours(1));
    Desk later = scene.login(GrantScene.SECOND, scene.approverPc);
    assertEquals(Refusal.GRANT_OVER, GrantScene.refusal(scene.approve(later, id)));
    scene.server.context.getBean(GrantClock.class).sweep();
    assertEquals("expired", scene.view(later, id).state());
    assertTrue(scene.entries().contains("grant.expired"));
    assertTrue(scene.entries().contains("grant.refused GRANT_OVER"));
  }

  @Test
  void aRequestChangedBetweenQuestionAndAnswerIsNotApproved() throws Exception {
    String id = scene.requested(clerk).id();
    HttpResponse<String> answer =
        scene.approve(
            approver,
            id,
            said -> {
              try {
                scene.send("POST", "/api/v1/grants/" + id + "/withdraw", null, clerk.cookie());
              } catch (Exception e) {
                throw new AssertionError(e);
              }
              return said;
            });
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(answer));
    assertEquals("withdrawn", scene.view(clerk, id).state());
  }

  @Test
  @DisplayName("R10: a request without an end is refused, and every other fault by its name")
  void everyFaultOfARequestHasItsNameAndItsEntry() throws Exception {
    NewGrant good = scene.wanted();
    String past = scene.server.clock.instant().minusSeconds(60).toString();
    String far = scene.server.clock.instant().plus(Duration.ofHours(25)).toString();
    assertRefused(Refusal.GRANT_WITHOUT_END, with(good, "理由", good.start(), null, 10));
    assertRefused(Refusal.GRANT_INCOMPLETE, with(good, "理由", null, good.end(), 10));
    assertRefused(Refusal.GRANT_INCOMPLETE, with(good, "理由", good.start(), good.end(), null));
    assertRefused(Refusal.GRANT_INCOMPLETE, with(good, "  ", good.start(), good.end(), 10));
    assertRefused(Refusal.GRANT_INCOMPLETE, with(good, "理由", good.start(), "soon", 10));
    assertRefused(Refusal.GRANT_TOO_LONG, with(good, "理由", good.start(), far, 10));
    assertRefused(Refusal.GRANT_TOO_LONG, with(good, "理由", good.start(), good.end(), 31));
    assertRefused(Refusal.GRANT_PERIOD, with(good, "理由", good.end(), good.start(), 10));
    assertRefused(Refusal.GRANT_PERIOD, with(good, "理由", past, past, 10));
    assertRefused(
        Refusal.GRANT_CONTENT, with(good, "マイナンバー 123456789018 の確認", good.start(), good.end(), 10));
    assertRefused(Refusal.GRANT_PERSON, at("999999", "T-0001", GrantScene.MEDIUM));
    assertRefused(Refusal.GRANT_TERMINAL, at(GrantScene.CLERK, "T-0099", GrantScene.MEDIUM));
    assertRefused(Refusal.GRANT_MEDIUM, at(GrantScene.CLERK, "T-0001", "M-0099"));
    assertEquals(
        0,
        GrantScene.read(scene.send("GET", "/api/v1/grants", null, clerk.cookie()), GrantViews.class)
            .grants()
            .size());
  }

  private void assertRefused(Refusal reason, NewGrant wanted) throws Exception {
    assertEquals(reason, post(clerk, "/api/v1/grants", wanted));
    assertTrue(scene.entries().contains("grant.refused " + reason));
  }

  private static NewGrant with(
      NewGrant good,
      String reason,
      @Nullable String start,
      @Nullable String end,
      @Nullable Integer minutes) {
    return new NewGrant(
        good.person(),
        good.terminal(),
        good.medium(),
        reason,
        null,
        null,
        null,
        1,
        start,
        end,
        minutes);
  }

  private NewGrant at(String person, String terminal, String medium) {
    NewGrant good = scene.wanted();
    return new NewGrant(
        person, terminal, medium, "理由", null, null, null, 1, good.start(), good.end(), 10);
  }

  @Test
  void activationIsOncePerApprovalAndTheSameNonceGetsTheSameAnswer() throws Exception {
    String id = approved();
    byte[] first = scene.activate(scene.clerkPc, id, 1).body();
    scene.server.clock.forward(Duration.ofMinutes(2));
    assertArrayEquals(first, scene.activate(scene.clerkPc, id, 1).body());
    assertEquals(Refusal.GRANT_ACTIVATED, Agent.refusal(scene.activate(scene.clerkPc, id, 2)));
    assertEquals(1, scene.entries().stream().filter("grant.activated"::equals).count());
    scene.server.clock.forward(Duration.ofMinutes(8));
    assertEquals(Refusal.GRANT_OVER, Agent.refusal(scene.activate(scene.clerkPc, id, 1)));
  }

  @Test
  void activationNeedsItsTerminalItsMediumItsTimeAndItsPersonsLiveSession() throws Exception {
    String id = approved();
    assertEquals(Refusal.GRANT_ELSEWHERE, Agent.refusal(scene.activate(scene.approverPc, id, 1)));
    assertEquals(
        Refusal.MEDIUM_OTHER,
        Agent.refusal(scene.activate(scene.clerkPc, id, 1, Sha256.text(new byte[] {1}))));
    assertEquals(
        Refusal.GRANT_UNKNOWN,
        Agent.refusal(scene.activate(scene.clerkPc, "AAAAAAAAAAAAAAAAAAAAAA", 1)));
    scene.send("POST", "/authn/v1/logout", null, clerk.cookie());
    assertEquals(Refusal.GRANT_NO_SESSION, Agent.refusal(scene.activate(scene.clerkPc, id, 1)));
    Desk other = scene.login(GrantScene.COLLEAGUE, scene.clerkPc);
    assertEquals(
        Refusal.GRANT_NO_SESSION,
        Agent.refusal(scene.activate(scene.clerkPc, id, 1)),
        other.person());
    scene.login(GrantScene.CLERK, scene.clerkPc);
    assertEquals(200, scene.activate(scene.clerkPc, id, 1).statusCode());
    for (Refusal reason :
        List.of(
            Refusal.GRANT_ELSEWHERE,
            Refusal.MEDIUM_OTHER,
            Refusal.GRANT_UNKNOWN,
            Refusal.GRANT_NO_SESSION)) {
      assertTrue(scene.entries().contains("grant.refused " + reason), reason.name());
    }
  }

  @Test
  void anUnapprovedARevokedAndAnEarlyGrantAreNotActivated() throws Exception {
    String waiting = scene.requested(clerk).id();
    assertEquals(Refusal.GRANT_UNKNOWN, Agent.refusal(scene.activate(scene.clerkPc, waiting, 1)));
    String id = approved();
    scene.send("POST", "/api/v1/grants/" + id + "/revoke", null, approver.cookie());
    assertEquals(Refusal.GRANT_DECIDED, Agent.refusal(scene.activate(scene.clerkPc, id, 1)));
    NewGrant good = scene.wanted();
    NewGrant later =
        with(good, "あとで", scene.server.clock.instant().plusSeconds(600).toString(), good.end(), 10);
    String early =
        GrantScene.read(
                scene.send("POST", "/api/v1/grants", later, clerk.cookie()), GrantView.class)
            .id();
    assertEquals(200, scene.approve(approver, early).statusCode());
    assertEquals(Refusal.GRANT_EARLY, Agent.refusal(scene.activate(scene.clerkPc, early, 1)));
  }

  @Test
  void aRevokedUseIsNoLongerOfferedAndItsMediumMustStillComeBack() throws Exception {
    String id = approved();
    scene.activate(scene.clerkPc, id, 1);
    assertEquals(Refusal.ROLE_MISSING, post(clerk, "/api/v1/grants/" + id + "/revoke", null));
    scene.send("POST", "/api/v1/grants/" + id + "/revoke", null, approver.cookie());
    assertTrue(scene.offers(scene.clerkPc).grants().isEmpty());
    scene.server.clock.forward(Duration.ofHours(1));
    scene.server.context.getBean(GrantClock.class).sweep();
    Desk later = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertTrue(scene.view(later, id).overdue());
    assertTrue(scene.entries().contains("grant.overdue"));
    HttpResponse<String> returned =
        scene.send("POST", "/api/v1/grants/" + id + "/return", null, later.cookie());
    assertEquals("closed", GrantScene.read(returned, GrantView.class).state());
    assertEquals(Refusal.GRANT_DECIDED, post(later, "/api/v1/grants/" + id + "/return", null));
  }

  @Test
  void theCardThatApprovedStaysWatchedUnderItsLoginToo() throws Exception {
    String id = scene.requested(clerk).id();
    HttpResponse<String> asked =
        scene.send(
            "POST", "/authn/v1/transactions", new NewTransaction("approve", id), approver.cookie());
    String transaction = GrantScene.read(asked, TransactionCreated.class).transaction();
    String login =
        scene
            .server
            .installation
            .transactions()
            .read(handle ->
                handle
                    .createQuery(
                        "select transaction_id from web_session"
                            + " where terminal = 'T-0002' and state = 'active'")
                    .mapTo(String.class)
                    .one());
    // The page is closed before it posts the answer: the terminal names both when the card leaves.
    scene.approverPc.events(
        scene.approverPc.record(new AgentEvent.Answered(transaction, "approve")),
        scene.approverPc.record(new AgentEvent.CardRemoved(List.of(login, transaction))));
    assertEquals(
        Refusal.SESSION_SUSPENDED,
        GrantScene.refusal(scene.send("GET", "/api/v1/grants", null, approver.cookie())));
  }

  @Test
  void anEditedRowIsNoticedAndNothingIsDoneWithIt() throws Exception {
    String id = scene.requested(clerk).id();
    scene
        .server
        .installation
        .database()
        .writer()
        .write(h -> h.execute("update export_request set requester = ?", GrantScene.COLLEAGUE));
    assertEquals(Refusal.STATE_TAMPERED, GrantScene.refusal(scene.approve(approver, id)));
    scene.server.awaitEntry("system", "service.state-tampered STATE_TAMPERED");
  }

  @Test
  void thePageShowsListFormTextAndOnlyTheStepsThatAreOpen() throws Exception {
    String id = scene.requested(clerk).id();
    String list = scene.send("GET", "/grants", null, clerk.cookie()).body();
    for (String part :
        List.of(
            "<h1>電磁的記録媒体等使用許可</h1>",
            "id=\"grants-table\"",
            "id=\"grant-form\"",
            "href=\"/grants/" + id + "\"",
            "<option value=\"M-0007\">",
            "承認待ち",
            "使用時間は30分まで",
            "value=\"2026-11-21T09:00\"",
            "id=\"lock-overlay\"")) {
      assertTrue(list.contains(part), part);
    }
    HttpResponse<String> page =
        scene.send("GET", "/grants/" + id + "?lang=en", null, approver.cookie());
    String html = page.body();
    assertTrue(html.contains("<pre id=\"grant-text\""));
    assertTrue(html.contains("sekisho/grant/v1\nrequest " + id + "\n"), html);
    assertTrue(html.contains("id=\"approve-button\"") && html.contains("id=\"reject-button\""));
    assertFalse(html.contains("id=\"withdraw-button\""));
    assertTrue(html.contains("Waiting for approval"));
    assertFalse(
        Pattern.compile("<script(?![^>]*src=)|<style| style=| on[a-z]+=").matcher(html).find());
    for (String unique : List.of("refusal", "refusal-grant", "progress", "last-try-button-grant")) {
      assertEquals(1, html.split("id=\"" + unique + "\"", -1).length - 1, unique);
    }
    HttpResponse<String> unknown =
        scene.send("GET", "/grants/AAAAAAAAAAAAAAAAAAAAAA", null, clerk.cookie());
    assertEquals(404, unknown.statusCode());
    assertTrue(unknown.body().contains("その申請はありません"));
    assertEquals(
        303, scene.send("GET", "/grants", null, null).statusCode(), "nobody without a session");
  }

  @Test
  void anAuditorTakesTheStepsAsATableThatNoSpreadsheetComputes() throws Exception {
    approved();
    assertEquals(
        Refusal.ROLE_MISSING,
        GrantScene.refusal(
            scene.send("GET", "/api/v1/log/export.csv?log=mayor", null, approver.cookie())));
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
    scene.server.installation.logs().integrateNow();
    HttpResponse<String> answer =
        scene.send("GET", "/api/v1/log/export.csv?log=mayor", null, auditor.cookie());
    String csv = answer.body();
    assertEquals("text/csv; charset=utf-8", answer.headers().firstValue("Content-Type").orElse(""));
    assertTrue(csv.startsWith("\uFEFF\"index\",\"time\",\"type\""), csv);
    assertTrue(csv.lines().findFirst().orElseThrow().contains("\"時刻（日本時間）\""), csv);
    List<String> lines = csv.lines().toList();
    assertTrue(lines.stream().anyMatch(line -> line.contains("\"grant.requested\"")));
    assertTrue(lines.stream().anyMatch(line -> line.contains("\"grant.approved\"")));
    assertTrue(csv.contains("\r\n\"1\","), "every line ends as spreadsheets expect");
    assertFalse(Pattern.compile("(^|,)\"[=+@-]").matcher(csv).find());
    assertFalse(csv.contains("課税資料"), "the reason is not in the log");
    assertTrue(scene.entries().contains("log.exported"));
  }
}
