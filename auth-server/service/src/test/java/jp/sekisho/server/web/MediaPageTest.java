package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import jp.sekisho.protocol.MediaCounted;
import jp.sekisho.protocol.MediaFound;
import jp.sekisho.protocol.MediumEnd;
import jp.sekisho.protocol.MediumHeld;
import jp.sekisho.protocol.MediumLine;
import jp.sekisho.protocol.MediumLines;
import jp.sekisho.protocol.MediumLoan;
import jp.sekisho.protocol.NamedMedium;
import jp.sekisho.protocol.NewMedium;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** 媒体台帳 over HTTP: seen, added to, counted and disposed of by an administrator of the 機関. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MediaPageTest {
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

  private static String fingerprint(String medium) {
    return Sha256.text(medium.getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> register(Token asker, String medium) {
    return scene.post("/api/v1/media", asker, new NewMedium(medium, fingerprint(medium)));
  }

  private HttpResponse<String> registered(Token asker, String medium) {
    scene.prove(asker, StepUps.REGISTER_MEDIUM + medium + ":" + fingerprint(medium));
    return register(asker, medium);
  }

  private static <T> T read(HttpResponse<String> answer, Class<T> type) throws Exception {
    return WireJson.read(answer.body().getBytes(StandardCharsets.UTF_8), type);
  }

  private MediumLine line(Token asker, String medium) throws Exception {
    return read(scene.get("/api/v1/media", asker), MediumLines.class).media().stream()
        .filter(one -> one.medium().equals(medium))
        .findFirst()
        .orElseThrow();
  }

  private Entry newest(String type) {
    return scene.entries("mayor").stream()
        .filter(entry -> entry.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @DisplayName("R9: a medium is registered by the administrator's card for exactly that medium")
  void registering() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(register(admin, "M-0001")));
    scene.prove(admin, StepUps.REGISTER_MEDIUM + "M-0001:" + fingerprint("M-0002"));
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(register(admin, "M-0001")));
    assertEquals(201, registered(admin, "M-0001").statusCode());
    assertEquals(DeskScene.ADMIN, newest("medium.registered").subject().person());
    assertEquals("in", line(admin, "M-0001").place());
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(register(admin, "M-0001")), "once");
    assertEquals(Refusal.MEDIUM_TAKEN, DeskScene.refusal(registered(admin, "M-0001")));
    assertEquals(DeskScene.ADMIN, newest("medium.refused").subject().person());
    assertEquals(
        Refusal.MEDIUM_FORM,
        DeskScene.refusal(scene.post("/api/v1/media", admin, new NewMedium("0001", "x"))));

    Token approver = scene.session(DeskScene.APPROVER);
    assertEquals(Refusal.ROLE_MISSING, DeskScene.refusal(registered(approver, "M-0009")));
    assertEquals(200, scene.get("/media", approver).statusCode());
    assertFalse(scene.get("/media", approver).body().contains("register-form"));
    Token clerk = scene.session(DeskScene.CLERK);
    assertEquals(Refusal.ROLE_MISSING, DeskScene.refusal(scene.get("/media", clerk)));
    assertEquals(Refusal.ROLE_MISSING, DeskScene.refusal(scene.get("/api/v1/media", clerk)));
    Token council = scene.session(DeskScene.COUNCIL_ADMIN);
    assertFalse(scene.get("/media", council).body().contains("M-0001"), "another 機関's");
  }

  @Test
  @DisplayName("R14: a disposal names the document that proves it, and is for good")
  void disposing() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    assertEquals(201, registered(admin, "M-0011").statusCode());
    assertEquals(Refusal.STEP_UP_NEEDED, DeskScene.refusal(dispose(admin, "M-0011", "情第12号")));
    scene.prove(admin, StepUps.DISPOSE_MEDIUM + "M-0011");
    assertEquals(Refusal.MEDIUM_FORM, DeskScene.refusal(dispose(admin, "M-0011", "関所太郎")));
    scene.prove(admin, StepUps.DISPOSE_MEDIUM + "M-0011");
    Token council = scene.session(DeskScene.COUNCIL_ADMIN);
    scene.prove(council, StepUps.DISPOSE_MEDIUM + "M-0011");
    assertEquals(Refusal.MEDIUM_UNKNOWN, DeskScene.refusal(dispose(council, "M-0011", "議第1号")));
    assertNull(line(admin, "M-0011").disposed());
    scene.prove(admin, StepUps.DISPOSE_MEDIUM + "M-0011");
    assertEquals(200, dispose(admin, "M-0011", "情第12号").statusCode());
    assertEquals("disposed", line(admin, "M-0011").place());
    assertEquals("情第12号", line(admin, "M-0011").reference());
    assertEquals(DeskScene.ADMIN, newest("medium.disposed").subject().person());
    assertEquals(Refusal.MEDIUM_TAKEN, DeskScene.refusal(registered(admin, "M-0011")));
    String page = scene.get("/media?lang=ja", admin).body();
    assertTrue(page.contains("廃棄済み") && page.contains("情第12号"), page);
  }

  private HttpResponse<String> dispose(Token asker, String medium, String reference) {
    return scene.post("/api/v1/media/dispose", asker, new MediumEnd(medium, reference));
  }

  @Test
  @DisplayName(
      "R14: a medium goes out and comes back at the counter, dated, and opens nothing by it")
  void lending() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    assertEquals(201, registered(admin, "M-0031").statusCode());
    String due = today().plusDays(7).toString();
    MediumLoan loan = new MediumLoan("M-0031", DeskScene.CLERK, due, "情第31号");
    HttpResponse<String> out = scene.post("/api/v1/media/check-out", admin, loan);
    assertEquals(200, out.statusCode(), out.body());
    MediumLine line = line(admin, "M-0031");
    assertEquals("lent", line.place());
    MediumHeld held = Objects.requireNonNull(line.held());
    assertEquals(DeskScene.CLERK, held.person());
    assertEquals("情第31号", held.document());
    assertFalse(held.late());
    assertEquals(DeskScene.CLERK, newest("medium.checked-out").data().get("holder"));
    assertEquals(due, newest("medium.checked-out").data().get("due"));
    String page = scene.get("/media?lang=ja", admin).body();
    assertTrue(page.contains("窓口で貸出中") && page.contains(due), page);

    assertRefused(Refusal.MEDIUM_PLACE, "/api/v1/media/check-out", admin, loan);
    assertEquals("MEDIUM_PLACE", newest("medium.kept").reason());
    scene.prove(admin, StepUps.DISPOSE_MEDIUM + "M-0031");
    assertEquals(Refusal.MEDIUM_IN_USE, DeskScene.refusal(dispose(admin, "M-0031", "情第12号")));
    MediaCounted counted =
        read(
            scene.post("/api/v1/media/count", admin, new MediaFound("情第30号", List.of())),
            MediaCounted.class);
    assertTrue(counted.out().contains("M-0031") && !counted.missing().contains("M-0031"));

    NamedMedium back = new NamedMedium("M-0031");
    assertEquals(200, scene.post("/api/v1/media/check-in", admin, back).statusCode());
    assertEquals("in", line(admin, "M-0031").place());
    assertNull(line(admin, "M-0031").held());
    assertEquals(DeskScene.ADMIN, newest("medium.checked-in").subject().person());
    assertRefused(Refusal.MEDIUM_PLACE, "/api/v1/media/check-in", admin, back);
  }

  @Test
  @DisplayName("R14: who hands out, to whom, until when and by which document is judged")
  void lendingRefused() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    assertEquals(201, registered(admin, "M-0032").statusCode());
    String due = today().plusDays(7).toString();
    String url = "/api/v1/media/check-out";
    for (MediumLoan wrong :
        List.of(
            new MediumLoan("0032", DeskScene.CLERK, due, "情第31号"),
            new MediumLoan("M-0032", "1234-5678-9012", due, "情第31号"),
            new MediumLoan("M-0032", DeskScene.CLERK, "2026-02-30", "情第31号"),
            new MediumLoan("M-0032", DeskScene.CLERK, due, "関所太郎"))) {
      assertRefused(Refusal.MEDIUM_FORM, url, admin, wrong);
    }
    for (String day : List.of(today().minusDays(1).toString(), today().plusDays(400).toString())) {
      assertRefused(
          Refusal.MEDIUM_PLACE,
          url,
          admin,
          new MediumLoan("M-0032", DeskScene.CLERK, day, "情第31号"));
    }
    assertRefused(
        Refusal.MEDIUM_UNKNOWN,
        url,
        admin,
        new MediumLoan("M-0039", DeskScene.CLERK, due, "情第31号"));
    assertRefused(
        Refusal.DESK_PERSON, url, admin, new MediumLoan("M-0032", "999999", due, "情第31号"));
    assertRefused(
        Refusal.ROLE_MISSING,
        url,
        scene.session(DeskScene.APPROVER),
        new MediumLoan("M-0032", DeskScene.CLERK, due, "情第31号"));
    assertEquals("in", line(admin, "M-0032").place());
  }

  @Test
  @DisplayName("R14: a loss is written down by the administrator's card, and is for good")
  void losing() throws Exception {
    Token admin = scene.session(DeskScene.ADMIN);
    assertEquals(201, registered(admin, "M-0033").statusCode());
    MediumEnd lost = new MediumEnd("M-0033", "情第32号");
    assertRefused(Refusal.STEP_UP_NEEDED, "/api/v1/media/lose", admin, lost);
    scene.prove(admin, StepUps.LOSE_MEDIUM + "M-0033");
    HttpResponse<String> done = scene.post("/api/v1/media/lose", admin, lost);
    assertEquals(200, done.statusCode(), done.body());
    assertEquals("lost", line(admin, "M-0033").place());
    assertEquals("情第32号", line(admin, "M-0033").lossReference());
    assertEquals(DeskScene.ADMIN, newest("medium.lost").subject().person());
    assertEquals(Refusal.MEDIUM_TAKEN, DeskScene.refusal(registered(admin, "M-0033")));
    scene.prove(admin, StepUps.DISPOSE_MEDIUM + "M-0033");
    assertEquals(200, dispose(admin, "M-0033", "情第33号").statusCode());
    String page = scene.get("/media?lang=ja", admin).body();
    assertTrue(page.contains("情第32号") && page.contains("情第33号"), page);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(scene.clock.instant(), ZoneOffset.ofHours(9));
  }

  private void assertRefused(Refusal reason, String url, Token asker, Object body)
      throws Exception {
    assertEquals(reason, DeskScene.refusal(scene.post(url, asker, body)));
  }

  @Test
  @DisplayName("R14: a count (棚卸) tells what is missing, and is an entry of who counted")
  void counting() throws Exception {
    Token council = scene.session(DeskScene.COUNCIL_ADMIN);
    assertEquals(201, registered(council, "M-0021").statusCode());
    assertEquals(201, registered(council, "M-0022").statusCode());
    HttpResponse<String> answer =
        scene.post(
            "/api/v1/media/count", council, new MediaFound("議第30号", List.of("M-0022", "M-0099")));
    MediaCounted counted = read(answer, MediaCounted.class);
    assertEquals(
        new MediaCounted("議第30号", 2, 1, List.of("M-0021"), List.of(), List.of(), List.of("M-0099")),
        counted);
    Entry entry =
        scene.entries("assembly").stream()
            .filter(one -> one.type().equals("medium.counted"))
            .findFirst()
            .orElseThrow();
    assertEquals(DeskScene.COUNCIL_ADMIN, entry.subject().person());
    Token clerk = scene.session(DeskScene.CLERK);
    assertEquals(
        Refusal.ROLE_MISSING,
        DeskScene.refusal(
            scene.post("/api/v1/media/count", clerk, new MediaFound("情第1号", List.of()))));
    assertEquals("ROLE_MISSING", newest("desk.refused").reason());
    assertEquals(
        Refusal.MEDIUM_FORM,
        DeskScene.refusal(
            scene.post("/api/v1/media/count", council, new MediaFound("議員の名", List.of()))));
  }
}
