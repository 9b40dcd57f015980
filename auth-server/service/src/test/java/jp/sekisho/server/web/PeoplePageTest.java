package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.OrderNamed;
import jp.sekisho.protocol.OrderPreview;
import jp.sekisho.protocol.PostChoice;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** People, posts and personnel files over HTTP, and who may not. One service for all of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PeoplePageTest {
  private static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles\n";

  @SuppressWarnings("NullAway.Init") // by start()
  private DeskScene scene;

  @BeforeAll
  void start(@TempDir Path root) throws Exception {
    scene = new DeskScene(root);
  }

  @AfterAll
  void stop() {
    scene.close();
  }

  private static byte[] file(String rows) {
    return (HEADER + rows).getBytes(StandardCharsets.UTF_8);
  }

  /** A person of the mayor's who begins in the future. */
  private static byte[] newcomer(String number) {
    return file(number + ",新人 " + number + ",mayor,shimin,市民課,主事,2027-04-01,,CLERK\n");
  }

  private OrderPreview check(Token session, byte[] file) throws Exception {
    HttpResponse<String> answer = scene.post("/api/v1/people/check", session, file);
    assertEquals(200, answer.statusCode(), answer.body());
    return WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), OrderPreview.class);
  }

  private HttpResponse<String> apply(Token session, byte[] file) {
    return scene.post("/api/v1/people/apply", session, file);
  }

  private void prove(Token session, byte[] file) {
    scene.prove(session, StepUps.APPLY_ORDER + Sha256.text(file));
  }

  private String taken(Token session, byte[] file) throws Exception {
    prove(session, file);
    HttpResponse<String> answer = apply(session, file);
    assertEquals(200, answer.statusCode(), answer.body());
    return WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), OrderNamed.class).order();
  }

  private Entry newest(String type) {
    return scene.entries("mayor").stream()
        .filter(entry -> entry.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anAdministratorSeesThePeopleOfTheOwnOrganAndOfNoOther() {
    String page = scene.get("/people", scene.session(DeskScene.ADMIN)).body();
    assertTrue(page.contains("関 所太郎"), page);
    assertTrue(page.contains("市民課 主事"), page);
    assertFalse(page.contains("議会 太郎"), page);
    String other = scene.get("/people", scene.session(DeskScene.COUNCIL_ADMIN)).body();
    assertTrue(other.contains("議会 太郎"), other);
    assertFalse(other.contains("関 所太郎"), other);
  }

  @Test
  void searchesByNumberAndByNameWithoutSpaces() {
    Token admin = scene.session(DeskScene.ADMIN);
    String byName = scene.get("/people?q=%E9%96%A2%E6%89%80", admin).body(); // 関所
    assertTrue(byName.contains("data-person=\"100042\""), byName);
    assertFalse(byName.contains("data-person=\"100001\""), byName);
    String none = scene.get("/people?q=zzz", admin).body();
    assertTrue(none.contains("id=\"people-none\""), none);
    assertEquals(400, scene.get("/people?q=" + "a".repeat(41), admin).statusCode());
  }

  @Test
  void nobodyElseSeesOrChangesAnything() throws Exception {
    byte[] file = newcomer("500001");
    for (String person : List.of(DeskScene.CLERK, DeskScene.APPROVER, "100007")) {
      Token session = scene.session(person);
      HttpResponse<String> page = scene.get("/people", session);
      assertEquals(403, page.statusCode());
      assertTrue(page.body().contains("data-code=\"ROLE_MISSING\""), page.body());
      assertFalse(page.body().contains("管理 一郎"), "no names");
      assertEquals(
          Refusal.ROLE_MISSING,
          DeskScene.refusal(scene.post("/api/v1/people/check", session, file)));
      prove(session, file);
      assertEquals(Refusal.ROLE_MISSING, DeskScene.refusal(apply(session, file)));
      Entry refused = newest("person.order-refused");
      assertEquals(person, refused.subject().person());
      assertEquals("ROLE_MISSING", refused.reason());
    }
    assertEquals(303, scene.get("/people", null).statusCode(), "to the login");
  }

  @Test
  void aFileIsSaidInWordsAndChangesNothingUntilItIsTaken() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    byte[] file = newcomer("500002");
    OrderPreview preview = check(admin, file);
    assertEquals("2027-04-01", preview.effective());
    assertEquals(Sha256.text(file), preview.file());
    assertTrue(preview.persons().getFirst().head().contains("500002"));
    assertTrue(preview.persons().getFirst().lines().stream().anyMatch(l -> l.contains("shimin")));
    assertFalse(scene.get("/people", admin).body().contains("500002"));
    String order = taken(admin, file);
    String page = scene.get("/people", admin).body();
    assertTrue(page.contains("data-person=\"500002\""), page);
    assertTrue(page.contains("data-undo=\"" + order + "\""), page);
    Entry applied = newest("person.order-applied");
    assertEquals(DeskScene.ADMIN, applied.subject().person(), "the log names who took it");
    assertEquals(order, applied.data().get("order"));

    scene.prove(admin, StepUps.UNDO_ORDER + order);
    assertEquals(200, scene.post("/api/v1/people/undo", admin, new OrderNamed(order)).statusCode());
    assertFalse(scene.get("/people", admin).body().contains("data-person=\"500002\""));
    assertEquals(DeskScene.ADMIN, newest("person.order-undone").subject().person());
  }

  @Test
  void faultsNameLineAndColumnAndNothingOfTheFileIsTaken() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    byte[] file =
        file(
            "500003,新人,mayor,shimin,市民課,主事,not-a-day,,CLERK\n500004,新人,nowhere,a,b,c,2027-04-01,,\n");
    OrderPreview preview = check(admin, file);
    assertTrue(preview.faults().getFirst().contains("2"), preview.toString());
    assertTrue(preview.persons().isEmpty());
    prove(admin, file);
    assertEquals(Refusal.ORDER_INVALID, DeskScene.refusal(apply(admin, file)));
  }

  @Test
  @DisplayName("a change that would leave no administrator is refused until a successor is named")
  void understaffed() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    byte[] file = file("100001,管理 一郎,mayor,shimin,市民課,係長,2027-04-01,,CLERK\n");
    assertTrue(check(admin, file).faults().getFirst().contains("NO_ADMIN"));
    prove(admin, file);
    assertEquals(Refusal.ORDER_UNDERSTAFFED, DeskScene.refusal(apply(admin, file)));
  }

  @Test
  void withoutCardAndPinForExactlyThisFileNothingIsTaken() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    byte[] file = newcomer("500005");
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(apply(admin, file)));
    prove(admin, newcomer("500006"));
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(apply(admin, file)), "another file");
    StepUps proofs = scene.context.getBean(StepUps.class);
    String name = Session.nameOf(admin.hash());
    String action = StepUps.APPLY_ORDER + Sha256.text(file);
    proofs.add(name, action, false, false);
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(apply(admin, file)), "by passkey");
    proofs.add(name, action, true, true);
    assertEquals(Refusal.DESK_LOW, DeskScene.refusal(apply(admin, file)), "低保証");
    prove(admin, file);
    scene.clock.advance(StepUps.LIFE);
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(apply(admin, file)), "too old");
    String order = taken(admin, file);
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(apply(admin, file)), "used up");
    assertEquals(
        Refusal.STEP_UP_NEEDED,
        DeskScene.refusal(scene.post("/api/v1/people/undo", admin, new OrderNamed(order))));
  }

  @Test
  @DisplayName("IDOR: rows, orders and divisions of another organ cannot be touched or learnt of")
  void otherOrgans() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    for (String row :
        List.of(
            "400042,議会 太郎,assembly,gikai,議会事務局,書記,2027-04-01,,CLERK\n", // theirs
            "400042,横取り 太郎,mayor,shimin,市民課,主事,2027-04-01,,CLERK\n", // taken over
            "500007,新人,assembly,gikai,議会事務局,書記,2027-04-01,,CLERK\n")) { // put there
      byte[] file = file(row);
      OrderPreview preview = check(admin, file);
      assertTrue(preview.faults().getFirst().contains("NOT_YOURS"), preview.toString());
      assertFalse(preview.toString().contains("議会"), "nothing of theirs is shown");
      prove(admin, file);
      assertEquals(Refusal.ORDER_INVALID, DeskScene.refusal(apply(admin, file)));
    }
    Token theirs = scene.session(DeskScene.COUNCIL_ADMIN);
    scene.order(HEADER + "400050,議会 新人,assembly,gikai,議会事務局,書記,2027-04-01,,CLERK\n");
    String page = scene.get("/people", theirs).body();
    int at = page.indexOf("data-undo=\"") + "data-undo=\"".length();
    String order = page.substring(at, page.indexOf('"', at));
    assertFalse(scene.get("/people", admin).body().contains("data-undo=\"" + order + "\""));
    scene.prove(admin, StepUps.UNDO_ORDER + order);
    assertEquals(
        Refusal.ORDER_NOT_UNDOABLE,
        DeskScene.refusal(scene.post("/api/v1/people/undo", admin, new OrderNamed(order))));
    scene.prove(theirs, StepUps.UNDO_ORDER + order);
    assertEquals(
        200, scene.post("/api/v1/people/undo", theirs, new OrderNamed(order)).statusCode());
  }

  @Test
  void whoHasSeveralPostsChoosesOneBeforeAnythingElse() throws Exception {
    scene.order(
        """
        order,staff_number,name,organ,division,division_name,post,appointment,from,until,contract_until,subcontract,roles,lender
        ASSIGN,500009,兼務 花子,mayor,shimin,市民課,主査,STAFF,2026-04-01,,,,CLERK,
        CONCURRENT,500009,兼務 花子,mayor,zeimu,税務課,主査,STAFF,2026-04-01,,,,CLERK,
        """);
    Token session = scene.session("500009", Session.UNDECIDED);
    for (String path : List.of("/log", "/grants", "/authenticators")) {
      HttpResponse<String> answer = scene.get(path, session);
      assertEquals(303, answer.statusCode(), path);
      assertEquals("/post", answer.headers().firstValue("Location").orElse(""));
    }
    assertEquals(Refusal.POST_NEEDED, DeskScene.refusal(scene.get("/api/v1/grants", session)));
    assertEquals(
        Refusal.POST_NEEDED,
        DeskScene.refusal(
            scene.post(
                "/authn/v1/transactions",
                session,
                new NewTransaction("step-up", StepUps.REGISTER_PASSKEY))));
    String page = scene.get("/post", session).body();
    assertTrue(page.contains("市民課 主査") && page.contains("税務課 主査"), page);
    assertEquals(
        Refusal.PERSON_NOT_CURRENT,
        DeskScene.refusal(scene.post("/api/v1/session/post", session, new PostChoice("joho"))));
    assertEquals(
        200, scene.post("/api/v1/session/post", session, new PostChoice("zeimu")).statusCode());
    assertEquals("zeimu", newest("session.post-chosen").subject().post());
    assertEquals(200, scene.get("/grants", session).statusCode());
    assertEquals(303, scene.get("/post", session).statusCode(), "once");
    assertEquals(
        Refusal.SESSION_ENDED,
        DeskScene.refusal(scene.post("/api/v1/session/post", session, new PostChoice("shimin"))));
  }

  @Test
  void aFileMayBeLargerThanOtherBodiesButNotWithoutEnd() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    assertFalse(check(admin, new byte[200 << 10]).faults().isEmpty(), "looked at");
    assertEquals(
        Refusal.INPUT_TOO_LARGE,
        DeskScene.refusal(scene.post("/api/v1/people/undo", admin, new byte[200 << 10])));
  }
}
