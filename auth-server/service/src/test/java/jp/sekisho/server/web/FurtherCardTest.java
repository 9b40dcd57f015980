package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A further card of somebody: an administrator and, besides, its holder or the holder's 所属長, each
 * by their own card.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FurtherCardTest {
  /** Decides in another division than the clerks of this test. */
  private static final String OTHER_HEAD = "100032";

  private static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles\n";

  private static int next = 700_000;

  @SuppressWarnings("NullAway.Init") // by start()
  private DeskScene scene;

  @BeforeAll
  void start(@TempDir Path root) throws Exception {
    scene = new DeskScene(root);
    scene
        .installation
        .logs()
        .start(broken -> {
          throw broken;
        }); // rows are compared with the log
    scene.order(
        HEADER + OTHER_HEAD + ",税務 課長,mayor,zeimu,税務課,課長,2026-04-01,2036-03-31,CLERK;APPROVER\n");
  }

  @AfterAll
  void stop() {
    scene.close();
  }

  private String clerk(String division) {
    String number = String.valueOf(next++);
    scene.order(
        HEADER + number + ",職員 " + number + ",mayor," + division + ",課,主事,2026-04-01,,CLERK\n");
    return number;
  }

  /** Brings a new card of somebody to the desk; the hash of its key. */
  private String brought(String person, int changed) throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    KeyPair keys = TestCa.p256();
    byte[] certificate = scene.ca.issue(person, keys.getPublic()).getEncoded();
    scene.prove(admin, "card-register:" + person + ":" + Sha256.text(certificate));
    HttpResponse<String> answer =
        scene.post(
            "/api/v1/desk",
            admin,
            new DeskRequest("card-register", person, null, Base64Url.encode(certificate)));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("{\"cards\":" + changed + "}", answer.body());
    return Sha256.text(keys.getPublic().getEncoded());
  }

  private HttpResponse<String> says(String who, String action, String person, String card) {
    Token session = scene.session(who);
    scene.prove(session, action + ":" + person + ":" + card);
    return scene.post("/api/v1/desk", session, new DeskRequest(action, person, card, null));
  }

  private boolean counts(String person, String card) {
    return scene
        .get("/people/" + person, scene.session(DeskScene.ADMIN))
        .body()
        .contains("data-id=\"" + card + "\"");
  }

  @Test
  void aFirstCardTakesTheAdministratorAndAFurtherOneWaitsForItsHolder() throws Exception {
    String person = clerk("shimin");
    assertTrue(counts(person, brought(person, 1)));
    String further = brought(person, 0);
    Entry awaits = scene.entries("mayor").getFirst();
    assertFalse(counts(person, further));
    assertEquals("authenticator.awaits", awaits.type());
    assertEquals(Map.of("spki", further, "by", DeskScene.ADMIN), awaits.data());
    assertEquals(person, awaits.subject().person());
    Token holder = scene.session(person);
    assertTrue(scene.get("/authenticators", holder).body().contains("id=\"waits\""));
    String page = scene.get("/confirmations", holder).body();
    assertTrue(page.contains("data-action=\"card-confirm\""), page);
    assertEquals(
        Refusal.STEP_UP_NEEDED,
        DeskScene.refusal(
            scene.post(
                "/api/v1/desk", holder, new DeskRequest("card-confirm", person, further, null))));

    assertEquals(200, says(person, "card-confirm", person, further).statusCode());
    assertEquals(
        List.of("desk.done", "authenticator.registered"),
        scene.entries("mayor").subList(0, 2).stream().map(Entry::type).toList());
    assertEquals(person, scene.entries("mayor").getFirst().subject().person());
    assertTrue(counts(person, further));
    assertEquals(
        Refusal.CONFIRM_UNKNOWN, DeskScene.refusal(says(person, "card-confirm", person, further)));
  }

  @Test
  void theHeadOfTheDivisionConfirmsAndNobodyElse() throws Exception {
    String person = clerk("shimin");
    String colleague = clerk("shimin");
    String _ = brought(person, 1);
    String further = brought(person, 0);
    for (String other : List.of(DeskScene.ADMIN, OTHER_HEAD)) {
      assertEquals(
          Refusal.CONFIRM_SUPERIOR,
          DeskScene.refusal(says(other, "card-confirm", person, further)),
          other);
    }
    assertEquals(
        Refusal.ROLE_MISSING, DeskScene.refusal(says(colleague, "card-confirm", person, further)));
    assertEquals(
        Refusal.DESK_PERSON,
        DeskScene.refusal(says(DeskScene.COUNCIL_ADMIN, "card-confirm", person, further)));
    assertFalse(scene.get("/confirmations", scene.session(OTHER_HEAD)).body().contains(further));
    assertFalse(scene.get("/confirmations", scene.session(colleague)).body().contains(further));
    assertFalse(counts(person, further));
    assertEquals(200, says(DeskScene.APPROVER, "card-confirm", person, further).statusCode());
    assertTrue(counts(person, further));
  }

  @Test
  void whoHasNoHeadBesideThemIsConfirmedByAnotherWhoDecides() throws Exception {
    String _ = brought(OTHER_HEAD, 1);
    String further = brought(OTHER_HEAD, 0);
    assertEquals(200, says(DeskScene.APPROVER, "card-confirm", OTHER_HEAD, further).statusCode());
  }

  @Test
  void aCardIsDroppedByTheAdministratorTheHeadOrAfterSevenDays() throws Exception {
    String person = clerk("shimin");
    String _ = brought(person, 1);
    for (String who : List.of(DeskScene.ADMIN, DeskScene.APPROVER, person)) {
      String further = brought(person, 0);
      assertEquals(200, says(who, "card-decline", person, further).statusCode(), who);
      assertEquals(
          "authenticator.declined", scene.entries("mayor").get(1).type(), "before desk.done");
      assertEquals(
          Refusal.CONFIRM_UNKNOWN,
          DeskScene.refusal(says(person, "card-confirm", person, further)));
    }
    String late = brought(person, 0);
    scene.clock.advance(Duration.ofDays(7));
    assertEquals(
        Refusal.CONFIRM_UNKNOWN, DeskScene.refusal(says(person, "card-confirm", person, late)));
  }

  private void database(String sql) {
    scene.installation.database().writer().write(h -> h.execute(sql));
  }

  @Test
  void aCardThatWasDeclinedDoesNotWaitAgainWhenItsRowIsPutBack() throws Exception {
    String person = clerk("shimin");
    String _ = brought(person, 1);
    String further = brought(person, 0);
    String mine = " from card_waiting where person = '" + person + "'";
    database("create table declined as select *" + mine);
    assertEquals(200, says(person, "card-decline", person, further).statusCode());
    database("insert into card_waiting select * from declined");
    assertEquals(
        Refusal.STATE_TAMPERED, DeskScene.refusal(says(person, "card-confirm", person, further)));
    assertFalse(counts(person, further));
    database("delete" + mine);
  }

  @Test
  @DisplayName("a row that was edited or put in confirms nothing")
  void sealed() throws Exception {
    String person = clerk("shimin");
    String _ = brought(person, 1);
    String further = brought(person, 0);
    database("update card_waiting set asked_by = '100009' where person = '" + person + "'");
    assertEquals(
        Refusal.STATE_TAMPERED, DeskScene.refusal(says(person, "card-confirm", person, further)));
    assertFalse(counts(clerk("shimin"), further));
    database("delete from card_waiting where person = '" + person + "'");
  }
}
