package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import jp.sekisho.protocol.Activated;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.ExtensionView;
import jp.sekisho.protocol.GrantOffer;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.OfferedApproval;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.audit.RowCheck;
import jp.sekisho.server.grant.GrantScene.Desk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 延長: asked for while in use, approved by another person's card, over the service's real ports. */
@SuppressWarnings("NullAway.Init") // by open()
final class ExtendTest {
  private static final String REASON = "読取りに時間がかかるため";

  private GrantScene scene;
  private Desk clerk;
  private Desk approver;
  private String id;
  private Instant deadline;

  /** In use since just now, for ten minutes. */
  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    id = scene.requested(clerk).id();
    assertEquals(200, scene.approve(approver, id).statusCode());
    deadline = Instant.parse(activate().deadline());
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private Activated activate() throws Exception {
    HttpResponse<byte[]> answer = scene.activate(scene.clerkPc, id, 1);
    assertEquals(200, answer.statusCode());
    return WireJson.read(answer.body(), Activated.class);
  }

  private HttpResponse<String> ask(Desk by, String reason, Duration more, int minutes)
      throws Exception {
    Instant end = Instant.parse(scene.view(approver, id).end()).plus(more);
    return scene.send(
        "POST",
        "/api/v1/grants/" + id + "/extend",
        new MoreTime(reason, end.toString(), minutes),
        by.cookie());
  }

  private GrantOffer offer() throws Exception {
    return scene.offers(scene.clerkPc).grants().get(0);
  }

  @Test
  void askedApprovedAndOfferedWithItsEvidence() throws Exception {
    assertTrue(scene.view(clerk, id).actions().contains("extend"));
    GrantView asked = GrantScene.read(ask(clerk, REASON, Duration.ZERO, 25), GrantView.class);
    ExtensionView waiting = Objects.requireNonNull(asked.extension());
    assertEquals("asked", waiting.state());
    assertEquals(10, asked.minutes(), "nothing is longer yet");
    assertNull(offer().extension());
    assertEquals(deadline, Instant.parse(activate().deadline()));
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(ask(clerk, REASON, Duration.ZERO, 26)));
    assertEquals(
        List.of("approve", "reject", "revoke", "return", "hand-over"),
        scene.view(approver, id).actions());
    String page = scene.send("GET", "/grants/" + id, null, approver.cookie()).body();
    assertTrue(page.contains(waiting.detail()) && page.contains("approve-button"), page);

    HttpResponse<String> approved = scene.approve(approver, id);
    assertEquals(200, approved.statusCode(), approved.body());
    GrantView longer = scene.view(clerk, id);
    assertEquals("approved", Objects.requireNonNull(longer.extension()).state());
    assertEquals(GrantScene.APPROVER, longer.extension().decidedBy());
    assertEquals(25, longer.minutes());
    Instant later = deadline.plus(Duration.ofMinutes(15));
    assertEquals(later, Instant.parse(Objects.requireNonNull(longer.deadline())));
    assertEquals(later, Instant.parse(activate().deadline()), "the same activation, longer");

    OfferedApproval more = Objects.requireNonNull(offer().extension());
    ExportGrant own = ExportGrant.parse(Base64Url.decode(offer().text()));
    ExportGrant text = ExportGrant.parse(Base64Url.decode(more.text()));
    assertEquals(waiting.text(), new String(text.bytes(), StandardCharsets.UTF_8));
    assertTrue(own.isExtendedBy(text));
    assertEquals(
        Sha256.text(text.bytes()),
        CardStatement.parse(Base64Url.decode(more.cardStatement())).detail());

    scene.server.clock.forward(Duration.ofMinutes(12));
    assertEquals("active", scene.view(clerk, id).state());
    scene.server.clock.forward(Duration.ofMinutes(12));
    scene.server.context.getBean(GrantClock.class).sweep();
    assertEquals("active", scene.view(clerk, id).state());
    scene.server.clock.forward(Duration.ofMinutes(1));
    scene.server.context.getBean(GrantClock.class).sweep();
    assertEquals("used", scene.view(clerk, id).state());
    assertEquals(
        List.of(
            "grant.requested",
            "grant.approved",
            "grant.activated",
            "grant.extension-requested",
            "grant.refused GRANT_DECIDED",
            "grant.extended",
            "grant.ended"),
        scene.entries().stream().filter(type -> type.startsWith("grant.")).toList());
  }

  @Test
  void nobodyExtendsWhatTheyUseAndNobodyElseAsks() throws Exception {
    assertEquals(
        Refusal.ROLE_MISSING, GrantScene.refusal(ask(approver, REASON, Duration.ZERO, 20)));
    assertEquals(200, ask(clerk, REASON, Duration.ZERO, 20).statusCode());
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(scene.approve(clerk, id)));
    HttpResponse<String> no =
        scene.send("POST", "/api/v1/grants/" + id + "/reject", null, approver.cookie());
    GrantView rejected = GrantScene.read(no, GrantView.class);
    assertEquals("active", rejected.state());
    assertEquals("rejected", Objects.requireNonNull(rejected.extension()).state());
    assertEquals(deadline, Instant.parse(activate().deadline()));
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(scene.approve(approver, id)));
  }

  @Test
  void neverBeyondTheMaximumAndNeverShorter() throws Exception {
    assertEquals(Refusal.GRANT_TOO_LONG, GrantScene.refusal(ask(clerk, REASON, Duration.ZERO, 31)));
    assertEquals(
        Refusal.GRANT_TOO_LONG, GrantScene.refusal(ask(clerk, REASON, Duration.ofDays(1), 20)));
    for (int minutes : new int[] {10, 9}) {
      assertEquals(
          Refusal.GRANT_NOT_LONGER, GrantScene.refusal(ask(clerk, REASON, Duration.ZERO, minutes)));
    }
    assertEquals(
        Refusal.GRANT_NOT_LONGER,
        GrantScene.refusal(ask(clerk, REASON, Duration.ofHours(1), 10)),
        "a later end alone moves no deadline that the minutes set");
    assertEquals(
        Refusal.GRANT_NOT_LONGER,
        GrantScene.refusal(ask(clerk, REASON, Duration.ofMinutes(-1), 20)));
    assertEquals(Refusal.GRANT_INCOMPLETE, GrantScene.refusal(ask(clerk, " ", Duration.ZERO, 20)));
    assertEquals(
        Refusal.GRANT_CONTENT,
        GrantScene.refusal(ask(clerk, "番号123456789018のため", Duration.ZERO, 20)));
  }

  @Test
  void whatEndedIsNotRenewed() throws Exception {
    assertEquals(200, ask(clerk, REASON, Duration.ZERO, 20).statusCode());
    HttpResponse<String> late =
        scene.approve(
            approver,
            id,
            said -> {
              scene.server.clock.forward(Duration.between(scene.server.clock.instant(), deadline));
              return said;
            });
    assertTrue(late.statusCode() >= 400, late.body());
    assertEquals(Refusal.GRANT_OVER, GrantScene.refusal(scene.approve(approver, id)));
    scene.server.context.getBean(GrantClock.class).sweep();
    GrantView used = scene.view(clerk, id);
    assertEquals("used", used.state());
    assertEquals("lapsed", Objects.requireNonNull(used.extension()).state());
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(scene.approve(approver, id)));
    assertEquals(Refusal.GRANT_OVER, GrantScene.refusal(ask(clerk, REASON, Duration.ZERO, 20)));
    assertTrue(scene.offers(scene.clerkPc).grants().isEmpty());
  }

  @Test
  void anApprovalThatIsDeletedOrPutBackIsFound() throws Exception {
    assertEquals(200, ask(clerk, REASON, Duration.ZERO, 20).statusCode());
    var database = scene.server.installation.database();
    var before =
        database.read(h -> h.createQuery("select * from export_extension").mapToMap().one());
    assertEquals(200, scene.approve(approver, id).statusCode());
    var _ =
        database
            .writer()
            .write(h ->
                h.execute(
                    "update export_extension set state = 'asked', decided = null,"
                        + " decided_by = null, transaction_id = null, statement = null,"
                        + " signature = null, spki = null, entry_id = ?, mac = ?",
                    before.get("entry_id"),
                    before.get("mac")));
    assertEquals(
        Refusal.STATE_TAMPERED,
        GrantScene.refusal(scene.approve(approver, id)),
        "nobody approves from a state that was put back");
    var _ = database.writer().write(h -> h.execute("delete from export_extension"));
    assertEquals(List.of("export_extension"), found());
    assertNull(offer().extension(), "the terminal gets the shorter one");
  }

  private List<String> found() {
    return scene.server.installation.logs().rowCheck(scene.server.clock).run().stream()
        .map(RowCheck.Finding::table)
        .toList();
  }
}
