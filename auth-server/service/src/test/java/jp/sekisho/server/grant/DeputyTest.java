package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import jp.sekisho.protocol.DeputyList;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.NamedAbsence;
import jp.sekisho.protocol.NewAbsence;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.ReviewLine;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.grant.GrantScene.Desk;
import jp.sekisho.server.person.Validity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** 代決 and 後閲, over the service's real ports: both approvers of the division 0101 can be absent. */
@SuppressWarnings("NullAway.Init") // by open()
final class DeputyTest {
  private static final Validity YEAR =
      new Validity(LocalDate.of(2026, 4, 1), LocalDate.of(2027, 3, 31));

  private GrantScene scene;
  private Deputies deputies;
  private Desk clerk;
  private Desk other;

  /** The clerk asks; the colleague is the first deputy of the approvers' division. */
  @BeforeEach
  void open() throws Exception {
    scene = new GrantScene();
    deputies = scene.server.context.getBean(Deputies.class);
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    name(GrantScene.COLLEAGUE, 1);
  }

  @AfterEach
  void close() throws Exception {
    scene.close();
  }

  private Deputy name(String person, int rank) {
    return switch (deputies.name("mayor", new Deputies.Place("0101", person, rank, YEAR, "総第9号"))) {
      case Verdict.Passed<Deputy>(Deputy deputy) -> deputy;
      case Verdict.Refused<Deputy>(Refusal reason) -> throw new AssertionError(reason);
    };
  }

  private HttpResponse<String> absent(Desk by, String person, Duration length) throws Exception {
    Instant now = scene.server.clock.instant();
    return scene.send(
        "POST",
        "/api/v1/absences",
        new NewAbsence(person, now.toString(), now.plus(length).toString()),
        by.cookie());
  }

  private void bothAbsent() throws Exception {
    for (String approver : List.of(GrantScene.APPROVER, GrantScene.SECOND)) {
      other = scene.login(approver, scene.approverPc);
      HttpResponse<String> said = absent(other, approver, Duration.ofDays(3));
      assertEquals(200, said.statusCode(), said.body());
    }
  }

  private String requested(Desk by, String user) throws Exception {
    NewGrant usual = scene.wanted();
    NewGrant wanted =
        new NewGrant(
            user,
            usual.terminal(),
            usual.medium(),
            usual.reason(),
            null,
            null,
            null,
            1,
            usual.start(),
            usual.end(),
            10);
    HttpResponse<String> made = scene.send("POST", "/api/v1/grants", wanted, by.cookie());
    assertEquals(201, made.statusCode(), made.body());
    return GrantScene.read(made, GrantView.class).id();
  }

  private DeputyList list(Desk by) throws Exception {
    return GrantScene.read(
        scene.send("GET", "/api/v1/deputies", null, by.cookie()), DeputyList.class);
  }

  private HttpResponse<String> step(Desk by, String id, String step) throws Exception {
    return scene.send("POST", "/api/v1/grants/" + id + "/" + step, null, by.cookie());
  }

  @Test
  void theFirstDeputyDecidesWhileApproversAreAbsentAndTheAbsentOneLooksAfterwards()
      throws Exception {
    String id = requested(clerk, GrantScene.CLERK);
    other = scene.login(GrantScene.COLLEAGUE, scene.approverPc);
    assertEquals(
        Refusal.GRANT_UNKNOWN, GrantScene.refusal(scene.approve(other, id)), "nobody is absent");
    bothAbsent();
    other = scene.login(GrantScene.COLLEAGUE, scene.approverPc);
    assertEquals(List.of("approve", "remand", "reject"), scene.view(other, id).actions());
    HttpResponse<String> approved = scene.approve(other, id);
    assertEquals(200, approved.statusCode(), approved.body());
    assertEquals("approved", scene.view(clerk, id).state());
    assertEquals(GrantScene.COLLEAGUE, scene.view(clerk, id).decidedBy());
    assertTrue(
        scene.server.texts("mayor").stream()
            .anyMatch(entry ->
                entry.contains("\"grant.approved\"")
                    && entry.contains("\"represented\":\"" + GrantScene.APPROVER + "\"")),
        "the entry says so");

    ReviewLine waiting = list(other).reviews().getFirst();
    assertEquals(id, waiting.grant());
    assertEquals(GrantScene.APPROVER, waiting.represented());
    assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(step(other, id, "review")));
    other = scene.login(GrantScene.SECOND, scene.approverPc);
    assertEquals(
        Refusal.ROLE_MISSING, GrantScene.refusal(step(other, id, "review")), "another approver's");
    String page = scene.send("GET", "/grants", null, other.cookie()).body();
    assertTrue(page.contains("/grants/" + id) && page.contains("id=\"reviews\""), page);
    other = scene.login(GrantScene.APPROVER, scene.approverPc);
    assertTrue(scene.view(other, id).actions().contains("review"));
    assertEquals(200, step(other, id, "review").statusCode());
    assertEquals(List.of(), list(other).reviews());
    assertEquals(GrantScene.APPROVER, scene.view(other, id).reviews().getFirst().reviewedBy());
    assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(step(other, id, "review")), "once");
    assertTrue(scene.entries().containsAll(List.of("deputy.named", "deputy.absent")));
    assertTrue(scene.entries().contains("grant.reviewed"));
  }

  @Test
  @DisplayName("R11: nobody approves the own matter, also not through a chain of deputies")
  void nobodyApprovesTheOwnMatterThroughAChainOfDeputies() throws Exception {
    bothAbsent();
    // The absent approver's own matter, asked for by a friend, and asked for by themselves.
    String theirs = requested(clerk, GrantScene.APPROVER);
    other = scene.login(GrantScene.SECOND, scene.approverPc);
    String both = requested(other, GrantScene.APPROVER);
    String own = requested(scene.login(GrantScene.COLLEAGUE, scene.clerkPc), GrantScene.COLLEAGUE);
    other = scene.login(GrantScene.COLLEAGUE, scene.approverPc);
    assertEquals(
        Refusal.DEPUTY_OWN,
        GrantScene.refusal(scene.approve(other, both)),
        "whoever is absent has to do with it");
    assertEquals(Refusal.APPROVAL_OWN, GrantScene.refusal(scene.approve(other, own)));
    // In a matter of one approver the deputy still represents the other one.
    assertEquals(200, scene.approve(other, theirs).statusCode());
    assertEquals(
        GrantScene.SECOND,
        list(other).reviews().getFirst().represented(),
        "never who is concerned");

    // A deputy's deputy is nobody: the clerk stands behind the colleague's division in no order.
    name(GrantScene.CLERK, 2);
    clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    String further = requested(scene.login(GrantScene.SECOND, scene.approverPc), GrantScene.SECOND);
    assertEquals(
        Refusal.ROLE_MISSING,
        GrantScene.refusal(scene.approve(clerk, further)),
        "the first deputy is there, so the second has no turn");
    assertEquals(
        200, scene.approve(clerk, own).statusCode(), "what is the first one's own is the second's");
  }

  /** How often the log says that a person looked at who decides in whose place. */
  private long looks(String person) {
    return scene.server.published("mayor").stream()
        .filter(entry -> entry.type().equals("desk.viewed"))
        .filter(entry -> "deputies".equals(entry.data().get("page")))
        .filter(entry -> person.equals(entry.subject().person()))
        .count();
  }

  @Test
  void orderAbsenceAndEndCount() throws Exception {
    String id = requested(clerk, GrantScene.CLERK);
    bothAbsent();
    DeputyList said = list(other);
    assertEquals(2, looks(GrantScene.SECOND), "with the answer to the absence; others stand there");
    String page = scene.send("GET", "/grants", null, other.cookie()).body();
    assertTrue(page.contains("id=\"deputies\""), page);
    assertEquals(3, looks(GrantScene.SECOND));
    other = scene.login(GrantScene.COLLEAGUE, scene.approverPc);
    assertEquals(1, list(other).deputies().size());
    assertEquals(1, looks(GrantScene.COLLEAGUE));
    HttpResponse<String> back =
        scene.send(
            "POST",
            "/api/v1/absences/end",
            new NamedAbsence(said.absences().getFirst().absence()),
            other.cookie());
    assertEquals(Refusal.ROLE_MISSING, GrantScene.refusal(back), "not theirs to end");
    assertEquals(
        Refusal.ROLE_MISSING,
        GrantScene.refusal(absent(other, GrantScene.APPROVER, Duration.ofDays(1))));
    assertEquals(
        Refusal.ABSENCE_INVALID,
        GrantScene.refusal(absent(other, GrantScene.COLLEAGUE, Duration.ofDays(93))));
    assertEquals(
        Refusal.ABSENCE_INVALID,
        GrantScene.refusal(absent(clerk, GrantScene.CLERK, Duration.ofDays(1))),
        "who decides nothing is not absent");
    HttpResponse<String> remanded =
        scene.send(
            "POST", "/api/v1/grants/" + id + "/remand", new RemandReason("期間を短く"), other.cookie());
    assertEquals(200, remanded.statusCode(), remanded.body());
    assertEquals("remand", list(other).reviews().getFirst().step());
    for (String approver : List.of(GrantScene.APPROVER, GrantScene.SECOND)) {
      other = scene.login(approver, scene.approverPc);
      String mine =
          list(other).absences().stream()
              .filter(one -> one.person().equals(approver))
              .findFirst()
              .orElseThrow()
              .absence();
      assertEquals(
          200,
          scene
              .send("POST", "/api/v1/absences/end", new NamedAbsence(mine), other.cookie())
              .statusCode());
    }
    String next = requested(clerk, GrantScene.CLERK);
    other = scene.login(GrantScene.COLLEAGUE, scene.approverPc);
    assertEquals(Refusal.GRANT_UNKNOWN, GrantScene.refusal(scene.approve(other, next)));
  }

  @Test
  void aPlaceIsDatedByADocumentAndTakenOnce() throws Exception {
    assertInvalid(new Deputies.Place("0101", GrantScene.CLERK, 1, YEAR, "総第9号"), "rank is taken");
    assertInvalid(
        new Deputies.Place("0101", GrantScene.COLLEAGUE, 2, YEAR, "総第9号"), "person is taken");
    assertInvalid(new Deputies.Place("0101", "999999", 3, YEAR, "総第9号"), "nobody");
    assertInvalid(new Deputies.Place("0101", GrantScene.CLERK, 10, YEAR, "総第9号"), "rank");
    assertInvalid(new Deputies.Place("0101", GrantScene.CLERK, 3, YEAR, "関 所太郎"), "document");
    assertInvalid(
        new Deputies.Place(
            "0101",
            GrantScene.CLERK,
            3,
            new Validity(LocalDate.of(2026, 4, 1), Validity.OPEN_END),
            "総第9号"),
        "no end");
    Deputy second = name(GrantScene.CLERK, 2);
    assertTrue(deputies.remove("mayor", second.id(), "総第10号") instanceof Verdict.Passed<Deputy>);
    assertFalse(deputies.remove("mayor", second.id(), "総第10号") instanceof Verdict.Passed<Deputy>);
    assertEquals(List.of("0101 1"), places());
    var _ =
        scene.server.installation.database().writer().write(h -> h.execute("delete from deputy"));
    assertTrue(
        scene.server.installation.logs().rowCheck(scene.server.clock).run().stream()
            .anyMatch(finding -> finding.table().equals("deputy")));
  }

  private List<String> places() throws Exception {
    return list(clerk).deputies().stream().map(one -> one.division() + " " + one.rank()).toList();
  }

  private void assertInvalid(Deputies.Place place, String why) {
    assertTrue(
        deputies.name("mayor", place) instanceof Verdict.Refused<Deputy>(Refusal reason)
            && reason == Refusal.DEPUTY_INVALID,
        why);
  }
}
