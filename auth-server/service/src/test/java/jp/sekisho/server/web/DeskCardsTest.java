package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.PinResetNote;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.session.Token;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The card desk over HTTP: other people's cards, temporary cards, and who may not.
 *
 * <p>Past 400 lines: a case for each act and each person who may not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DeskCardsTest {
  private static final String HEADER =
      "staff_number,name,organ,division,division_name,post,from,until,roles\n";

  private static int next = 600_000;

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

  /** A new clerk of the mayor's; the staff number. */
  private String clerk() {
    String number = String.valueOf(next++);
    scene.order(HEADER + number + ",職員 " + number + ",mayor,shimin,市民課,主事,2026-04-01,,CLERK\n");
    return number;
  }

  private byte[] certificate(String number, KeyPair keys) throws Exception {
    X509Certificate made = scene.ca.issue(number, keys.getPublic());
    return made.getEncoded();
  }

  private static String spki(KeyPair keys) {
    return Sha256.text(keys.getPublic().getEncoded());
  }

  private HttpResponse<String> ask(
      Token session, String action, @Nullable String person, @Nullable String card) {
    return scene.post("/api/v1/desk", session, new DeskRequest(action, person, card, null));
  }

  private HttpResponse<String> proved(
      Token session, String action, @Nullable String person, @Nullable String card) {
    scene.prove(
        session, action + (person == null ? "" : ":" + person) + (card == null ? "" : ":" + card));
    return ask(session, action, person, card);
  }

  private HttpResponse<String> bring(
      Token session, String action, @Nullable String person, byte[] certificate) {
    scene.prove(
        session, action + (person == null ? "" : ":" + person) + ":" + Sha256.text(certificate));
    return scene.post(
        "/api/v1/desk",
        session,
        new DeskRequest(action, person, null, Base64Url.encode(certificate)));
  }

  private static void assertDone(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static void assertRefused(Refusal reason, HttpResponse<String> answer) throws Exception {
    assertEquals(reason, DeskScene.refusal(answer));
  }

  /** The types of a log's newest entries, newest first. */
  private List<String> newest(int count) {
    return scene.entries("mayor").stream().limit(count).map(Entry::type).toList();
  }

  private KeyPair registered(Token admin, String person) throws Exception {
    KeyPair keys = TestCa.p256();
    assertDone(bring(admin, "card-register", person, certificate(person, keys)));
    return keys;
  }

  private String stocked(Token admin, String label) throws Exception {
    KeyPair keys = TestCa.p256();
    assertDone(bring(admin, "temporary-stock", null, certificate(label, keys)));
    return spki(keys);
  }

  private String stateOfCard(Token admin, String person, String spki) {
    String page = scene.get("/people/" + person, admin).body();
    int at = page.indexOf("data-id=\"" + spki + "\"");
    assertTrue(at >= 0, page);
    String state = page.substring(page.indexOf("data-grant-state=\"", at) + 18);
    return state.substring(0, state.indexOf('"'));
  }

  @Test
  void aCardIsRegisteredSuspendedResumedAndRevokedAndTheLogNamesBoth() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    String card = spki(registered(admin, person));
    assertEquals(List.of("desk.done", "authenticator.registered"), newest(2));
    Entry done = scene.entries("mayor").getFirst();
    assertEquals(DeskScene.ADMIN, done.subject().person());
    assertEquals(person, done.data().get("holder"));
    assertEquals("active", stateOfCard(admin, person, card));

    Token victim = scene.session(person);
    assertDone(proved(admin, "card-suspend", person, null));
    assertEquals("suspended", stateOfCard(admin, person, card));
    assertEquals(401, scene.get("/api/v1/session", victim).statusCode(), "at once");
    assertDone(proved(admin, "card-resume", person, card));
    assertEquals("active", stateOfCard(admin, person, card));
    assertDone(proved(admin, "card-revoke", person, card));
    assertEquals(List.of("desk.done", "authenticator.revoked"), newest(2));
    assertEquals("revoked", stateOfCard(admin, person, card));
    assertRefused(Refusal.NOT_ENROLLED, proved(admin, "card-resume", person, card));
  }

  private HttpResponse<String> noted(
      Token session, String person, String card, String first, String second) {
    scene.prove(session, "card-pin-reset:" + person + ":" + card);
    return scene.post(
        "/api/v1/desk/pin-reset", session, new PinResetNote(person, card, first, second));
  }

  @Test
  @DisplayName("a PIN reset is recorded with the two who held the halves, and changes nothing else")
  void pinReset() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    String card = spki(registered(admin, person));
    assertRefused(
        Refusal.STEP_UP_NEEDED,
        scene.post(
            "/api/v1/desk/pin-reset",
            admin,
            new PinResetNote(person, card, DeskScene.ADMIN, DeskScene.APPROVER)));
    for (List<String> halves :
        List.of(
            List.of(DeskScene.ADMIN, DeskScene.ADMIN),
            List.of(person, DeskScene.APPROVER),
            List.of(DeskScene.ADMIN, DeskScene.COUNCILLOR),
            List.of(DeskScene.ADMIN, "999999"))) {
      assertRefused(
          Refusal.HALVES_TOGETHER, noted(admin, person, card, halves.get(0), halves.get(1)));
    }
    assertRefused(
        Refusal.NOT_ENROLLED,
        noted(admin, person, "A".repeat(43), DeskScene.ADMIN, DeskScene.APPROVER));
    assertRefused(
        Refusal.DESK_PERSON,
        noted(admin, DeskScene.COUNCILLOR, card, DeskScene.ADMIN, DeskScene.APPROVER));
    assertRefused(
        Refusal.ROLE_MISSING,
        noted(
            scene.session(DeskScene.APPROVER), person, card, DeskScene.ADMIN, DeskScene.APPROVER));
    assertDone(noted(admin, person, card, DeskScene.ADMIN, DeskScene.APPROVER));
    Entry entry = scene.entries("mayor").getFirst();
    assertEquals("desk.pin-reset", entry.type());
    assertEquals(DeskScene.ADMIN, entry.subject().person());
    assertEquals(person, entry.data().get("holder"));
    assertEquals(DeskScene.APPROVER, entry.data().get("second"));
    assertEquals("active", stateOfCard(admin, person, card));
  }

  @Test
  @DisplayName(
      "a blocked card's page says the command, the clock and who could stand by, not the holder")
  void resetGuide() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    registered(admin, person);
    String page = scene.get("/people/" + person, admin).body();
    assertTrue(page.contains("<code id=\"reset-command\">sekisho-card reset-pin</code>"), page);
    assertTrue(page.contains("id=\"reset-time\" role=\"timer\""), page);
    String deciders = between(page, "<datalist id=\"reset-people\">", "</datalist>");
    assertTrue(deciders.contains("value=\"" + DeskScene.ADMIN + "\""), deciders);
    assertTrue(deciders.contains("value=\"" + DeskScene.APPROVER + "\""), deciders);
    assertFalse(deciders.contains(person), deciders);
    assertFalse(deciders.contains(DeskScene.COUNCILLOR), deciders);
    String own = scene.get("/people/" + DeskScene.APPROVER, admin).body();
    assertFalse(
        between(own, "<span class=\"quiet\" id=\"reset-deciders\">", "</span>")
            .contains(DeskScene.APPROVER),
        own);
  }

  @Test
  @DisplayName("a page about others is in the log when it is shown, and when it is not")
  void viewed() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    for (String path : List.of("/people/" + person, "/people", "/temporary", "/sessions")) {
      assertEquals(200, scene.get(path, admin).statusCode(), path);
      Entry entry = scene.entries("mayor").getFirst();
      assertEquals("desk.viewed", entry.type(), path);
      assertEquals(DeskScene.ADMIN, entry.subject().person());
      assertEquals(path.endsWith(person) ? person : "", entry.data().get("holder"), path);
    }
    assertEquals(404, scene.get("/people/" + DeskScene.COUNCILLOR, admin).statusCode());
    assertEquals(Map.of("action", "view-person", "holder", ""), refusedNow("NOT_FOUND").data());
    Token other = scene.session(person);
    assertEquals(403, scene.get("/people/" + DeskScene.ADMIN, other).statusCode());
    assertEquals("view-person", refusedNow("ROLE_MISSING").data().get("action"));
    assertEquals(403, scene.get("/people", other).statusCode());
    assertEquals("view-people", refusedNow("ROLE_MISSING").data().get("action"));
    assertEquals(403, scene.get("/temporary", other).statusCode());
    assertEquals("view-temporary", refusedNow("ROLE_MISSING").data().get("action"));
    assertEquals(200, scene.get("/sessions", other).statusCode());
    assertEquals("desk.refused", newest(1).getFirst(), "one's own sessions are one's own");
  }

  private Entry refusedNow(String reason) {
    Entry entry = scene.entries("mayor").getFirst();
    assertEquals("desk.refused", entry.type());
    assertEquals(reason, entry.reason());
    return entry;
  }

  private static String between(String text, String begin, String end) {
    int from = text.indexOf(begin);
    assertTrue(from >= 0, text);
    return text.substring(from, text.indexOf(end, from));
  }

  @Test
  void aRenewedCertificateOverTheSameKeyIsLinkedToTheCard() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    KeyPair keys = TestCa.p256();
    byte[] first = certificate(person, keys);
    assertDone(bring(admin, "card-register", person, first));
    assertRefused(Refusal.CARD_TAKEN, bring(admin, "card-register", person, first));
    assertDone(bring(admin, "card-register", person, certificate(person, keys)));
    assertEquals(List.of("desk.done", "authenticator.relinked"), newest(2));
    assertDone(proved(admin, "card-suspend", person, null));
    assertDone(bring(admin, "card-register", person, certificate(person, keys)));
    assertEquals("suspended", stateOfCard(admin, person, spki(keys)), "a renewal lifts nothing");
    assertDone(proved(admin, "card-revoke", person, spki(keys)));
    assertRefused(
        Refusal.CARD_TAKEN, bring(admin, "card-register", person, certificate(person, keys)));
  }

  @Test
  void withoutProofForExactlyThisNothingHappens() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    String other = clerk();
    String card = spki(registered(admin, person));
    assertRefused(Refusal.STEP_UP_NEEDED, ask(admin, "card-suspend", person, null));
    scene.prove(admin, "card-suspend:" + other);
    assertRefused(Refusal.STEP_UP_NEEDED, ask(admin, "card-suspend", person, null));
    scene.prove(admin, "card-resume:" + person + ":" + card);
    assertRefused(Refusal.STEP_UP_NEEDED, ask(admin, "card-revoke", person, card));
    Entry refused = scene.entries("mayor").getFirst();
    assertEquals("desk.refused", refused.type());
    assertEquals(DeskScene.ADMIN, refused.subject().person());
    assertRefused(Refusal.INPUT_MALFORMED, ask(admin, "card-suspend", null, null));
    assertRefused(Refusal.INPUT_MALFORMED, ask(admin, "card-erase", person, null));
    assertRefused(Refusal.INPUT_MALFORMED, ask(admin, "card-revoke", person, null));
    assertEquals("active", stateOfCard(admin, person, card));
  }

  @Test
  @DisplayName("IDOR: nobody but the own organ's administrators, for nobody but the own people")
  void otherOrgans() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    String card = spki(registered(admin, person));
    String kari = stocked(admin, "K-1001");
    Token council = scene.session(DeskScene.COUNCIL_ADMIN);
    HttpResponse<String> page = scene.get("/people/" + person, council);
    assertEquals(404, page.statusCode());
    assertFalse(page.body().contains("職員 " + person), page.body());
    assertEquals(404, scene.get("/people/999999", council).statusCode(), "the same as unknown");
    for (String action : List.of("card-resume", "card-revoke")) {
      assertRefused(Refusal.DESK_PERSON, proved(council, action, person, card));
    }
    assertRefused(Refusal.DESK_PERSON, proved(council, "card-suspend", person, null));
    assertRefused(
        Refusal.DESK_PERSON,
        bring(council, "card-register", person, certificate(person, TestCa.p256())));
    assertRefused(
        Refusal.TEMPORARY_UNKNOWN, proved(council, "temporary-hand", DeskScene.COUNCILLOR, kari));
    assertRefused(Refusal.TEMPORARY_UNKNOWN, proved(council, "temporary-retire", null, kari));
    assertFalse(scene.get("/temporary", council).body().contains("K-1001"));
    assertEquals("active", stateOfCard(admin, person, card));
    for (String who : Set.of(DeskScene.CLERK, "100007", "100009")) {
      Token session = scene.session(who);
      assertRefused(Refusal.ROLE_MISSING, proved(session, "card-suspend", person, null));
      assertRefused(Refusal.ROLE_MISSING, proved(session, "temporary-hand", person, kari));
      assertEquals(403, scene.get("/people/" + person, session).statusCode());
      assertEquals(403, scene.get("/temporary", session).statusCode());
    }
    Token approver = scene.session(DeskScene.APPROVER);
    assertRefused(Refusal.ROLE_MISSING, proved(approver, "card-suspend", person, null));
    assertRefused(Refusal.ROLE_MISSING, proved(approver, "temporary-retire", null, kari));
  }

  @Test
  void whoMovedToAnotherOrganIsNoLongerLookedAfterHere() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = String.valueOf(next++);
    scene.order(HEADER + person + ",異動 花子,mayor,shimin,市民課,主事,2026-04-01,,CLERK\n");
    String card = spki(registered(admin, person));
    scene.order(HEADER + person + ",異動 花子,assembly,gikai,議会事務局,主事,2026-11-01,,CLERK\n");
    assertEquals(404, scene.get("/people/" + person, admin).statusCode());
    assertFalse(scene.get("/people", admin).body().contains("異動 花子"));
    assertRefused(Refusal.DESK_PERSON, proved(admin, "card-revoke", person, card));
    Token council = scene.session(DeskScene.COUNCIL_ADMIN);
    assertTrue(scene.get("/people", council).body().contains("異動 花子"));
    assertDone(proved(council, "card-revoke", person, card));
  }

  @Test
  void aTemporaryCardGoesOutAndComesBackAndTheOwnCardRestsMeanwhile() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    Token approver = scene.session(DeskScene.APPROVER);
    String person = clerk();
    String own = spki(registered(admin, person));
    String kari = stocked(admin, "K-2001");
    Token before = scene.session(person);
    assertDone(proved(approver, "temporary-hand", person, kari));
    assertEquals(
        List.of("desk.done", "session.ended", "temporary.handed-out", "authenticator.suspended"),
        newest(4));
    assertEquals(DeskScene.APPROVER, scene.entries("mayor").getFirst().subject().person());
    assertEquals(401, scene.get("/api/v1/session", before).statusCode());
    assertEquals("suspended", stateOfCard(admin, person, own));
    String page = scene.get("/temporary", approver).body();
    assertTrue(page.contains("K-2001"), page);
    assertTrue(page.contains("職員 " + person), page);
    assertFalse(page.contains("期限切れ・未返却"), page);

    String second = stocked(admin, "K-2002");
    assertRefused(Refusal.TEMPORARY_OUT, proved(admin, "temporary-hand", person, second));
    assertRefused(Refusal.TEMPORARY_OUT, proved(admin, "temporary-hand", clerk(), kari));

    assertDone(proved(approver, "temporary-return", null, kari));
    Entry done = scene.entries("mayor").getFirst();
    assertEquals("active", stateOfCard(admin, person, own));
    assertEquals("temporary-return", done.data().get("action"));
    assertEquals(person, done.data().get("holder"), "whose card counts again");
    assertRefused(Refusal.TEMPORARY_BACK, proved(approver, "temporary-return", null, kari));
    assertRefused(Refusal.TEMPORARY_UNKNOWN, proved(approver, "temporary-hand", person, kari));
    assertDone(proved(admin, "temporary-retire", null, second));
    assertEquals("", scene.entries("mayor").getFirst().data().get("holder"), "nobody had it");
    assertRefused(
        Refusal.CARD_OTHER_NUMBER,
        bring(admin, "card-register", person, certificate(clerk(), TestCa.p256())));
  }

  @Test
  void nobodyAttestsTheOwnIdentity() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String kari = stocked(admin, "K-3001");
    assertRefused(Refusal.TEMPORARY_OWN, proved(admin, "temporary-hand", DeskScene.ADMIN, kari));
  }

  @Test
  void whatWasLostMeanwhileStaysSuspendedAfterTheReturn() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    String own = spki(registered(admin, person));
    String kari = stocked(admin, "K-4001");
    assertDone(proved(admin, "temporary-hand", person, kari));
    assertDone(proved(admin, "card-suspend", person, null)); // the own card is gone for good
    assertTrue(scene.get("/temporary", admin).body().contains("停止済み・未返却"));
    assertDone(proved(admin, "temporary-return", null, kari));
    assertEquals("suspended", stateOfCard(admin, person, own));
  }

  @Test
  void aCardIsEitherSomebodysOrTemporaryAndALabelIsNoStaffNumber() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    String person = clerk();
    KeyPair keys = registered(admin, person);
    assertRefused(
        Refusal.CARD_OTHER_NUMBER,
        bring(admin, "temporary-stock", null, certificate(person, keys)));
    assertRefused(
        Refusal.CARD_TAKEN, bring(admin, "temporary-stock", null, certificate("K-5001", keys)));
    KeyPair temporary = TestCa.p256();
    assertDone(bring(admin, "temporary-stock", null, certificate("K-5002", temporary)));
    assertRefused(
        Refusal.CARD_TAKEN, bring(admin, "card-register", person, certificate(person, temporary)));
    assertRefused(
        Refusal.CARD_TAKEN,
        bring(admin, "temporary-stock", null, certificate("K-5002", TestCa.p256())));
  }

  @Test
  void aContractorsContractAndSubcontractAreShown() {
    String number = String.valueOf(next++);
    scene.order(
        """
        order,staff_number,name,organ,division,division_name,post,appointment,from,until,contract_until,subcontract,roles,lender
        ASSIGN,%s,委託 太郎,mayor,joho,情報政策課,保守,CONTRACTOR,2026-04-01,2027-03-31,2027-03-31,yes,CLERK,
        """
            .formatted(number));
    String page = scene.get("/people/" + number, scene.session(DeskScene.ADMIN)).body();
    assertTrue(page.contains("2027-03-31（再委託）"), page);
    assertTrue(page.contains("委託事業者"), page);
  }

  @Test
  void theLinksAreThereForThoseWhomTheyLeadSomewhere() {
    String admin = scene.get("/log", scene.session(DeskScene.ADMIN)).body();
    assertTrue(admin.contains("href=\"/people\"") && admin.contains("href=\"/temporary\""), admin);
    String approver = scene.get("/log", scene.session(DeskScene.APPROVER)).body();
    assertFalse(approver.contains("href=\"/people\""), approver);
    assertTrue(approver.contains("href=\"/temporary\""), approver);
    String clerk = scene.get("/log", scene.session(DeskScene.CLERK)).body();
    assertFalse(clerk.contains("href=\"/people\"") || clerk.contains("href=\"/temporary\""), clerk);
  }
}
