package jp.sekisho.server.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.ClosedBreach;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.GrantView;
import jp.sekisho.protocol.HandedOver;
import jp.sekisho.protocol.LogHold;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.MediumEnd;
import jp.sekisho.protocol.MediumLoan;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.NamedAbsence;
import jp.sekisho.protocol.NamedExport;
import jp.sekisho.protocol.NamedMedium;
import jp.sekisho.protocol.NamedSession;
import jp.sekisho.protocol.NewAbsence;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.NewMedium;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.OrderNamed;
import jp.sekisho.protocol.PinResetNote;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.ReportedBreach;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.person.PersonImport;
import jp.sekisho.server.session.SampleSession;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.terminal.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * IDOR between 機関, over every route of the people's port as {@code docs/openapi.json} describes
 * them, which {@link OpenApiTest} keeps equal to the router's: each is either asked here with ids
 * of another 機関, by its administrator, approver and auditor with every proof in hand, or stands in
 * the list of those that take no id. A new route fails this test until it is in one of the two.
 *
 * <p>Past 400 lines: a case for each route.
 */
@TestInstance(Lifecycle.PER_CLASS)
final class OtherOrgansTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final String THEIRS = "500042";
  private static final String THEIR_HEAD = "500031";
  private static final String PERSONS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      100001,管理 一郎,mayor,joho,情報政策課,係長,2026-04-01,2036-03-31,CLERK;ADMIN
      100031,承認 三郎,mayor,shimin,市民課,課長,2026-04-01,2036-03-31,CLERK;APPROVER
      100007,監査 花子,mayor,kansa,監査課,書記,2026-04-01,2036-03-31,CLERK;AUDITOR
      500042,教育 太郎,education,kyoiku,教育課,主事,2026-04-01,2036-03-31,CLERK
      500031,教育 課長,education,kyoiku,教育課,課長,2026-04-01,2036-03-31,CLERK;APPROVER
      100002,責任 五郎,mayor,somu,総務課,副市長,2026-04-01,2036-03-31,CLERK;CISO
      """;

  /** Who attacks, each with all that the own 機関 gave them. */
  private static final List<String> OURS = List.of("100001", "100031", "100007", "100002");

  /** Routes whose request names nothing that belongs to anybody. */
  private static final Set<String> WITHOUT_IDS =
      Set.of(
          "GET /",
          "GET /health",
          "GET /static/{file}",
          "GET /post",
          "GET /people", // own 機関 only: PeoplePageTest
          "GET /temporary",
          "GET /confirmations", // own further cards, and those of the own 機関: FurtherCardTest
          "GET /grants",
          "GET /grants-register", // of the own 機関: PaperTest
          "GET /reconciliation", // of the own 機関: ReconciliationTest
          "GET /api/v1/reconciliation",
          "GET /measures", // of the own 機関: MeasuresTest
          "GET /api/v1/measures",
          "GET /breaches", // of the own 機関: BreachesTest
          "GET /api/v1/breaches",
          "GET /media", // of the own 機関: MediaPageTest
          "GET /api/v1/media",
          "POST /api/v1/media/count", // compared with the own register only
          "GET /api/v1/grants",
          "GET /emergencies", // of the own 機関: EmergencyTest
          "GET /api/v1/emergencies",
          "GET /api/v1/deputies", // of the own 機関: DeputyTest
          "POST /api/v1/grants", // its person, terminal and medium: refused below as a body
          "GET /log",
          "GET /authenticators",
          "GET /api/v1/session",
          "GET /sessions", // own ones, and those of the own 機関: SessionsPageTest
          "GET /api/v1/sessions",
          "GET /api/v1/sessions/organ",
          "GET /log-sheet", // of the session's own log
          "POST /api/v1/session/post",
          "POST /api/v1/passkeys/options",
          "POST /api/v1/passkeys",
          "POST /api/v1/passkeys/seen",
          "POST /authn/v1/logout",
          "POST /authn/v1/transactions/{id}/answer", // bound to the browser's cookie: LoginsTest
          "POST /authn/v1/transactions/{id}/passkey",
          "GET /log/{log}/{generation}/checkpoint", // open to everybody
          "GET /log/{log}/{generation}/aged",
          "GET /log/{log}/{generation}/minimum",
          "GET /relying/{question}", // only who was sent there knows it: RelyingPortTest
          "GET /setup", // of the whole installation, and gone once it is finished: SetupPageTest
          "GET /setup/steps",
          "POST /authn/v1/setup/code",
          "POST /authn/v1/setup/administrator",
          "POST /authn/v1/setup/terminal",
          "POST /api/v1/setup/policy",
          "POST /api/v1/setup/finish");

  /** What is sent in an attack. */
  @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
  private record Attack(String path, byte @Nullable [] body, @Nullable String proof) {
    static Attack get(String path) {
      return new Attack(path, null, null);
    }

    static Attack post(String path, Object wire, @Nullable String proof) {
      return new Attack(path, WireJson.write(wire), proof);
    }
  }

  private final HttpClient http = HttpClient.newHttpClient();
  private final TestCa ca = new TestCa("Staff CA", NOW);

  @SuppressWarnings("NullAway.Init") // by start()
  private RunningServer server;

  @BeforeAll
  void start() throws Exception {
    server = RunningServer.startAt(NOW);
    ca.writeTrust(server.installation.staffTrust(), List.of());
    server
        .installation
        .database()
        .writer()
        .write(h -> {
          Organs.create(h, Map.of("mayor", "市長部局", "education", "教育委員会"));
          return null;
        });
    imported(PERSONS);
    var _ = server.active("T-0002", "education");
    server.context.getBean(Media.class).register("M-0002", "education", Sha256.text(new byte[1]));
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
  }

  private String imported(String file) {
    PersonImport.Outcome outcome =
        new PersonImport(
                server.installation.transactions(),
                server.installation.seal(),
                _ -> 1,
                server.clock)
            .run(file.getBytes(StandardCharsets.UTF_8), false);
    if (outcome instanceof PersonImport.Outcome.Done done) {
      return String.valueOf(done.order());
    }
    throw new AssertionError(outcome);
  }

  private Token session(String person) {
    String organ = person.startsWith("5") ? "education" : "mayor";
    return SampleSession.open(server.context, person, organ);
  }

  private HttpResponse<String> send(Attack attack, Token session) {
    String origin = server.installation.config().origin();
    byte[] body = attack.body();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + attack.path()))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .header("Cookie", SessionCookies.SESSION + "=" + session.secret());
    if (body != null) {
      request.header("Origin", origin).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Every attack by its route; ids are those of the other 機関. */
  private Map<String, List<Attack>> attacks(
      String grant, String measure, String breach, String order) throws Exception {
    Map<String, List<Attack>> attacks = new TreeMap<>();
    attacks.put("GET /people/{number}", List.of(Attack.get("/people/" + THEIRS)));
    attacks.put("GET /grants/{id}", List.of(Attack.get("/grants/" + grant)));
    attacks.put("GET /grants/{id}/request", List.of(Attack.get("/grants/" + grant + "/request")));
    attacks.put("GET /grants/{id}/permit", List.of(Attack.get("/grants/" + grant + "/permit")));
    attacks.put("GET /api/v1/grants/{id}", List.of(Attack.get("/api/v1/grants/" + grant)));
    List<Attack> steps = new ArrayList<>();
    for (String step : List.of("reject", "withdraw", "revoke", "return", "erase", "review")) {
      steps.add(new Attack("/api/v1/grants/" + grant + "/" + step, new byte[0], null));
    }
    attacks.put("POST /api/v1/grants/{id}/{step}", steps);
    attacks.put(
        "POST /api/v1/grants/{id}/remand",
        List.of(Attack.post("/api/v1/grants/" + grant + "/remand", new RemandReason("x"), null)));
    attacks.put(
        "POST /api/v1/grants/{id}/report",
        List.of(Attack.post("/api/v1/grants/" + grant + "/report", new ReportedUse("x"), null)));
    attacks.put(
        "POST /api/v1/grants/{id}/hand-over",
        List.of(
            Attack.post("/api/v1/grants/" + grant + "/hand-over", new HandedOver("R-1"), null)));
    attacks.put(
        "POST /api/v1/grants/{id}/extend",
        List.of(
            Attack.post(
                "/api/v1/grants/" + grant + "/extend",
                new MoreTime("x", NOW.plus(Duration.ofHours(2)).toString(), 20),
                null)));
    attacks.put(
        "POST /api/v1/absences",
        List.of(
            Attack.post(
                "/api/v1/absences",
                new NewAbsence(THEIRS, NOW.toString(), NOW.plus(Duration.ofDays(1)).toString()),
                null)));
    attacks.put(
        "POST /api/v1/absences/end",
        List.of(Attack.post("/api/v1/absences/end", new NamedAbsence(grant), null)));
    attacks.put(
        "POST /api/v1/emergencies/{id}/report",
        List.of(
            Attack.post(
                "/api/v1/emergencies/" + grant + "/report",
                new EmergencyReport("学齢簿の担当", "学齢簿", "教第1号"),
                null)));
    attacks.put(
        "POST /api/v1/emergencies/{id}/confirm",
        List.of(
            Attack.post(
                "/api/v1/emergencies/" + grant + "/confirm",
                new ConfirmedReport(Sha256.text(new byte[1])),
                null)));
    attacks.put(
        "POST /api/v1/grants/{id}/correct",
        List.of(Attack.post("/api/v1/grants/" + grant + "/correct", wish(), null)));
    attacks.put(
        "POST /authn/v1/transactions",
        List.of(
            Attack.post("/authn/v1/transactions", new NewTransaction("approve", grant), null),
            Attack.post("/authn/v1/transactions", new NewTransaction("approve", measure), null)));
    for (String path : List.of("/measures/", "/api/v1/measures/")) {
      attacks.put("GET " + path + "{id}", List.of(Attack.get(path + measure)));
    }
    for (String paper : List.of("request", "permit")) {
      attacks.put(
          "GET /measures/{id}/" + paper, List.of(Attack.get("/measures/" + measure + "/" + paper)));
    }
    for (String path : List.of("/breaches/", "/api/v1/breaches/")) {
      attacks.put("GET " + path + "{id}", List.of(Attack.get(path + breach)));
    }
    attacks.put("GET /breaches/{id}/paper", List.of(Attack.get("/breaches/" + breach + "/paper")));
    attacks.put(
        "POST /api/v1/breaches",
        List.of(
            Attack.post("/api/v1/breaches", leak("grant", grant), null),
            Attack.post("/api/v1/breaches", leak("medium", "M-0002"), null)));
    attacks.put(
        "POST /api/v1/breaches/{id}/amend",
        List.of(
            Attack.post(
                "/api/v1/breaches/" + breach + "/amend",
                new AmendedBreach(
                    Sha256.text(new byte[1]),
                    List.of("system"),
                    new BreachItems("", "", "", "", "", "", "", "", "")),
                StepUps.AMEND_BREACH + breach)));
    attacks.put(
        "POST /api/v1/breaches/{id}/report",
        List.of(
            Attack.post(
                "/api/v1/breaches/" + breach + "/report",
                new ReportedBreach("preliminary", "2026-11-21", "教第1号"),
                StepUps.REPORT_BREACH + breach)));
    attacks.put(
        "POST /api/v1/breaches/{id}/close",
        List.of(
            Attack.post(
                "/api/v1/breaches/" + breach + "/close",
                new ClosedBreach("報告を要しない"),
                StepUps.CLOSE_BREACH + breach)));
    attacks.put(
        "POST /api/v1/measures", List.of(Attack.post("/api/v1/measures", deviation(), null)));
    attacks.put(
        "POST /api/v1/measures/{id}/withdraw",
        List.of(new Attack("/api/v1/measures/" + measure + "/withdraw", new byte[0], null)));
    for (String step : List.of("reject", "review", "end")) {
      attacks.put(
          "POST /api/v1/measures/{id}/" + step,
          List.of(
              Attack.post("/api/v1/measures/" + measure + "/" + step, new MeasureNote("x"), null)));
    }
    attacks.put(
        "POST /api/v1/media/lose",
        List.of(
            Attack.post(
                "/api/v1/media/lose",
                new MediumEnd("M-0002", "情第12号"),
                StepUps.LOSE_MEDIUM + "M-0002")));
    attacks.put(
        "POST /api/v1/media/check-out",
        List.of(
            Attack.post(
                "/api/v1/media/check-out",
                new MediumLoan("M-0002", OURS.getFirst(), "2026-11-27", "情第31号"),
                null)));
    attacks.put(
        "POST /api/v1/media/check-in",
        List.of(Attack.post("/api/v1/media/check-in", new NamedMedium("M-0002"), null)));
    attacks.put(
        "POST /api/v1/media/dispose",
        List.of(
            Attack.post(
                "/api/v1/media/dispose",
                new MediumEnd("M-0002", "情第12号"),
                StepUps.DISPOSE_MEDIUM + "M-0002")));
    String other = Sha256.text(new byte[] {9});
    attacks.put(
        "POST /api/v1/media",
        List.of(
            Attack.post(
                "/api/v1/media",
                new NewMedium("M-0002", other),
                StepUps.REGISTER_MEDIUM + "M-0002:" + other)));
    byte[] certificate = ca.issue(THEIRS, TestCa.p256().getPublic()).getEncoded();
    String hash = Sha256.text(certificate);
    attacks.put(
        "POST /api/v1/desk",
        List.of(
            Attack.post(
                "/api/v1/desk",
                new DeskRequest("card-suspend", THEIRS, null, null),
                "card-suspend:" + THEIRS),
            Attack.post(
                "/api/v1/desk",
                new DeskRequest("card-register", THEIRS, null, Base64Url.encode(certificate)),
                "card-register:" + THEIRS + ":" + hash),
            Attack.post(
                "/api/v1/desk",
                new DeskRequest("card-resume", THEIRS, hash, null),
                "card-resume:" + THEIRS + ":" + hash),
            Attack.post(
                "/api/v1/desk",
                new DeskRequest("card-revoke", THEIRS, hash, null),
                "card-revoke:" + THEIRS + ":" + hash),
            Attack.post(
                "/api/v1/desk",
                new DeskRequest("card-confirm", THEIRS, hash, null),
                "card-confirm:" + THEIRS + ":" + hash),
            Attack.post(
                "/api/v1/desk",
                new DeskRequest("card-decline", THEIRS, hash, null),
                "card-decline:" + THEIRS + ":" + hash),
            Attack.post(
                "/api/v1/desk",
                new DeskRequest("temporary-hand", THEIRS, hash, null),
                "temporary-hand:" + THEIRS + ":" + hash)));
    attacks.put(
        "POST /api/v1/desk/pin-reset",
        List.of(
            Attack.post(
                "/api/v1/desk/pin-reset",
                new PinResetNote(THEIRS, hash, "100001", "100031"),
                "card-pin-reset:" + THEIRS + ":" + hash)));
    byte[] file =
        (PERSONS.substring(0, PERSONS.indexOf('\n') + 1)
                + THEIRS
                + ",教育 太郎,mayor,shimin,市民課,主事,2027-04-01,,CLERK\n")
            .getBytes(StandardCharsets.UTF_8);
    attacks.put(
        "POST /api/v1/people/apply",
        List.of(new Attack("/api/v1/people/apply", file, StepUps.APPLY_ORDER + Sha256.text(file))));
    attacks.put(
        "POST /api/v1/people/check", List.of(new Attack("/api/v1/people/check", file, null)));
    attacks.put(
        "POST /api/v1/people/undo",
        List.of(
            Attack.post("/api/v1/people/undo", new OrderNamed(order), StepUps.UNDO_ORDER + order)));
    String session = Session.nameOf(session(THEIRS).hash());
    attacks.put(
        "POST /api/v1/sessions/end",
        List.of(
            Attack.post(
                "/api/v1/sessions/end", new NamedSession(session), StepUps.END_SESSION + session)));
    String passkey = Sha256.text(new byte[] {7});
    attacks.put(
        "POST /api/v1/passkeys/remove",
        List.of(
            Attack.post(
                "/api/v1/passkeys/remove",
                new jp.sekisho.protocol.NamedPasskey(passkey),
                StepUps.REMOVE_PASSKEY + passkey)));
    for (String route : List.of("search", "export", "export.csv", "export.jsonl")) {
      attacks.put(
          "GET /api/v1/log/" + route,
          List.of(Attack.get("/api/v1/log/" + route + "?log=education")));
    }
    attacks.put(
        "POST /api/v1/log/export",
        List.of(
            Attack.post(
                "/api/v1/log/export",
                new NamedExport("education", SealCode.random().reveal()),
                null)));
    attacks.put(
        "GET /api/v1/log/retention", List.of(Attack.get("/api/v1/log/retention?log=education")));
    attacks.put(
        "POST /api/v1/log/holds",
        List.of(
            Attack.post("/api/v1/log/holds?log=education", new LogHold("", "監査第1号"), null),
            Attack.post("/api/v1/log/holds?log=system", new LogHold("", "監査第1号"), null)));
    attacks.put(
        "POST /api/v1/log/holds/lift",
        List.of(
            Attack.post(
                "/api/v1/log/holds/lift?log=education",
                new LogHold("8d969eef6ecad3c2", "監査第1号"),
                null),
            Attack.post("/api/v1/log/holds/lift", new LogHold("8d969eef6ecad3c2", "監査第1号"), null)));
    attacks.put(
        "GET /log/{log}/{generation}/tile/{rest}",
        List.of(Attack.get("/log/education/1/tile/entries/000.p/1")));
    return attacks;
  }

  private static NewGrant wish() {
    return new NewGrant(
        THEIRS,
        "T-0002",
        "M-0002",
        "学齢簿の読み込み",
        null,
        null,
        null,
        1,
        NOW.toString(),
        NOW.plus(Duration.ofHours(1)).toString(),
        10);
  }

  private String grantOfTheirs() throws Exception {
    HttpResponse<String> made = send(Attack.post("/api/v1/grants", wish(), null), session(THEIRS));
    assertEquals(201, made.statusCode(), made.body());
    return WireJson.read(made.body().getBytes(StandardCharsets.UTF_8), GrantView.class).id();
  }

  /** Names a terminal of theirs. */
  private static NewMeasure deviation() {
    return new NewMeasure(
        List.of("T-0002"),
        null,
        null,
        "更新まで",
        "週1回点検する",
        null,
        "2026-11-21",
        "2027-01-31",
        "2027-03-31",
        null);
  }

  private static NewBreach leak(@Nullable String origin, @Nullable String item) {
    return new NewBreach(NOW.toString(), List.of("system"), origin, item);
  }

  private String breachOfTheirs() throws Exception {
    HttpResponse<String> made =
        send(Attack.post("/api/v1/breaches", leak(null, null), null), session(THEIR_HEAD));
    assertEquals(201, made.statusCode(), made.body());
    return WireJson.read(made.body().getBytes(StandardCharsets.UTF_8), BreachView.class).id();
  }

  private String measureOfTheirs() throws Exception {
    HttpResponse<String> made =
        send(Attack.post("/api/v1/measures", deviation(), null), session(THEIR_HEAD));
    assertEquals(201, made.statusCode(), made.body());
    return WireJson.read(made.body().getBytes(StandardCharsets.UTF_8), MeasureView.class).id();
  }

  @Test
  @DisplayName("R25, R27: every route of the people's port refuses the ids of another organ")
  void everyRoute() throws Exception {
    String grant = grantOfTheirs();
    String order =
        imported(
            PERSONS.substring(0, PERSONS.indexOf('\n') + 1)
                + "500050,教育 新人,education,kyoiku,教育課,主事,2027-04-01,,CLERK\n");
    Map<String, List<Attack>> attacks = attacks(grant, measureOfTheirs(), breachOfTheirs(), order);
    Set<String> known = new TreeSet<>(attacks.keySet());
    known.addAll(WITHOUT_IDS);
    assertEquals(
        known, OpenApi.peoplesRoutes(), "routes that this test does not know, or that are no more");

    StringBuilder let = new StringBuilder();
    for (String person : OURS) {
      Token session = session(person);
      attacks.forEach((route, all) -> {
        for (Attack attack : all) {
          if (attack.proof() != null) {
            server
                .context
                .getBean(StepUps.class)
                .add(Session.nameOf(session.hash()), attack.proof(), true, false);
          }
          HttpResponse<String> answer = send(attack, session);
          if (!isRefused(route, answer) || answer.body().contains("教育")) {
            let.append(person).append(' ').append(route).append(' ').append(attack.path());
            let.append(": ").append(answer.statusCode()).append(' ');
            let.append(answer.body(), 0, Math.min(200, answer.body().length())).append('\n');
          }
        }
      });
    }
    assertEquals("", let.toString());
    assertTrue(send(Attack.get("/api/v1/grants/" + grant), session(THEIRS)).body().contains(grant));
  }

  /**
   * 403 or 404, or the refusals that a feature has for what is not there: none of them says whether
   * it is anywhere else.
   */
  private static boolean isRefused(String route, HttpResponse<String> answer) {
    return switch (route) {
      // Looked at in words: the fault is in the answer.
      case "POST /api/v1/people/check" ->
          answer.statusCode() == 403
              || (answer.statusCode() == 200 && answer.body().contains("NOT_YOURS"));
      case "POST /api/v1/people/apply" ->
          answer.statusCode() == 403 || answer.body().contains("\"ORDER_INVALID\"");
      case "POST /api/v1/people/undo" ->
          answer.statusCode() == 403 || answer.body().contains("\"ORDER_NOT_UNDOABLE\"");
      // Says of no terminal whether it stands anywhere else.
      case "POST /api/v1/breaches" -> answer.body().contains("\"BREACH_ORIGIN\"");
      case "POST /api/v1/measures" ->
          answer.statusCode() == 403 || answer.body().contains("\"MEASURE_SUBJECT\"");
      // Numbers are one row in the installation, as staff numbers are.
      case "POST /api/v1/media" ->
          answer.statusCode() == 403 || answer.body().contains("\"MEDIUM_TAKEN\"");
      // Says of nobody whether they work anywhere else.
      case "POST /api/v1/absences", "POST /api/v1/absences/end" ->
          answer.body().contains("\"ABSENCE_INVALID\"");
      default -> Set.of(403, 404).contains(answer.statusCode());
    };
  }

  @Test
  void aRequestNamesNobodyAndNothingOfAnotherOrgan() throws Exception {
    for (String person : OURS) {
      NewGrant wish =
          new NewGrant(
              THEIRS,
              "T-0002",
              "M-0002",
              "理由",
              null,
              null,
              null,
              1,
              NOW.toString(),
              NOW.plus(Duration.ofHours(1)).toString(),
              10);
      HttpResponse<String> answer =
          send(Attack.post("/api/v1/grants", wish, null), session(person));
      assertEquals(409, answer.statusCode(), answer.body());
      assertTrue(answer.body().contains("GRANT_MEDIUM"), answer.body());
      assertFalse(answer.body().contains("教育"), answer.body());
    }
  }
}
