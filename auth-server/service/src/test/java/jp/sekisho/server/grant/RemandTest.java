package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.server.grant.GrantScene.Desk;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** 差戻し: sent back, mended and sent again, over the service's real ports. */
@SuppressWarnings("NullAway.Init") // by open()
final class RemandTest {
  private static final String REASON = "提供先を書いてください。";

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

  private HttpResponse<String> remand(String id, String reason) throws Exception {
    return scene.send(
        "POST", "/api/v1/grants/" + id + "/remand", new RemandReason(reason), approver.cookie());
  }

  private HttpResponse<String> correct(Desk by, String id, NewGrant wanted) throws Exception {
    return scene.send("POST", "/api/v1/grants/" + id + "/correct", wanted, by.cookie());
  }

  private NewGrant mended() {
    NewGrant usual = scene.wanted();
    Instant now = scene.server.clock.instant();
    return new NewGrant(
        GrantScene.COLLEAGUE,
        usual.terminal(),
        usual.medium(),
        usual.reason(),
        usual.document(),
        usual.legalBasis(),
        "県税事務所",
        usual.subjects(),
        now.toString(),
        now.plus(Duration.ofHours(2)).toString(),
        20);
  }

  @Test
  void sentBackMendedAndApproved() throws Exception {
    GrantView asked = scene.requested(clerk);
    String id = asked.id();
    GrantView back = GrantScene.read(remand(id, REASON), GrantView.class);
    assertEquals("remanded", back.state());
    assertEquals(List.of(), back.actions());
    GrantView mine = scene.view(clerk, id);
    assertEquals(List.of("correct", "withdraw"), mine.actions());
    assertEquals(REASON, Objects.requireNonNull(mine.remanded()).reason());
    assertEquals(GrantScene.APPROVER, mine.remanded().by());
    assertNull(mine.decidedBy());
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(scene.approve(approver, id)));
    String page = scene.send("GET", "/grants/" + id, null, clerk.cookie()).body();
    assertTrue(page.contains(REASON) && page.contains("data-corrects=\"" + id + "\""), page);
    assertTrue(page.contains("value=\"税第123号\""), "begins with what was asked for");

    assertEquals(
        Refusal.ROLE_MISSING, GrantScene.refusal(correct(approver, id, mended())), "not theirs");
    assertEquals(
        Refusal.GRANT_WITHOUT_END,
        GrantScene.refusal(correct(clerk, id, withoutEnd())),
        "as for a new one");
    GrantView again = GrantScene.read(correct(clerk, id, mended()), GrantView.class);
    assertEquals(id, again.id());
    assertEquals("requested", again.state());
    assertNotEquals(asked.detail(), again.detail());
    assertEquals(GrantScene.COLLEAGUE, again.person());
    assertEquals(REASON, Objects.requireNonNull(scene.view(approver, id).remanded()).reason());
    assertEquals(Refusal.GRANT_DECIDED, GrantScene.refusal(correct(clerk, id, mended())));

    assertEquals(200, scene.approve(approver, id).statusCode());
    byte[] offered = Base64Url.decode(scene.offers(scene.clerkPc).grants().get(0).text());
    assertEquals(again.text(), new String(offered, StandardCharsets.UTF_8));
    assertEquals(
        List.of(
            "grant.requested",
            "grant.remanded",
            "grant.refused GRANT_DECIDED",
            "grant.refused ROLE_MISSING",
            "grant.refused GRANT_WITHOUT_END",
            "grant.corrected",
            "grant.refused GRANT_DECIDED",
            "grant.approved"),
        scene.entries().stream().filter(type -> type.startsWith("grant.")).toList());
  }

  private NewGrant withoutEnd() {
    NewGrant usual = mended();
    return new NewGrant(
        usual.person(),
        usual.terminal(),
        usual.medium(),
        usual.reason(),
        null,
        null,
        null,
        1,
        usual.start(),
        null,
        10);
  }

  @Test
  void aCardThatReadTheTextBeforeDoesNotApproveTheOneAfter() throws Exception {
    String id = scene.requested(clerk).id();
    HttpResponse<String> answer =
        scene.approve(
            approver,
            id,
            said -> {
              try {
                assertEquals(200, remand(id, REASON).statusCode());
                assertEquals(200, correct(clerk, id, mended()).statusCode());
              } catch (Exception e) {
                throw new AssertionError(e);
              }
              return said;
            });
    assertEquals(Refusal.APPROVAL_TEXT, GrantScene.refusal(answer));
    assertEquals("requested", scene.view(clerk, id).state());
    assertTrue(scene.offers(scene.clerkPc).grants().isEmpty());
  }

  @Test
  void aReasonIsNeededAndNobodyMendingItEndsIt() throws Exception {
    String id = scene.requested(clerk).id();
    for (String reason : List.of("", "  ", "-", "a\nb", "理".repeat(401))) {
      assertEquals(Refusal.GRANT_INCOMPLETE, GrantScene.refusal(remand(id, reason)), reason);
    }
    assertEquals(Refusal.GRANT_CONTENT, GrantScene.refusal(remand(id, "番号123456789018を消すこと")));
    assertEquals(
        Refusal.GRANT_UNKNOWN,
        GrantScene.refusal(
            scene.send(
                "POST",
                "/api/v1/grants/" + id + "/remand",
                new RemandReason(REASON),
                scene.login(GrantScene.COLLEAGUE, scene.clerkPc).cookie())),
        "a colleague does not even see it");
    assertEquals(200, remand(id, REASON).statusCode());
    DossierRepository dossiers = scene.server.context.getBean(DossierRepository.class);
    scene.server.clock.forward(Request.MENDABLE.minusSeconds(1));
    scene.server.context.getBean(GrantClock.class).sweep();
    assertEquals("remanded", state(dossiers, id));
    scene.server.clock.forward(Duration.ofSeconds(1));
    scene.server.context.getBean(GrantClock.class).sweep();
    assertEquals("expired", state(dossiers, id));
  }

  private String state(DossierRepository dossiers, String id) {
    return scene
        .server
        .installation
        .database()
        .read(handle -> dossiers.find(handle, id))
        .orElseThrow()
        .state();
  }
}
