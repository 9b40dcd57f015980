package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jp.sekisho.protocol.NamedSession;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.SessionLine;
import jp.sekisho.protocol.SessionLines;
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

/** Open sessions over HTTP: seen and ended by their person and by an administrator of the 機関. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SessionsPageTest {
  private static final String END = "/api/v1/sessions/end";

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

  private static String name(Token session) {
    return Session.nameOf(session.hash());
  }

  private HttpResponse<String> end(Token asker, Token session) {
    return scene.post(END, asker, new NamedSession(name(session)));
  }

  private SessionLines lines(String path, Token asker) throws Exception {
    HttpResponse<String> answer = scene.get(path, asker);
    assertEquals(200, answer.statusCode(), answer.body());
    return WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), SessionLines.class);
  }

  private void assertOver(Token session) throws Exception {
    assertEquals(Refusal.SESSION_ENDED, DeskScene.refusal(scene.get("/api/v1/session", session)));
  }

  private void assertOpen(Token session) {
    assertEquals(200, scene.get("/api/v1/session", session).statusCode());
  }

  @Test
  void onesOwnStandThereAndEndWithoutAnythingFurther() throws Exception {
    Token here = scene.session(DeskScene.CLERK, null, "T-1001");
    scene.clock.advance(Duration.ofMinutes(1));
    Token there = scene.session(DeskScene.CLERK, null, "T-1002");
    Token others = scene.session(DeskScene.APPROVER);

    List<SessionLine> own = lines("/api/v1/sessions", here).sessions();
    assertEquals(List.of(name(there), name(here)), own.stream().map(SessionLine::session).toList());
    assertEquals(List.of(false, true), own.stream().map(SessionLine::asking).toList());
    assertEquals("T-1002", own.getFirst().terminal());
    String page = scene.get("/sessions", here).body();
    assertTrue(page.contains("data-end=\"own\" data-session=\"" + name(there) + "\""), page);
    assertFalse(page.contains(name(others)), page);
    assertFalse(page.contains("organ-table"), page);
    assertTrue(page.contains("href=\"/sessions\""), page);

    assertEquals(200, end(here, there).statusCode());
    assertOver(there);
    assertOpen(here);
    Entry ended = scene.entries("mayor").getFirst();
    assertEquals("session.ended", ended.type());
    assertEquals(Map.of("cause", "by-holder"), ended.data());
    assertEquals(name(there), ended.subject().session());
    assertEquals(1, lines("/api/v1/sessions", here).sessions().size());
  }

  @Test
  void anAdministratorEndsAnothersAfterTheCardForExactlyThatSession() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    Token clerk = scene.session(DeskScene.CLERK, null, "T-1003");
    String page = scene.get("/sessions?q=T-1003", admin).body();
    assertTrue(page.contains("data-end=\"other\" data-session=\"" + name(clerk) + "\""), page);
    assertTrue(page.contains("関 所太郎"), page);
    assertEquals(
        List.of(name(clerk)),
        lines("/api/v1/sessions/organ?q=t-1003", admin).sessions().stream()
            .map(SessionLine::session)
            .toList());

    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(end(admin, clerk)));
    scene.prove(admin, StepUps.END_SESSION + name(admin)); // for another session
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(end(admin, clerk)));
    assertOpen(clerk);
    scene.prove(admin, StepUps.END_SESSION + name(clerk));
    assertEquals(200, end(admin, clerk).statusCode());
    assertOver(clerk);
    List<Entry> newest = scene.entries("mayor").subList(0, 2);
    assertEquals(Map.of("action", "session-end", "holder", DeskScene.CLERK), newest.get(0).data());
    assertEquals(DeskScene.ADMIN, newest.get(0).subject().person());
    assertEquals(Map.of("cause", "by-administrator"), newest.get(1).data());
    scene.prove(admin, StepUps.END_SESSION + name(clerk));
    assertEquals(Refusal.SESSION_UNKNOWN, DeskScene.refusal(end(admin, clerk)));
  }

  @Test
  @DisplayName("nobody else sees or ends a session, also with a proof in hand")
  void others() throws Exception {
    Token clerk = scene.session(DeskScene.CLERK, null, "T-1004");
    Token council = scene.session(DeskScene.COUNCIL_ADMIN);
    for (Token asker : List.of(scene.session(DeskScene.APPROVER), council)) {
      scene.prove(asker, StepUps.END_SESSION + name(clerk));
      assertEquals(
          asker == council ? Refusal.SESSION_UNKNOWN : Refusal.ROLE_MISSING,
          DeskScene.refusal(end(asker, clerk)));
      assertFalse(scene.get("/sessions", asker).body().contains(name(clerk)));
    }
    assertEquals(
        List.of("desk.viewed", "desk.refused"),
        scene.entries("assembly").stream().limit(2).map(Entry::type).toList());
    assertEquals(
        Refusal.ROLE_MISSING,
        DeskScene.refusal(scene.get("/api/v1/sessions/organ", scene.session(DeskScene.APPROVER))));
    assertFalse(scene.get("/api/v1/sessions/organ", council).body().contains(name(clerk)));
    assertOpen(clerk);
    assertEquals(
        Refusal.INPUT_MALFORMED,
        DeskScene.refusal(scene.post(END, clerk, new NamedSession("../../etc"))));
  }

  @Test
  void manySessionsComePageByPageAlsoWhenTheLastOfAPageHasEnded() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    for (int i = 0; i < SessionsController.PAGE + 2; i++) {
      Token _ = scene.session(DeskScene.CLERK, null, "T-2" + (100 + i));
    }
    SessionLines first = lines("/api/v1/sessions/organ?q=" + DeskScene.CLERK, admin);
    assertEquals(SessionsController.PAGE, first.sessions().size());
    String last = first.sessions().getLast().session();
    scene.prove(admin, StepUps.END_SESSION + last);
    assertEquals(200, scene.post(END, admin, new NamedSession(last)).statusCode());
    SessionLines second =
        lines("/api/v1/sessions/organ?q=" + DeskScene.CLERK + "&after=" + first.next(), admin);
    assertNull(second.next());
    assertTrue(second.sessions().size() >= 2, second.toString());
    assertFalse(second.sessions().stream().anyMatch(first.sessions()::contains));
    assertTrue(
        scene.get("/sessions?q=" + DeskScene.CLERK, admin).body().contains("id=\"sessions-next\""));
  }

  @Test
  void whatTheClockSuspendedOrEndedIsListedSoOrNotAtAll() throws Exception {
    Token idle = scene.session(DeskScene.COUNCILLOR, null, "T-3001");
    scene.clock.advance(Duration.ofMinutes(16));
    Token admin = scene.session(DeskScene.COUNCIL_ADMIN);
    SessionLine line = lines("/api/v1/sessions/organ?q=T-3001", admin).sessions().getFirst();
    assertEquals(name(idle), line.session());
    assertEquals("suspended", line.state());
    assertEquals("idle", line.cause());
    scene.clock.advance(Duration.ofMinutes(30));
    Token later = scene.session(DeskScene.COUNCIL_ADMIN);
    assertEquals(List.of(), lines("/api/v1/sessions/organ?q=T-3001", later).sessions());
  }
}
