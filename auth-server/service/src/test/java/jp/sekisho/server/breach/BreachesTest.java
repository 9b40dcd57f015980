package jp.sekisho.server.breach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeMap;
import jp.sekisho.policy.calendar.CalendarSettings;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.BreachViews;
import jp.sekisho.protocol.ClosedBreach;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.MediumEnd;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedBreach;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.grant.GrantScene;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.policy.TerminalBundles;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.web.SamplePolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Cases of 漏えい等 over the service's real port; the day is Saturday 2026-11-21.
 *
 * <p>Past 400 lines: one running service, and a case for each step and refusal.
 */
@SuppressWarnings("NullAway.Init") // by open()
final class BreachesTest {
  private static final String SECRET = "窓口で渡した封筒の話";
  private static final String NUMBER = "123456789018 の件";

  private GrantScene scene;
  private Desk keeper;

  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    keeper = scene.login(GrantScene.APPROVER, scene.approverPc);
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private HttpResponse<String> opening(Desk by, NewBreach wanted) throws Exception {
    return scene.send("POST", "/api/v1/breaches", wanted, by.cookie());
  }

  private static NewBreach known(String at, String... kinds) {
    return new NewBreach(at, List.of(kinds), null, null);
  }

  private static NewBreach from(@Nullable String origin, @Nullable String item) {
    return new NewBreach("2026-11-20T03:00:00Z", List.of("system"), origin, item);
  }

  private BreachView opened(NewBreach wanted) throws Exception {
    HttpResponse<String> made = opening(keeper, wanted);
    assertEquals(201, made.statusCode(), made.body());
    return GrantScene.read(made, BreachView.class);
  }

  private void prove(Desk by, String action) {
    Token token = Token.parse(by.cookie().substring(by.cookie().indexOf('=') + 1)).orElseThrow();
    scene
        .server
        .context
        .getBean(StepUps.class)
        .add(Session.nameOf(token.hash()), action, true, false);
  }

  private HttpResponse<String> unproved(Desk by, String id, String step, Object said)
      throws Exception {
    return scene.send("POST", "/api/v1/breaches/" + id + "/" + step, said, by.cookie());
  }

  private HttpResponse<String> step(Desk by, String id, String step, Object said) throws Exception {
    prove(by, "breach-" + step + ":" + id);
    return unproved(by, id, step, said);
  }

  private BreachView done(String id, String step, Object said) throws Exception {
    HttpResponse<String> answer = step(keeper, id, step, said);
    assertEquals(200, answer.statusCode(), answer.body());
    return GrantScene.read(answer, BreachView.class);
  }

  private void refuses(Refusal reason, String id, String step, Object said) throws Exception {
    assertEquals(reason, GrantScene.refusal(step(keeper, id, step, said)));
  }

  private List<BreachView> list(Desk by) throws Exception {
    return GrantScene.read(
            scene.send("GET", "/api/v1/breaches", null, by.cookie()), BreachViews.class)
        .breaches();
  }

  private static AmendedBreach amended(BreachView shown, String text, String... kinds) {
    TreeMap<String, String> items = new TreeMap<>(shown.items().byName());
    items.put("cause", text);
    return new AmendedBreach(shown.shown(), List.of(kinds), BreachItems.of(items));
  }

  private List<String> overdue(String id) {
    scene.server.context.getBean(BreachSweep.class).sweep();
    return scene.server.published("mayor").stream()
        .filter(entry -> entry.type().equals("breach.overdue"))
        .filter(entry -> id.equals(entry.data().get("breach")))
        .map(entry -> entry.data().get("report") + " " + entry.data().get("day"))
        .toList();
  }

  private void forward(int days) throws Exception {
    scene.server.clock.forward(Duration.ofDays(days));
    keeper = scene.login(GrantScene.APPROVER, scene.approverPc);
  }

  private void holidays(LocalDate... days) throws Exception {
    // Makes the online key, as an agent's first question does.
    var _ = scene.server.context.getBean(TerminalBundles.class);
    Reason reason = new Reason("試験", "for a test");
    SamplePolicy.importInto(
        scene.server,
        FileSigner.of(TestCa.p256()),
        1,
        new SettingValues.Builder()
            .put(
                LoginSettings.FACTORS,
                new Rule<>("login.factors", reason, List.of(LoginFactors.CARD_PIN)))
            .put(CalendarSettings.HOLIDAYS, new Rule<>("calendar.holidays", reason, List.of(days)))
            .build());
  }

  @Test
  @DisplayName("R27: a sample case: its days by the signed calendar, late entries once for each")
  void sampleCase() throws Exception {
    BreachView without = opened(known("2026-10-25T01:00:00Z", "system"));
    assertEquals("2026-11-23", without.finalDay(), "a Monday, for all the service knows");
    assertFalse(without.holidays());
    assertTrue(page("/breaches/" + without.id()).contains("id=\"no-holidays\""));
    done(without.id(), "close", new ClosedBreach("誤って記録した"));

    holidays(LocalDate.of(2026, 11, 23));
    // 24:00 of the 25th in Japan is 15:00 of the 24th in UTC.
    BreachView one = opened(known("2026-10-24T15:00:00Z", "system"));
    assertEquals("2026-10-27", one.soonDay());
    assertEquals("2026-10-29", one.preliminaryDay());
    assertEquals("2026-11-23", one.countedDay());
    assertEquals("2026-11-24", one.finalDay(), "勤労感謝の日");
    assertTrue(one.holidays());
    assertEquals(List.of("preliminary"), one.overdue());
    assertTrue(one.soon());
    assertEquals(List.of("preliminary 2026-10-29"), overdue(one.id()));
    assertEquals(List.of("preliminary 2026-10-29"), overdue(one.id()), "once");

    forward(3); // 09:00 of the last day
    assertEquals(List.of("preliminary 2026-10-29"), overdue(one.id()));
    forward(1);
    assertEquals(List.of("preliminary 2026-10-29", "final 2026-11-24"), overdue(one.id()));
    assertEquals(List.of("preliminary 2026-10-29", "final 2026-11-24"), overdue(one.id()));
    BreachView late = list(keeper).getFirst();
    assertEquals(List.of("preliminary", "final"), late.overdue());

    BreachView malice = done(one.id(), "amend", amended(late, "調査中", "system", "malice"));
    assertEquals("2026-12-23", malice.finalDay(), "60 days");
    assertEquals(List.of("preliminary"), malice.overdue());
  }

  @Test
  @DisplayName("R27: 速報, 確報 and the end, each by a card and in its order")
  void steps() throws Exception {
    String id = opened(known("2026-11-20T01:00:00Z", "hundred")).id();
    ReportedBreach preliminary = new ReportedBreach("preliminary", "2026-11-21", "受付第7号");
    assertEquals(
        Refusal.STEP_UP_NEEDED, GrantScene.refusal(unproved(keeper, id, "report", preliminary)));
    prove(keeper, StepUps.CLOSE_BREACH + id);
    assertEquals(
        Refusal.STEP_UP_NEEDED,
        GrantScene.refusal(unproved(keeper, id, "report", preliminary)),
        "a proof for another step");
    refuses(Refusal.BREACH_STATE, id, "report", report("final", "2026-11-21"));
    refuses(Refusal.BREACH_TIME, id, "report", report("preliminary", "2026-11-22"));
    refuses(Refusal.BREACH_TIME, id, "report", report("preliminary", "2026-11-19"));
    refuses(Refusal.BREACH_INCOMPLETE, id, "report", report("interim", "2026-11-21"));
    refuses(Refusal.BREACH_INCOMPLETE, id, "report", report("preliminary", "令和8年"));
    refuses(Refusal.BREACH_UNREPORTED, id, "close", new ClosedBreach(null));

    BreachView reported = done(id, "report", preliminary);
    assertEquals("preliminary", reported.state());
    assertFalse(reported.soon());
    refuses(Refusal.BREACH_STATE, id, "report", preliminary);
    refuses(Refusal.BREACH_STATE, id, "report", report("both", "2026-11-21"));
    refuses(Refusal.BREACH_UNREPORTED, id, "close", new ClosedBreach(" "));
    assertEquals("reported", done(id, "report", report("final", "2026-11-21")).state());
    BreachView closed = done(id, "close", new ClosedBreach(null));
    assertEquals("closed", closed.state());
    assertEquals(List.of(), closed.actions());
    refuses(Refusal.BREACH_STATE, id, "amend", amended(closed, "なし", "system"));

    String both = opened(known("2026-11-20T01:00:00Z", "public")).id();
    assertEquals("reported", done(both, "report", report("both", "2026-11-20")).state());
    String none = opened(known("2026-11-20T01:00:00Z", "system")).id();
    assertEquals("高度な暗号化がされていた", done(none, "close", new ClosedBreach("高度な暗号化がされていた")).reason());
    assertEquals(
        List.of("reported", "not-due"),
        scene.server.published("mayor").stream()
            .filter(entry -> entry.type().equals("breach.closed"))
            .map(entry -> entry.data().get("result"))
            .toList());
  }

  private static ReportedBreach report(String report, String date) {
    return new ReportedBreach(report, date, "受付第8号");
  }

  @Test
  @DisplayName("R27: who has no office sees nothing, an auditor opens a case and changes none")
  void rights() throws Exception {
    String id = opened(known("2026-11-20T01:00:00Z", "system")).id();
    Desk clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    assertEquals(
        Refusal.ROLE_MISSING,
        GrantScene.refusal(opening(clerk, known("2026-11-20T01:00:00Z", "system"))));
    for (String path : List.of("/breaches/" + id, "/api/v1/breaches/" + id)) {
      assertEquals(404, scene.send("GET", path, null, clerk.cookie()).statusCode());
    }
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.clerkPc);
    assertEquals(201, opening(auditor, known("2026-11-20T01:00:00Z", "malice")).statusCode());
    assertEquals(2, list(auditor).size());
    assertEquals(List.of(), list(auditor).getFirst().actions());
    assertEquals(
        Refusal.ROLE_MISSING,
        GrantScene.refusal(step(auditor, id, "close", new ClosedBreach("報告を要しない"))));
  }

  @Test
  @DisplayName("R27: kinds decide 30 or 60 days, so nobody undoes another's kinds unseen")
  void kindsUnseen() throws Exception {
    BreachView seen = opened(known("2026-11-20T01:00:00Z", "system"));
    String id = seen.id();
    String cause = seen.items().cause();
    BreachView malice = done(id, "amend", amended(seen, cause, "system", "malice"));
    assertEquals(seen.detail(), malice.detail(), "the items are the same");
    refuses(Refusal.BREACH_STATE, id, "amend", amended(seen, "調査中", "system"));
    assertEquals(malice.finalDay(), list(keeper).getFirst().finalDay());
    assertEquals("調査中", done(id, "amend", amended(malice, "調査中", "system")).items().cause());
  }

  @Test
  @DisplayName("R27: no open session fills the register: who opened ten in 24 hours needs the card")
  void many() throws Exception {
    NewBreach one = known("2026-11-20T01:00:00Z", "system");
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.clerkPc);
    for (int i = 0; i < Breaches.MOST_A_DAY; i++) {
      assertEquals(201, opening(auditor, one).statusCode());
    }
    assertEquals(Refusal.BREACH_MANY, GrantScene.refusal(opening(auditor, one)));
    prove(auditor, StepUps.OPEN_BREACH);
    assertEquals(Refusal.BREACH_MANY, GrantScene.refusal(opening(auditor, one)), "no keeper");

    for (int i = 0; i < Breaches.MOST_A_DAY; i++) {
      assertEquals(201, opening(keeper, one).statusCode(), "another's cases stop nobody");
    }
    assertEquals(Refusal.STEP_UP_NEEDED, GrantScene.refusal(opening(keeper, one)));
    prove(keeper, StepUps.OPEN_BREACH);
    assertEquals(201, opening(keeper, one).statusCode());
    assertEquals(Refusal.STEP_UP_NEEDED, GrantScene.refusal(opening(keeper, one)), "once");
    forward(1);
    assertEquals(201, opening(keeper, one).statusCode());
  }

  @Test
  @DisplayName("R27: a 個人番号 is refused in every text, and none of the words is in the log")
  void texts() throws Exception {
    BreachView shown = opened(known("2026-11-20T01:00:00Z", "system"));
    String id = shown.id();
    for (String item : shown.items().byName().keySet()) {
      TreeMap<String, String> items = new TreeMap<>(shown.items().byName());
      items.put(item, NUMBER);
      refuses(
          Refusal.GRANT_CONTENT,
          id,
          "amend",
          new AmendedBreach(shown.shown(), List.of("system"), BreachItems.of(items)));
    }
    refuses(
        Refusal.GRANT_CONTENT,
        id,
        "report",
        new ReportedBreach("preliminary", "2026-11-21", NUMBER));
    refuses(Refusal.GRANT_CONTENT, id, "close", new ClosedBreach(NUMBER));
    refuses(Refusal.BREACH_INCOMPLETE, id, "amend", amended(shown, "\u0007", "system"));
    refuses(
        Refusal.BREACH_INCOMPLETE,
        id,
        "amend",
        amended(shown, "字".repeat(BreachItems.LONGEST + 1), "system"));
    refuses(Refusal.BREACH_INCOMPLETE, id, "amend", amended(shown, "字"));

    BreachView amended = done(id, "amend", amended(shown, SECRET + "\nその次", "system"));
    assertEquals(SECRET + "\nその次", amended.items().cause());
    refuses(Refusal.BREACH_STATE, id, "amend", amended(shown, "古い", "system"));
    done(id, "report", new ReportedBreach("both", "2026-11-21", SECRET));
    done(id, "close", new ClosedBreach(SECRET));
    List<Entry> entries = scene.server.published("mayor");
    assertFalse(entries.toString().contains(SECRET));
    assertTrue(
        entries.stream().anyMatch(entry -> amended.detail().equals(entry.data().get("detail"))));
  }

  @Test
  @DisplayName("R27: the items are filled in from what the case comes from, by numbers and times")
  void prefilled() throws Exception {
    Desk clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    Instant now = scene.server.clock.instant();
    NewGrant wish =
        new NewGrant(
            GrantScene.CLERK,
            "T-0001",
            "M-0007",
            SECRET,
            "税第123号",
            null,
            null,
            12,
            now.toString(),
            now.plus(Duration.ofHours(1)).toString(),
            10);
    String grant =
        GrantScene.read(scene.send("POST", "/api/v1/grants", wish, clerk.cookie()), GrantView.class)
            .id();
    BreachView of = opened(from("grant", grant));
    String summary = of.items().summary();
    assertTrue(summary.contains("令和8年11月20日 12:00") && summary.contains(grant), summary);
    assertTrue(summary.contains("T-0001") && !summary.contains(SECRET), summary);
    assertTrue(of.items().subjects().contains("12"), of.items().subjects());
    assertTrue(of.items().data().contains("M-0007"), of.items().data());
    assertEquals("grant", of.origin());
    assertFalse(scene.server.published("mayor").isEmpty());
    assertTrue(opened(from("entry", "0")).items().summary().contains("mayor@1"));
    for (NewBreach nowhere :
        List.of(
            from("grant", "A".repeat(22)),
            from("medium", "M-0007"), // it is not lost
            from("emergency", "A".repeat(22)),
            from("entry", "9999999999"),
            from("entry", "123456789018"),
            from("person", "100042"))) {
      assertEquals(Refusal.BREACH_ORIGIN, GrantScene.refusal(opening(keeper, nowhere)));
    }
    assertEquals(
        Refusal.BREACH_INCOMPLETE, GrantScene.refusal(opening(keeper, from("entry", null))));
    assertEquals(
        Refusal.BREACH_TIME,
        GrantScene.refusal(opening(keeper, known("2026-11-22T00:00:00Z", "system"))));
    for (NewBreach wrong :
        List.of(
            known("2026-11-20T01:00:00Z"),
            known("2026-11-20T01:00:00Z", "other"),
            known("yesterday", "system"))) {
      assertEquals(Refusal.BREACH_INCOMPLETE, GrantScene.refusal(opening(keeper, wrong)));
    }
    assertTrue(
        scene.server.published("mayor").stream()
            .noneMatch(entry -> entry.data().toString().contains("123456789018")));
  }

  @Test
  @DisplayName("R27: the items of a case that comes from an emergency or from a lost medium")
  void prefilledOfMedia() throws Exception {
    String emergency = Base64Url.encode(new byte[16]);
    EmergencyEvent.Opened used =
        new EmergencyEvent.Opened(
            emergency,
            GrantScene.CLERK,
            List.of(GrantScene.APPROVER, GrantScene.SECOND),
            Base64Url.encode(new byte[32]), // M-0007
            "3-1",
            30,
            "disaster");
    assertEquals(200, scene.clerkPc.events(scene.clerkPc.record(used)).statusCode());
    BreachItems items = opened(from("emergency", emergency)).items();
    assertTrue(items.summary().contains(emergency), items.summary());
    assertTrue(items.summary().contains("T-0001"), items.summary());
    assertTrue(items.data().contains("M-0007"), items.data());

    scene.employ(
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        100001,管理 一郎,mayor,0001,総務課,係長,2026-04-01,2027-03-31,CLERK;ADMIN
        """,
        List.of("100001"));
    Desk admin = scene.login("100001", scene.clerkPc);
    prove(admin, StepUps.LOSE_MEDIUM + "M-0007");
    HttpResponse<String> lost =
        scene.send("POST", "/api/v1/media/lose", new MediumEnd("M-0007", "情第12号"), admin.cookie());
    assertEquals(200, lost.statusCode(), lost.body());
    BreachItems of = opened(from("medium", "M-0007")).items();
    assertTrue(of.summary().contains("電磁的記録媒体 M-0007 の紛失"), of.summary());
    assertTrue(of.data().contains("M-0007"), of.data());
  }

  private String page(String path) throws Exception {
    HttpResponse<String> page =
        scene.send("GET", path + (path.contains("?") ? "" : "?lang=ja"), null, keeper.cookie());
    assertEquals(200, page.statusCode(), page.body());
    return page.body();
  }

  @Test
  @DisplayName(
      "R27: what is late stands first and is counted on every page; the form says nine items")
  void pages() throws Exception {
    assertTrue(page("/breaches").contains("漏えい等の記録はありません。"));
    BreachView late = opened(known("2026-11-01T01:00:00Z", "system"));
    opened(known("2026-11-20T01:00:00Z", "system"));
    assertEquals(late.id(), list(keeper).getFirst().id());
    String list = page("/breaches");
    assertTrue(list.contains("速報未了") && list.contains("期限を過ぎた報告のあるもの 1 件"), list);
    assertTrue(page("/grants").contains("期限を過ぎた報告のあるもの 1 件"));
    String one = page("/breaches/" + late.id());
    for (String form : List.of("amend-form", "report-form", "close-form", "progress-breach")) {
      assertTrue(one.contains("id=\"" + form + "\""), form);
    }
    assertTrue(
        scene
            .send("GET", "/breaches?lang=en", null, keeper.cookie())
            .body()
            .contains("Reports of leaks"));
    String paper = page("/breaches/" + late.id() + "/paper");
    for (String said :
        List.of(
            "漏えい等報告書",
            "個人情報保護委員会",
            "令和8年11月1日",
            "令和8年11月5日",
            "概要",
            "特定個人情報の項目",
            "本人の数",
            "原因",
            "二次被害",
            "本人への対応",
            "公表の実施状況",
            "再発防止",
            "その他参考")) {
      assertTrue(paper.contains(said), said);
    }
  }

  @Test
  @DisplayName(
      "R27: a row that was edited or deleted is not believed, and a close in the table closes nothing")
  void rows() throws Exception {
    String id = opened(known("2026-11-20T01:00:00Z", "system")).id();
    tamper("update breach_case set closed = 1, closed_by = '300001'");
    assertEquals(
        Refusal.STATE_TAMPERED,
        GrantScene.refusal(scene.send("GET", "/api/v1/breaches/" + id, null, keeper.cookie())));
    assertEquals(List.of(), list(keeper));
    overdue(id);
    scene.server.awaitEntry(
        "system",
        "service.state-tampered",
        entry -> "breach_case".equals(entry.data().get("table")));
    tamper("delete from breach_case");
    assertTrue(
        scene.server.installation.logs().rowCheck(scene.server.clock).run().stream()
            .anyMatch(finding -> finding.table().equals("breach_case")));
  }

  private void tamper(String sql) {
    var _ = scene.server.installation.database().writer().write(handle -> handle.execute(sql));
  }
}
