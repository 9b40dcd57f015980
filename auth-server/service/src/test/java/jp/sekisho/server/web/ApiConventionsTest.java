package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.NamedSession;
import jp.sekisho.protocol.Problem;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What every route of the API does alike: refusals, acts done once, lists that did not change. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiConventionsTest {
  private static final String KEY = "3q2-7wAAAAAAAAAAAAAAAA";
  private static final String DESK = "/api/v1/desk";

  private static int next = 800_000;

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

  /** Somebody with one card. */
  private String clerk() throws Exception {
    String number = String.valueOf(next++);
    scene.order(
        "staff_number,name,organ,division,division_name,post,from,until,roles\n"
            + number
            + ",職員,mayor,shimin,市民課,主事,2026-04-01,,CLERK\n");
    Token admin = scene.session(DeskScene.ADMIN);
    byte[] certificate = scene.ca.issue(number, TestCa.p256().getPublic()).getEncoded();
    scene.prove(admin, "card-register:" + number + ":" + Sha256.text(certificate));
    HttpResponse<String> answer =
        scene.post(
            DESK,
            admin,
            new DeskRequest("card-register", number, null, Base64Url.encode(certificate)));
    assertEquals(200, answer.statusCode(), answer.body());
    return number;
  }

  private HttpResponse<String> suspend(Token admin, String person, String key) {
    return scene.post(
        DESK,
        admin,
        new DeskRequest("card-suspend", person, null, null),
        Map.of(OnceAnswers.HEADER, key));
  }

  private long acts() {
    return scene.entries("mayor").stream().filter(one -> one.type().equals("desk.done")).count();
  }

  private static Problem problem(HttpResponse<String> answer) throws Exception {
    return WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), Problem.class);
  }

  @Test
  void aRefusalIsAProblemWithItsCodeInTheLanguageOfTheRequest() throws Exception {
    Token clerk = scene.session(DeskScene.CLERK);
    HttpResponse<String> refused =
        scene.get("/api/v1/grants/AAAAAAAAAAAAAAAAAAAAAA", clerk, Map.of("Accept-Language", "en"));
    assertEquals(404, refused.statusCode());
    assertEquals(Problem.MEDIA_TYPE, refused.headers().firstValue("Content-Type").orElseThrow());
    assertEquals("en", refused.headers().firstValue("Content-Language").orElseThrow());
    Problem said = problem(refused);
    assertEquals(Refusal.GRANT_UNKNOWN, said.refusal());
    assertEquals("urn:sekisho:refusal:GRANT_UNKNOWN", said.type());
    assertEquals(404, said.status());
    assertEquals(said.text().what(), said.title());
    assertEquals(said.text().why(), said.detail());
  }

  @Test
  void theSameRequestUnderItsKeyIsDoneOnceAndAnsweredTwice() throws Exception {
    String clerk = clerk();
    Token admin = scene.session(DeskScene.ADMIN);
    scene.prove(admin, "card-suspend:" + clerk);
    long before = acts();
    HttpResponse<String> first = suspend(admin, clerk, KEY);
    assertEquals(200, first.statusCode(), first.body());
    HttpResponse<String> again = suspend(admin, clerk, KEY); // its proof is used up
    assertEquals(200, again.statusCode(), again.body());
    assertEquals(first.body(), again.body());
    assertEquals(before + 1, acts());

    assertEquals(Refusal.KEY_REUSED, DeskScene.refusal(suspend(admin, DeskScene.APPROVER, KEY)));
    Token elsewhere = scene.session(DeskScene.ADMIN, null, "T-9001");
    assertEquals(
        Refusal.STEP_UP_NEEDED,
        DeskScene.refusal(suspend(elsewhere, clerk, KEY)),
        "another session's key is another key");
    scene.clock.advance(OnceAnswers.MEMORY);
    Token later = scene.session(DeskScene.ADMIN, null, "T-9002");
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(suspend(later, clerk, KEY)));
  }

  @Test
  void aRefusedRequestMayBePutRightUnderItsKeyAndAKeyHasAForm() throws Exception {
    String clerk = clerk();
    Token admin = scene.session(DeskScene.ADMIN, null, "T-9003");
    String key = "put-right-0123456789";
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(suspend(admin, clerk, key)));
    scene.prove(admin, "card-suspend:" + clerk);
    assertEquals(200, suspend(admin, clerk, key).statusCode());
    for (String malformed : List.of("short", "x".repeat(65), "with space 0123456789")) {
      assertEquals(Refusal.INPUT_MALFORMED, DeskScene.refusal(suspend(admin, clerk, malformed)));
    }
  }

  @Test
  void aListThatDidNotChangeIsNotSentAgain() throws Exception {
    Token here = scene.session(DeskScene.APPROVER, null, "T-9004");
    for (String path : List.of("/api/v1/grants", "/api/v1/sessions")) {
      HttpResponse<String> first = scene.get(path, here);
      String tag = first.headers().firstValue("ETag").orElseThrow();
      HttpResponse<String> again = scene.get(path, here, Map.of("If-None-Match", tag));
      assertEquals(304, again.statusCode());
      assertEquals("", again.body());
      assertEquals(tag, again.headers().firstValue("ETag").orElseThrow());
    }
    String tag = scene.get("/api/v1/sessions", here).headers().firstValue("ETag").orElseThrow();
    Token there = scene.session(DeskScene.APPROVER, null, "T-9005");
    HttpResponse<String> changed =
        scene.get("/api/v1/sessions", here, Map.of("If-None-Match", tag));
    assertEquals(200, changed.statusCode());
    assertNotEquals(tag, changed.headers().firstValue("ETag").orElseThrow());
    String name = Session.nameOf(there.hash());
    assertTrue(changed.body().contains(name));
    assertEquals(
        200, scene.post("/api/v1/sessions/end", here, new NamedSession(name)).statusCode());
  }

  @Test
  @DisplayName("one session asks so often in a minute, and others are not held up by it")
  void limit() {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-21T00:00:00Z"));
    RequestCount<String> count = new RequestCount<>(clock, 3, Long.MAX_VALUE);
    for (boolean admitted : new boolean[] {true, true, true, false, false}) {
      assertEquals(admitted, count.admits("one"));
    }
    assertTrue(count.admits("another"));
    clock.advance(Duration.ofMinutes(1));
    assertTrue(count.admits("one"));
  }

  @Test
  void whoHasACookieThatWasReplacedUsesUpNothingOfTheHolder() {
    Instant now = Instant.parse("2026-11-21T00:00:00Z");
    Token holders = Token.random();
    Token copied = Token.random();
    Session session =
        new Session(
            copied.hash(),
            "100042",
            "mayor",
            null,
            "T-0001",
            "boot",
            "t",
            "normal",
            Session.State.ACTIVE,
            null,
            now,
            now,
            now,
            now.plus(Duration.ofHours(12)),
            null,
            null,
            null,
            new Session.Secret(holders.hash(), copied.hash(), now));
    SessionLimit limit = new SessionLimit(new SettableClock(now), 1);
    assertTrue(limit.admits(session, copied));
    assertFalse(limit.admits(session, copied));
    assertTrue(limit.admits(session, holders));
    assertFalse(limit.admits(session, holders));
  }

  @Test
  void aSessionThatWalksThroughEverythingIsHeldUp() throws Exception {
    Token greedy = scene.session(DeskScene.COUNCILLOR, null, "T-9006");
    HttpResponse<String> answer = scene.get("/api/v1/session", greedy);
    for (int i = 1; i < DeskScene.SESSION_REQUESTS; i++) {
      assertEquals(200, answer.statusCode(), answer.body());
      answer = scene.get("/api/v1/session", greedy);
    }
    HttpResponse<String> refused = scene.get("/api/v1/session", greedy);
    assertEquals(Refusal.TOO_MANY, DeskScene.refusal(refused));
    assertEquals("60", refused.headers().firstValue("Retry-After").orElseThrow());
    assertEquals(
        200,
        scene
            .get("/api/v1/session", scene.session(DeskScene.COUNCILLOR, null, "T-9007"))
            .statusCode());
    scene.clock.advance(Duration.ofMinutes(1));
    assertEquals(200, scene.get("/api/v1/session", greedy).statusCode());
  }
}
