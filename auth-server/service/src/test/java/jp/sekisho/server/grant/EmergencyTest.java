package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.EmergencyView;
import jp.sekisho.protocol.EmergencyViews;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.protocol.event.ExportEvent.Cause;
import jp.sekisho.server.emergency.Emergencies;
import jp.sekisho.server.emergency.OpenEmergencies;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.terminal.Agent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R12: what a terminal without its service opened is a case until it is reported and confirmed. */
@SuppressWarnings("NullAway.Init") // by open()
final class EmergencyTest {
  private static final String ID = id(1);
  private static final String THIRD = "300003";
  private static final EmergencyReport REPORT =
      new EmergencyReport("市民課の係員二名", "避難者の名簿の照合", "市総第77号");

  private GrantScene scene;
  private Desk clerk;

  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    scene.employ(
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        300003,承認 三郎,mayor,0101,市民課,次長,2026-04-01,2027-03-31,CLERK;APPROVER
        """,
        List.of(THIRD));
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private static String id(int number) {
    byte[] bytes = new byte[16];
    bytes[0] = (byte) number;
    return Base64Url.encode(bytes);
  }

  private static EmergencyEvent.Opened opened(String id, String person) {
    return opened(id, person, List.of(GrantScene.APPROVER, GrantScene.SECOND));
  }

  private static EmergencyEvent.Opened opened(String id, String person, List<String> approvers) {
    return new EmergencyEvent.Opened(
        id, person, approvers, GrantScene.FINGERPRINT, "3-1", 30, "disaster");
  }

  private void told(Agent terminal, EmergencyEvent event) throws Exception {
    assertEquals(200, terminal.events(terminal.record(event)).statusCode());
  }

  private List<EmergencyView> list(Desk by) throws Exception {
    return GrantScene.read(
            scene.send("GET", "/api/v1/emergencies", null, by.cookie()), EmergencyViews.class)
        .emergencies();
  }

  private HttpResponse<String> report(Desk by, EmergencyReport report) throws Exception {
    return scene.send("POST", "/api/v1/emergencies/" + ID + "/report", report, by.cookie());
  }

  private HttpResponse<String> confirm(Desk by, String id, String detail) throws Exception {
    return scene.send(
        "POST", "/api/v1/emergencies/" + id + "/confirm", new ConfirmedReport(detail), by.cookie());
  }

  private static String detail(EmergencyView view) {
    return Objects.requireNonNull(view.report()).detail();
  }

  private void refused(Refusal reason, HttpResponse<String> answer) throws Exception {
    assertEquals(reason, GrantScene.refusal(answer));
    assertTrue(scene.entries().contains("emergency.step-refused " + reason));
  }

  @Test
  void aCaseStaysUnreportedUntilSomebodyReportsAndAnotherConfirms() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    EmergencyView one = list(approver).getFirst();
    assertEquals("unreported", one.state());
    assertEquals(GrantScene.MEDIUM, one.medium());
    assertEquals(List.of(GrantScene.APPROVER, GrantScene.SECOND), one.approvers());
    assertEquals(List.of("report"), one.actions());
    String page = scene.send("GET", "/log", null, approver.cookie()).body();
    assertTrue(page.contains("id=\"emergencies-link\""), "every page says so");
    page = scene.send("GET", "/emergencies", null, approver.cookie()).body();
    assertTrue(page.contains("data-report=\"" + ID) && page.contains("事後報告未了"), page);

    refused(Refusal.EMERGENCY_STATE, confirm(approver, ID, "x"));
    refused(
        Refusal.EMERGENCY_REPORT,
        report(approver, new EmergencyReport("", REPORT.contents(), REPORT.document())));
    refused(
        Refusal.EMERGENCY_REPORT, report(approver, new EmergencyReport("x".repeat(201), "x", "x")));
    refused(Refusal.GRANT_CONTENT, report(approver, new EmergencyReport("123456789018", "x", "x")));
    HttpResponse<String> first = report(clerk, REPORT);
    assertEquals(200, first.statusCode(), first.body());
    String old = detail(GrantScene.read(first, EmergencyView.class));
    HttpResponse<String> again =
        report(approver, new EmergencyReport(REPORT.people(), "名簿の照合", REPORT.document()));
    EmergencyView reported = GrantScene.read(again, EmergencyView.class);
    assertEquals("reported", reported.state());
    assertTrue(
        scene.send("GET", "/log", null, approver.cookie()).body().contains("emergencies-link"),
        "reported is not confirmed");

    refused(Refusal.EMERGENCY_OWN, confirm(approver, ID, detail(reported)));
    refused(Refusal.ROLE_MISSING, confirm(clerk, ID, detail(reported)));
    Desk third = scene.login(THIRD, scene.approverPc);
    refused(Refusal.EMERGENCY_STATE, confirm(third, ID, old));
    HttpResponse<String> confirmed = confirm(third, ID, detail(reported));
    assertEquals(200, confirmed.statusCode(), confirmed.body());
    assertEquals("confirmed", list(third).getFirst().state());
    refused(Refusal.EMERGENCY_STATE, confirm(third, ID, detail(reported)));
    refused(Refusal.EMERGENCY_STATE, report(third, REPORT));
    assertFalse(
        scene.send("GET", "/log", null, third.cookie()).body().contains("emergencies-link"));
    assertTrue(
        scene
            .entries()
            .containsAll(
                List.of(
                    "emergency.opened",
                    "emergency.case-opened",
                    "emergency.reported",
                    "emergency.confirmed")));
    assertTrue(
        scene.server.texts("mayor").stream().noneMatch(entry -> entry.contains("名簿")),
        "what a report says is not in the log");
  }

  @Test
  void onlyWhoHasToDoWithItSeesIt() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    assertEquals(1, list(clerk).size(), "who used it");
    Desk other = scene.login(GrantScene.COLLEAGUE, scene.approverPc);
    assertEquals(List.of(), list(other));
    refused(Refusal.EMERGENCY_UNKNOWN, report(other, REPORT));
    assertFalse(
        scene.send("GET", "/log", null, other.cookie()).body().contains("emergencies-link"));
    Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
    assertEquals(List.of(), list(auditor).getFirst().actions());
    refused(Refusal.ROLE_MISSING, report(auditor, REPORT));
    assertEquals(404, confirm(auditor, id(9), "x").statusCode());
  }

  @Test
  void whoUsedItDoesNotConfirmIt() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.SECOND, List.of(GrantScene.APPROVER, THIRD)));
    Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    String detail = detail(GrantScene.read(report(approver, REPORT), EmergencyView.class));
    refused(
        Refusal.EMERGENCY_OWN,
        confirm(scene.login(GrantScene.SECOND, scene.approverPc), ID, detail));
  }

  @Test
  void whoApprovedItReportsButDoesNotConfirmIt() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    String detail = detail(GrantScene.read(report(approver, REPORT), EmergencyView.class));
    Desk second = scene.login(GrantScene.SECOND, scene.approverPc);
    assertEquals(List.of("report"), list(second).getFirst().actions());
    refused(Refusal.EMERGENCY_OWN, confirm(second, ID, detail));
    Desk third = scene.login(THIRD, scene.approverPc);
    assertEquals(List.of("report", "confirm"), list(third).getFirst().actions());
    assertEquals(200, confirm(third, ID, detail).statusCode());
  }

  @Test
  void itIsLateAfterThreeDaysAndSaidOnce() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    Emergencies emergencies = scene.server.context.getBean(Emergencies.class);
    scene.server.clock.forward(Duration.ofDays(3).minusSeconds(1));
    emergencies.sweep();
    assertFalse(scene.entries().contains("emergency.overdue"));
    scene.server.clock.forward(Duration.ofSeconds(1));
    emergencies.sweep();
    emergencies.sweep();
    assertEquals(
        1, scene.entries().stream().filter(type -> type.equals("emergency.overdue")).count());
    Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertTrue(list(approver).getFirst().overdue());
  }

  @Test
  void aConfirmationWrittenIntoTheDatabaseSilencesNothing() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    for (String sql :
        List.of(
            "update emergency_case set confirmed = 1",
            "insert into organ (id, name) values ('other', '教育委員会')",
            "update emergency_case set confirmed = null, organ = 'other'")) {
      var _ = scene.server.installation.database().writer().write(handle -> handle.execute(sql));
      assertTrue(
          scene.send("GET", "/log", null, approver.cookie()).body().contains("emergencies-link"),
          sql);
    }
    scene.server.context.getBean(Emergencies.class).sweep();
    scene.server.awaitEntry(
        "system",
        "service.state-tampered",
        entry -> "emergency_case".equals(entry.data().get("table")));
  }

  @Test
  void aRowThatWasEditedLetsNoEntryBeDeleted() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    var database = scene.server.installation.database();
    OpenEmergencies open = new OpenEmergencies(scene.server.installation.seal());
    Instant since = database.read(handle -> open.since(handle, "mayor")).orElseThrow();
    assertTrue(since.isAfter(Instant.EPOCH), "a sound case is as old as it is");
    assertEquals(Optional.empty(), database.read(handle -> open.since(handle, "other")));
    for (String sql :
        List.of(
            "update emergency_case set confirmed = 1, confirmed_by = '300003'",
            "update emergency_case set confirmed = null, confirmed_by = null, opened = opened + 1",
            "insert into organ (id, name) values ('other', '教育委員会')",
            "update emergency_case set organ = 'other'")) {
      var _ = database.writer().write(handle -> handle.execute(sql));
      assertEquals(
          Optional.of(Instant.EPOCH), database.read(handle -> open.since(handle, "mayor")), sql);
    }
  }

  @Test
  void aTerminalsClockThatRunsAheadLetsNoEntryBeDeleted() throws Exception {
    Instant ahead = scene.server.clock.instant().plus(Duration.ofDays(400));
    DeviceRecord record = scene.clerkPc.record(opened(ID, GrantScene.CLERK), ahead);
    assertEquals(200, scene.clerkPc.events(record).statusCode());
    OpenEmergencies open = new OpenEmergencies(scene.server.installation.seal());
    Instant since =
        scene
            .server
            .installation
            .database()
            .read(handle -> open.since(handle, "mayor"))
            .orElseThrow();
    assertFalse(since.isAfter(scene.server.clock.instant()), since::toString);
  }

  @Test
  void theTerminalSaysWhenItEndedAndNoOtherDoes() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    told(scene.approverPc, new EmergencyEvent.Closed(ID, Cause.DEADLINE, true));
    assertEquals(null, list(clerk).getFirst().closedAt());
    told(scene.clerkPc, new EmergencyEvent.Closed(ID, Cause.CARD_REMOVED, true));
    assertEquals("card-removed", list(clerk).getFirst().cause());
    told(scene.clerkPc, new EmergencyEvent.Closed(ID, Cause.DEADLINE, true));
    assertEquals("card-removed", list(clerk).getFirst().cause(), "the first counts");
  }

  @Test
  void aTerminalMakesOneCaseOfAnOpeningAndCannotReport() throws Exception {
    told(scene.clerkPc, opened(ID, GrantScene.CLERK));
    told(scene.approverPc, opened(ID, GrantScene.COLLEAGUE));
    told(scene.clerkPc, opened("none", GrantScene.CLERK));
    told(scene.clerkPc, opened(id(2), "not a person"));
    assertEquals(1, list(scene.login(GrantScene.APPROVER, scene.approverPc)).size());
    DeviceRecord sound = scene.clerkPc.record(opened(id(3), GrantScene.CLERK));
    String forged =
        new String(sound.bytes(), java.nio.charset.StandardCharsets.UTF_8)
            .replace("emergency.opened", "emergency.confirmed");
    HttpResponse<byte[]> answer =
        scene.clerkPc.post(
            "/agent/v1/events",
            new jp.sekisho.protocol.EventBatch(
                List.of(Base64Url.encode(forged.getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                0));
    assertEquals(Refusal.EVENT_INVALID, Agent.refusal(answer));
  }
}
