package jp.sekisho.server.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.MeasureViews;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.OutOfStep;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.grant.GrantScene;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.policy.TerminalBundles;
import jp.sekisho.server.terminal.Agent;
import jp.sekisho.server.web.SamplePolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The register of exceptional measures over the service's real ports; the day is 2026-11-21.
 *
 * <p>Past 400 lines: one running service, and a case for each step and refusal.
 */
@SuppressWarnings("NullAway.Init") // by open()
final class MeasuresTest {
  private static final String CISO = "400001";
  private static final String UNTIL = "2027-03-31";

  private GrantScene scene;
  private Desk manager;

  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    scene.employ(
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        400001,責任 五郎,mayor,0001,総務課,副市長,2026-04-01,2027-03-31,CLERK;CISO
        """,
        List.of(CISO));
    manager = scene.login(GrantScene.APPROVER, scene.clerkPc);
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private static NewMeasure wanted(@Nullable String rule, String review, @Nullable String until) {
    return new NewMeasure(
        List.of("T-0001"),
        null,
        rule,
        "検診用スキャナが登録できるまでの間",
        "入室者を記録し、週1回点検する",
        "情第45号",
        "2026-11-21",
        review,
        until,
        null);
  }

  private static NewMeasure usual() {
    return wanted(null, "2027-01-31", UNTIL);
  }

  private static NewMeasure renewing(String number) {
    return renewing(number, "2026-11-21");
  }

  private static NewMeasure renewing(String number, String from) {
    return new NewMeasure(
        List.of("T-0001"), null, null, "まだ登録できない", "週1回点検する", null, from, UNTIL, UNTIL, number);
  }

  private HttpResponse<String> ask(Desk by, NewMeasure wanted) throws Exception {
    return scene.send("POST", "/api/v1/measures", wanted, by.cookie());
  }

  private MeasureView asked(NewMeasure wanted) throws Exception {
    HttpResponse<String> made = ask(manager, wanted);
    assertEquals(201, made.statusCode(), made.body());
    return GrantScene.read(made, MeasureView.class);
  }

  private MeasureView permitted(NewMeasure wanted) throws Exception {
    MeasureView asked = asked(wanted);
    Desk ciso = scene.login(CISO, scene.approverPc);
    HttpResponse<String> approved = scene.approve(ciso, asked.id());
    assertEquals(200, approved.statusCode(), approved.body());
    return view(manager, asked.id());
  }

  private MeasureView view(Desk by, String id) throws Exception {
    return GrantScene.read(
        scene.send("GET", "/api/v1/measures/" + id, null, by.cookie()), MeasureView.class);
  }

  private MeasureViews list(Desk by) throws Exception {
    return GrantScene.read(
        scene.send("GET", "/api/v1/measures", null, by.cookie()), MeasureViews.class);
  }

  private HttpResponse<String> step(Desk by, String id, String step) throws Exception {
    return scene.send(
        "POST",
        "/api/v1/measures/" + id + "/" + step,
        step.equals("withdraw") ? null : new MeasureNote("代替措置を確認した"),
        by.cookie());
  }

  private String page(Desk by, String path) throws Exception {
    HttpResponse<String> answer = scene.send("GET", path, null, by.cookie());
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }

  private static void says(String page, String... texts) {
    for (String text : texts) {
      assertTrue(page.contains(text), text + " is not in " + page);
    }
  }

  @Test
  @DisplayName("§7.4: asked for by a manager, permitted by the CISO's card over the text shown")
  void permission() throws Exception {
    MeasureView asked = asked(usual());
    assertEquals("E-0001", asked.number());
    assertEquals("requested", asked.state());
    assertFalse(asked.running());
    assertEquals(List.of("withdraw"), asked.actions());
    says(asked.text(), "terminals T-0001\n", "until 2027-03-31\n", "asked-by 300001\n");
    assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(scene.approve(manager, asked.id())));
    Desk clerk = scene.login(GrantScene.CLERK, scene.approverPc);
    assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(ask(clerk, usual())));
    assertEquals(Refusal.MEASURE_UNKNOWN, GrantScene.refusal(scene.approve(clerk, asked.id())));
    for (String path : List.of("/measures", "/api/v1/measures")) {
      HttpResponse<String> answer = scene.send("GET", path, null, clerk.cookie());
      assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(answer));
    }

    Desk ciso = scene.login(CISO, scene.approverPc);
    says(page(ciso, "/measures"), "E-0001", "例外措置の台帳");
    says(page(ciso, "/measures/" + asked.id()), "id=\"approve-button\"", "terminals T-0001");
    HttpResponse<String> forged = scene.approveWithoutTheCard(ciso, asked.id());
    assertEquals(Refusal.SIGNATURE_INVALID, GrantScene.refusal(forged));
    assertEquals("requested", view(ciso, asked.id()).state());
    HttpResponse<String> approved = scene.approve(ciso, asked.id());
    assertEquals(200, approved.statusCode(), approved.body());
    says(approved.body(), "/measures/" + asked.id());
    MeasureView permitted = view(manager, asked.id());
    assertEquals("permitted", permitted.state());
    assertEquals(CISO, permitted.decidedBy());
    assertTrue(permitted.running());
    assertEquals(Refusal.MEASURE_DECIDED, GrantScene.refusal(scene.approve(ciso, asked.id())));
    assertTrue(
        scene.server.texts("mayor").stream()
            .anyMatch(entry ->
                entry.contains("\"measure.permitted\"")
                    && entry.contains("\"detail\":\"" + asked.detail() + "\"")
                    && entry.contains("\"person\":\"" + CISO + "\"")));
    assertTrue(scene.entries().contains("measure.refused SIGNATURE_INVALID"));

    String papers = "/measures/" + asked.id();
    says(page(manager, papers + "/request"), "例外措置申請書", "令和9年3月31日", "承認 一郎 (300001)");
    says(
        page(manager, papers + "/permit"),
        "例外措置許可書",
        "責任 五郎 (400001)",
        String.valueOf(permitted.signature()));
    says(page(manager, papers + "/permit?lang=en"), "Permission of an exceptional measure");
  }

  @Test
  @DisplayName("item 7: nothing without an end, beyond its fiscal year or about nothing is saved")
  void nothingWithoutAnEnd() throws Exception {
    refuses(Refusal.MEASURE_WITHOUT_END, wanted(null, UNTIL, null));
    refuses(Refusal.MEASURE_WITHOUT_END, wanted(null, UNTIL, " "));
    refuses(Refusal.MEASURE_INCOMPLETE, wanted(null, UNTIL, "無期限"));
    refuses(Refusal.MEASURE_BEYOND_YEAR, wanted(null, UNTIL, "2027-04-01"));
    refuses(Refusal.MEASURE_PERIOD, wanted(null, UNTIL, "2026-11-20"));
    refuses(Refusal.MEASURE_PERIOD, wanted(null, UNTIL, "2027-01-31"));
    refuses(Refusal.MEASURE_SUBJECT, wanted("usb.storage", UNTIL, UNTIL));
    refuses(Refusal.MEASURE_SUBJECT, about(List.of("T-0099"), null, "理由"));
    refuses(Refusal.MEASURE_SUBJECT, about(List.of(), "9999", "理由"));
    refuses(Refusal.MEASURE_INCOMPLETE, about(List.of(), null, "理由"));
    refuses(Refusal.MEASURE_INCOMPLETE, about(List.of("T-0001"), "0101", "理由"));
    refuses(Refusal.MEASURE_INCOMPLETE, about(List.of("T-0001"), null, " "));
    refuses(Refusal.GRANT_CONTENT, about(List.of("T-0001"), null, "123456789018 の件"));
    refuses(Refusal.MEASURE_SUBJECT, renewing("E-0099"));
    assertEquals(List.of(), list(manager).measures());
    assertEquals(
        14, scene.entries().stream().filter(one -> one.startsWith("measure.refused")).count());
    assertEquals("E-0001", asked(about(List.of(), "0101", "理由")).number());
  }

  private static NewMeasure about(
      List<String> terminals, @Nullable String division, String reason) {
    return new NewMeasure(
        terminals, division, null, reason, "点検する", null, "2026-11-21", UNTIL, UNTIL, null);
  }

  private void refuses(Refusal reason, NewMeasure wanted) throws Exception {
    assertEquals(reason, GrantScene.refusal(ask(manager, wanted)), wanted.toString());
  }

  @Test
  @DisplayName(
      "R28: the clock tells of a review and an end that passed, at 24:00 in Japan, once each")
  void overdue() throws Exception {
    MeasureView late = permitted(wanted(null, "2026-11-21", "2026-11-22"));
    MeasureView waiting = asked(wanted(null, "2026-11-22", "2026-11-22"));
    MeasureClock clock = scene.server.context.getBean(MeasureClock.class);
    clock.sweep();
    assertEquals(0, told("measure.overdue"));
    toMidnightAfter("2026-11-21");
    clock.sweep();
    clock.sweep();
    assertEquals(1, told("measure.overdue"));
    assertTrue(
        scene.server.texts("mayor").stream()
            .anyMatch(entry ->
                entry.contains("\"measure.overdue\"")
                    && entry.contains("\"what\":\"review\"")
                    && entry.contains("\"day\":\"2026-11-21\"")));
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
    assertEquals("review", view(auditor, late.id()).overdue());
    assertEquals(List.of(), view(auditor, late.id()).actions());
    says(page(auditor, "/measures"), "見直し未了", "data-overdue=\"review\"");
    assertEquals(
        200,
        scene.send("GET", "/log?preset=overdue-measures", null, auditor.cookie()).statusCode());

    toMidnightAfter("2026-11-22");
    clock.sweep();
    clock.sweep();
    assertEquals(2, told("measure.overdue"));
    assertEquals(1, told("measure.expired"));
    auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
    assertEquals("end", view(auditor, late.id()).overdue());
    assertFalse(view(auditor, late.id()).running());
    assertEquals("expired", view(auditor, waiting.id()).state());
    says(page(auditor, "/measures?lang=en"), "over, not ended", "expired undecided");

    toMidnightAfter("2026-11-24");
    manager = scene.login(GrantScene.APPROVER, scene.approverPc);
    says(page(manager, "/measures/" + late.id()), "data-renews=\"E-0001\"", "value=\"2026-11-23\"");
  }

  private long told(String type) {
    return scene.entries().stream().filter(type::equals).count();
  }

  private void toMidnightAfter(String day) {
    Instant end = Instant.parse(day + "T15:00:00Z");
    scene.server.clock.forward(Duration.between(scene.server.clock.instant(), end));
  }

  @Test
  @DisplayName("reviewed by another than who asked, carried on by a new permission only, ended")
  void reviewRenewalAndEnd() throws Exception {
    MeasureView first = permitted(usual());
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(step(manager, first.id(), "review")));
    Desk second = scene.login(GrantScene.SECOND, scene.approverPc);
    assertEquals(200, step(second, first.id(), "review").statusCode());
    assertEquals(GrantScene.SECOND, view(manager, first.id()).reviewedBy());
    assertEquals(Refusal.MEASURE_DECIDED, GrantScene.refusal(step(second, first.id(), "review")));
    says(page(manager, "/measures/" + first.id()), "data-renews=\"E-0001\"", "代替措置を確認した");

    MeasureView carried = asked(renewing("E-0001"));
    MeasureView again = asked(renewing("E-0001"));
    assertEquals("permitted", view(manager, first.id()).state(), "asking renews nothing");
    Desk ciso = scene.login(CISO, scene.approverPc);
    assertEquals(200, scene.approve(ciso, carried.id()).statusCode());
    assertEquals("renewed", view(manager, first.id()).state());
    assertTrue(scene.entries().contains("measure.renewed"));
    assertEquals(
        Refusal.MEASURE_DECIDED,
        GrantScene.refusal(scene.approve(ciso, again.id())),
        "one permission carries on one measure");
    assertEquals(200, step(ciso, again.id(), "reject").statusCode());
    assertEquals("代替措置を確認した", view(manager, again.id()).note());

    assertEquals(200, step(manager, carried.id(), "end").statusCode());
    MeasureView ended = view(manager, carried.id());
    assertEquals("ended", ended.state());
    assertFalse(ended.running());
    assertEquals(Refusal.MEASURE_DECIDED, GrantScene.refusal(step(manager, carried.id(), "end")));
    assertEquals(
        Refusal.GRANT_CONTENT,
        GrantScene.refusal(
            scene.send(
                "POST",
                "/api/v1/measures/" + first.id() + "/end",
                new MeasureNote("123456789018"),
                manager.cookie())));
    MeasureView taken = asked(usual());
    assertEquals(200, step(manager, taken.id(), "withdraw").statusCode());
    assertEquals("withdrawn", view(manager, taken.id()).state());
  }

  @Test
  @DisplayName("a renewal wipes no review out, and leaves no day without a measure")
  void renewedBeforeItsReview() throws Exception {
    MeasureView first = permitted(wanted(null, "2026-11-21", "2026-11-30"));
    refuses(Refusal.MEASURE_PERIOD, renewing("E-0001", "2026-12-02"));
    MeasureView carried = asked(renewing("E-0001", "2026-12-01"));
    Desk ciso = scene.login(CISO, scene.approverPc);
    assertEquals(200, scene.approve(ciso, carried.id()).statusCode());
    toMidnightAfter("2026-11-21");
    scene.server.context.getBean(MeasureClock.class).sweep();
    assertEquals(1, told("measure.overdue"));
    Desk second = scene.login(GrantScene.SECOND, scene.approverPc);
    MeasureView late = view(second, first.id());
    assertEquals("renewed", late.state());
    assertEquals("review", late.overdue());
    assertEquals(200, step(second, first.id(), "review").statusCode());
    assertEquals(null, view(second, first.id()).overdue());
  }

  @Test
  @DisplayName("R28: register, signed policy and what terminals measure are compared, both ways")
  void outOfStep() throws Exception {
    misconfigured(scene.clerkPc);
    assertEquals(
        List.of(new OutOfStep("terminal-unpermitted", "T-0001", null)), list(manager).outOfStep());
    MeasureView covered = permitted(usual());
    assertEquals(List.of(), list(manager).outOfStep());

    // Makes the online key, as an agent's first question does.
    var _ = scene.server.context.getBean(TerminalBundles.class);
    FileSigner officer = FileSigner.of(TestCa.p256());
    imported(officer, 1, "login.e-0002.factors");
    assertEquals(
        List.of(new OutOfStep("rule-unpermitted", "login.e-0002.factors", "E-0002")),
        list(manager).outOfStep());
    says(page(manager, "/measures?lang=en"), "login.e-0002.factors is there for E-0002");
    MeasureView ruled = permitted(wanted("login.e-0002.factors", UNTIL, UNTIL));
    assertEquals("E-0002", ruled.number());
    assertEquals(List.of(), list(manager).outOfStep());

    imported(officer, 2, "login.factors");
    assertEquals(
        List.of(new OutOfStep("rule-gone", "login.e-0002.factors", "E-0002")),
        list(manager).outOfStep());
    assertEquals(200, step(manager, covered.id(), "end").statusCode());
    assertEquals(200, step(manager, ruled.id(), "end").statusCode());
    assertEquals(
        Set.of("terminal-unpermitted"),
        Set.copyOf(list(manager).outOfStep().stream().map(OutOfStep::what).toList()),
        "an ended measure covers nothing");
  }

  private void misconfigured(Agent terminal) throws Exception {
    HttpResponse<byte[]> answer =
        terminal.post(
            "/agent/v1/heartbeat",
            new Heartbeat(
                "0.1.0",
                Agent.BOOT,
                0,
                0,
                false,
                "gate-open",
                scene.server.clock.instant().toString(),
                0));
    assertEquals(200, answer.statusCode());
  }

  private void imported(FileSigner officer, long version, String rule) throws Exception {
    SamplePolicy.importInto(
        scene.server,
        officer,
        version,
        new SettingValues.Builder()
            .put(
                LoginSettings.FACTORS,
                new Rule<>(rule, new Reason("試験", "for a test"), List.of(LoginFactors.CARD_PIN)))
            .build());
  }

  @Test
  @DisplayName("a row that was edited, put back or deleted is not believed")
  void rows() throws Exception {
    MeasureView permitted = permitted(usual());
    tamper("update exceptional_measure set state = 'renewed'");
    assertEquals(
        Refusal.STATE_TAMPERED,
        GrantScene.refusal(
            scene.send("GET", "/api/v1/measures/" + permitted.id(), null, manager.cookie())));
    assertEquals(List.of(), list(manager).measures());
    scene.server.awaitEntry(
        "system",
        "service.state-tampered",
        entry -> "exceptional_measure".equals(entry.data().get("table")));
    tamper("delete from exceptional_measure");
    assertTrue(
        scene.server.installation.logs().rowCheck(scene.server.clock).run().stream()
            .anyMatch(finding -> finding.table().equals("exceptional_measure")));
  }

  @Test
  @DisplayName("an end that was written into the database ends nothing: the sweep says so")
  void endInTheDatabase() throws Exception {
    permitted(wanted(null, "2026-11-21", UNTIL));
    tamper("update exceptional_measure set state = 'ended'");
    scene.server.context.getBean(MeasureClock.class).sweep();
    scene.server.awaitEntry(
        "system",
        "service.state-tampered",
        entry -> "exceptional_measure".equals(entry.data().get("table")));
  }

  private void tamper(String sql) {
    var _ = scene.server.installation.database().writer().write(handle -> handle.execute(sql));
  }
}
