package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.table.OcsfLines;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.BreachView;
import jp.sekisho.protocol.ClosedBreach;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.NamedExport;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.NewPasskey;
import jp.sekisho.protocol.PasskeyOptions;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.ReportedBreach;
import jp.sekisho.protocol.SetupCodeTyped;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.auditor.NamesOfLog;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.session.SampleSession;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.SessionCookies;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.session.Token;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.setup.SetupCode;
import jp.sekisho.server.terminal.Agent;
import jp.sekisho.server.terminal.RunningServer;
import jp.sekisho.server.web.ApiRoutes;
import jp.sekisho.server.web.SeededRequests;
import jp.sekisho.server.web.SeededRequests.Seeded;
import jp.sekisho.server.webauthn.PasskeyScene;
import jp.sekisho.server.webauthn.SoftAuthenticator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * R16: a run in which names, a 個人番号 and text as from a clipboard are put into every field that a
 * person can fill; then every table, tile, file, log line and export is searched for them. Names of
 * staff stand in the tables of persons alone.
 *
 * <p>Every route of {@link ApiRoutes} is driven, with each text in each part of its path,
 * parameter, header and field ({@link SeededRequests}): a new one is driven as well, or fails this
 * test. Where a field is looked at only after something else was done, the steps before it are done
 * here.
 *
 * <p>Over 400 lines, for one run fills what all of its searches look through.
 */
class NoPersonalDataTest {
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
  private static final List<String> NUMBERS =
      List.of("123456789018", "1234-5678-9018", "1234 5678 9018", "１２３４５６７８９０１８");
  private static final String RESIDENT = "住民山田花代";
  private static final String CLIPBOARD = "コピーした課税台帳の一行";
  private static final List<String> TEXTS =
      Stream.concat(NUMBERS.stream(), Stream.of(RESIDENT, CLIPBOARD)).toList();

  /** Those for every place of every route: one of a kind. */
  private static final List<String> EVERYWHERE = List.of(NUMBERS.get(0), NUMBERS.get(1), RESIDENT);

  /** Every office but the auditor's. */
  private static final String OFFICER = "900001";

  private static final String OFFICERS =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      900001,役職 全子,mayor,0001,総務課,部長,2026-04-01,2027-03-31,CLERK;APPROVER;ADMIN;CISO;POLICY_OFFICER
      """;

  /** What the database says when it can write nothing. */
  private static final String FULL = "the disk is full";

  /** What the officer has taken in, again and again. */
  private static final String FILE =
      """
      staff_number,name,organ,division,division_name,post,from,until,roles
      900009,新人 一子,mayor,0101,市民課,主事,2026-04-01,2027-03-31,CLERK
      """;

  /** Names in the CSV of {@link GrantScene}. */
  private static final List<String> STAFF = List.of("関 所太郎", "承認 一郎", "承認 二郎", "監査 花子");

  /** Where a name of staff may stand. */
  private static final Set<String> PERSON_TABLES = Set.of("person", "personnel_order_person");

  /** What an administrator writes into a personnel file or the form of the first start. */
  private static final String DIRECTORY = "the directory's names of people, posts and divisions";

  /** Where a text of words may stand, and why; a 個人番号 may stand nowhere. */
  private static final Map<String, String> MAY_HOLD_WORDS =
      Map.ofEntries(
          Map.entry("export_request", "what an applicant writes and an approver reads and signs"),
          Map.entry("export_extension", "the same, of more time of use"),
          Map.entry("emergency_case", "what is reported of an emergency measure, and confirmed"),
          Map.entry("exceptional_measure", "what is asked of the CISO, and what a review found"),
          Map.entry("breach_case", "what is reported of a leak, and why none is"),
          Map.entry("passkey", "what the holder calls a key"),
          Map.entry("person", DIRECTORY),
          Map.entry("post", DIRECTORY),
          Map.entry("division", DIRECTORY),
          Map.entry("personnel_order", DIRECTORY),
          Map.entry("personnel_order_person", DIRECTORY));

  private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9_-]{16,}");

  private final Map<String, String> places = new TreeMap<>();
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void whatIsTypedOrImportedIsInNoLogTileOrExport() throws Exception {
    ListAppender<ILoggingEvent> technicians = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    technicians.start();
    root.addAppender(technicians);
    TestCa ca = new TestCa("Staff CA", NOW);
    try (RunningServer fresh = RunningServer.startAt(NOW)) {
      ca.writeTrust(fresh.installation.staffTrust(), List.of());
      driveSetup(fresh, ca);
      collect(fresh, "first start: ");
    }
    try (GrantScene scene = new GrantScene(NOW, ca, config -> config)) {
      scene.employ(OFFICERS, List.of(OFFICER));
      drive(scene, ca);
      GrantScene.Desk clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
      sendBackEverywhere(scene, clerk);
      extendEverywhere(scene, clerk);
      reportEverywhere(scene, clerk);
      deviateEverywhere(scene);
      leakEverywhere(scene);
      nameKeysEverywhere(scene);
      scene.employ(FILE.replace("新人", RESIDENT).replace("主事", RESIDENT), List.of());
      GrantScene.Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
      assertEquals(200, scene.send("GET", "/log", null, auditor.cookie()).statusCode());
      scene.server.installation.logs().integrateNow();
      EntryIndex index =
          new EntryIndex(scene.server.installation.database(), scene.server.installation.logs());
      assertEquals(0, index.catchUp("mayor", 100_000));
      collectExports(scene, auditor);
      collect(scene.server, "");
    } finally {
      root.detachAppender(technicians);
    }
    StringBuilder lines = new StringBuilder();
    technicians.list.forEach(event -> {
      lines.append(event.getFormattedMessage()).append('\n');
      if (event.getThrowableProxy() != null) {
        lines.append(ThrowableProxyUtil.asString(event.getThrowableProxy())).append('\n');
      }
    });
    assertTrue(lines.indexOf(FULL) >= 0, "what failed at the database is told there");
    places.put("technicians' log", lines.toString());
    places.replaceAll((_, content) -> content + decoded(content));

    StringBuilder wrong = new StringBuilder();
    for (String number : NUMBERS) {
      judge(number, Set.of(), wrong);
    }
    for (String words : List.of(RESIDENT, CLIPBOARD)) {
      judge(words, MAY_HOLD_WORDS.keySet(), wrong);
    }
    for (String name : STAFF) {
      judge(name, PERSON_TABLES, wrong);
      judge(name.replace(" ", ""), Set.of(), wrong);
    }
    assertEquals("", wrong.toString());
    // The search finds what is there.
    assertEquals(MAY_HOLD_WORDS.keySet(), tables(where(RESIDENT)));
    STAFF.forEach(name -> assertEquals(PERSON_TABLES, tables(where(name)), name));
  }

  /** Writes down where a text stands and may not, and the first line of each such place. */
  private void judge(String text, Set<String> allowed, StringBuilder wrong) {
    for (String place : where(text)) {
      if (!allowed.containsAll(tables(Set.of(place)))) {
        wrong.append(place).append(" holds ").append(text).append('\n');
        places
            .getOrDefault(place, "")
            .lines()
            .filter(line -> line.contains(text))
            .limit(1)
            .forEach(line -> wrong.append(line).append('\n'));
      }
    }
  }

  /** Every route of both ports, with every text in every place. */
  private void drive(GrantScene scene, TestCa ca) throws Exception {
    RunningServer server = scene.server;
    Agent device = server.active("T-0003");
    Agent service = server.service("keycloak", "city", "https://sso.city.example");
    GrantScene.Desk clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
    String emergency = emergency(scene, 1);
    String measure = measure(scene, scene.login(GrantScene.APPROVER, scene.approverPc)).id();
    String breach = breach(scene.login(GrantScene.APPROVER, scene.approverPc), scene);
    for (String text : EVERYWHERE) {
      server.clock.forward(Duration.ofMinutes(1));
      Token sacrifice = session(server, GrantScene.SECOND);
      SeededRequests requests =
          new SeededRequests(
              new SeededRequests.Known(
                  GrantScene.CLERK,
                  GrantScene.SECOND,
                  "T-0001",
                  GrantScene.MEDIUM,
                  Session.nameOf(sacrifice.hash()),
                  scene.requested(clerk).id(),
                  measure,
                  breach,
                  emergency,
                  server.clock.instant().toString(),
                  server.clock.instant().plus(Duration.ofHours(1)).toString(),
                  FILE,
                  ca.issue(GrantScene.SECOND, TestCa.p256().getPublic()).getEncoded()));
      List<Token> people = List.of(session(server, OFFICER), session(server, GrantScene.AUDITOR));
      for (ApiRoutes.Route route : ApiRoutes.all()) {
        List<Token> asking =
            route.who() == ApiRoutes.Who.SESSION
                ? people
                : List.of(session(server, GrantScene.COLLEAGUE)); // may be logged out by it
        for (Seeded one : requests.with(route, text)) {
          if (route.path().startsWith("/agent/")) {
            HttpResponse<byte[]> answer =
                send(route.who() == ApiRoutes.Who.SERVICE ? service : device, one);
            assertTrue(answer.statusCode() < 500, one.toString());
          } else {
            for (Token session : asking) {
              HttpResponse<String> answer = send(server, one, session, SessionCookies.SESSION);
              assertTrue(answer.statusCode() < 500, one + " " + answer.body());
            }
          }
        }
      }
      if (text.equals(RESIDENT)) {
        driveWithAFullDisk(server, requests);
      }
    }
  }

  /**
   * The same while no row of a person's words can be written: what failed is told with its cause.
   */
  private void driveWithAFullDisk(RunningServer server, SeededRequests requests) throws Exception {
    var writer = server.installation.database().writer();
    List<String> kinds = List.of("insert", "update");
    for (String table : MAY_HOLD_WORDS.keySet()) {
      for (String kind : kinds) {
        writer.<Integer, RuntimeException>sequence(h ->
            h.execute(
                "create trigger full_%s_%s before %s on %s begin select raise(abort, '%s'); end"
                    .formatted(kind, table, kind, table, FULL)));
      }
    }
    for (ApiRoutes.Route route : ApiRoutes.all()) {
      if (route.who() == ApiRoutes.Who.SESSION && route.method().equals("POST")) {
        for (Seeded one : requests.with(route, RESIDENT)) {
          int _ = send(server, one, session(server, OFFICER), SessionCookies.SESSION).statusCode();
        }
      }
    }
    for (String table : MAY_HOLD_WORDS.keySet()) {
      for (String kind : kinds) {
        writer.<Integer, RuntimeException>sequence(
            h -> h.execute("drop trigger full_%s_%s".formatted(kind, table)));
      }
    }
  }

  /** The routes of the first start, while it is open. */
  private void driveSetup(RunningServer fresh, TestCa ca) throws Exception {
    Setup.demand(fresh.installation.directory());
    SetupCode code =
        fresh
            .installation
            .transactions()
            .write(change -> {
              Organs.create(change.handle(), Map.of("mayor", "市長部局", "education", "教育委員会"));
              return Setup.of(fresh.installation).begin(change);
            });
    SeededRequests requests =
        new SeededRequests(
            new SeededRequests.Known(
                "100001",
                "100001",
                "T-0001",
                GrantScene.MEDIUM,
                "",
                "",
                "",
                "",
                "",
                NOW.toString(),
                NOW.toString(),
                FILE,
                ca.issue("100001", TestCa.p256().getPublic()).getEncoded()));
    ApiRoutes.Route typed =
        ApiRoutes.all().stream()
            .filter(route -> route.path().equals("/authn/v1/setup/code"))
            .findFirst()
            .orElseThrow();
    Seeded right =
        new Seeded(
            typed,
            "",
            typed.path(),
            WireJson.write(new SetupCodeTyped(code.text())),
            Map.of(),
            null);
    HttpResponse<String> entered = send(fresh, right, Token.random(), SessionCookies.SETUP);
    assertEquals(200, entered.statusCode(), entered.body());
    String set = entered.headers().firstValue("Set-Cookie").orElseThrow();
    Token holder = Token.parse(set.substring(set.indexOf('=') + 1, set.indexOf(';'))).orElseThrow();
    for (String text : TEXTS) {
      fresh.clock.forward(Duration.ofMinutes(1)); // tries of the code are counted by the minute
      for (ApiRoutes.Route route : ApiRoutes.all()) {
        if (!route.path().contains("/setup")) {
          continue;
        }
        for (Seeded one : requests.with(route, text)) {
          boolean usual = one.place().startsWith("?") || one.place().equals("headers");
          if (usual && route.who() == ApiRoutes.Who.SETUP && !text.equals(TEXTS.getLast())) {
            continue; // it would succeed, and nothing after it would be read
          }
          HttpResponse<String> answer =
              route.who() == ApiRoutes.Who.SESSION
                  ? send(fresh, one, session(fresh, "100001"), SessionCookies.SESSION)
                  : send(fresh, one, holder, SessionCookies.SETUP);
          assertTrue(answer.statusCode() < 500, one + " " + answer.body());
        }
      }
    }
  }

  private static Token session(RunningServer server, String person) {
    return SampleSession.open(server.context, person, "mayor");
  }

  private HttpResponse<String> send(RunningServer server, Seeded one, Token token, String cookie)
      throws Exception {
    String origin = server.installation.config().origin();
    String proof = one.proof();
    if (proof != null && cookie.equals(SessionCookies.SESSION)) {
      server.context.getBean(StepUps.class).add(Session.nameOf(token.hash()), proof, true, false);
    }
    byte[] body = one.body();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + one.path()))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .header("Cookie", cookie + "=" + token.secret());
    one.headers().forEach(request::header);
    if (one.route().method().equals("POST")) {
      request
          .header("Origin", origin)
          .POST(HttpRequest.BodyPublishers.ofByteArray(body == null ? new byte[0] : body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<byte[]> send(Agent agent, Seeded one) throws Exception {
    if (one.route().method().equals("GET")) {
      return agent.get(
          one.path(),
          one.headers().entrySet().stream()
              .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
              .toArray(String[]::new));
    }
    byte[] body = one.body();
    return agent.send("POST", one.path(), body == null ? new byte[0] : body);
  }

  /** What an approver writes when a request goes back, and each field of what comes again. */
  private static void sendBackEverywhere(GrantScene scene, GrantScene.Desk clerk) throws Exception {
    GrantScene.Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    for (String text : TEXTS) {
      String path = "/api/v1/grants/" + scene.requested(clerk).id();
      HttpResponse<String> answer =
          scene.send("POST", path + "/remand", new RemandReason(text), approver.cookie());
      assertEquals(NUMBERS.contains(text) ? 400 : 200, answer.statusCode(), answer.body());
      if (NUMBERS.contains(text)) {
        scene.send("POST", path + "/remand", new RemandReason("日付を直す"), approver.cookie());
      }
      for (NewGrant mended : withEverywhere(scene.wanted(), text)) {
        answer = scene.send("POST", path + "/correct", mended, clerk.cookie());
        assertTrue(answer.statusCode() < 500, answer.body());
        if (NUMBERS.contains(text)) {
          assertTrue(answer.statusCode() >= 400, text + ": " + answer.body());
        }
      }
      for (NewGrant grant : withEverywhere(scene.wanted(), text)) {
        answer = scene.send("POST", "/api/v1/grants", grant, clerk.cookie());
        assertTrue(answer.statusCode() < 500, answer.body());
        if (NUMBERS.contains(text)) {
          assertTrue(answer.statusCode() >= 400, text + ": " + answer.body());
        }
      }
    }
  }

  /** Why more time of use is asked for. */
  private static void extendEverywhere(GrantScene scene, GrantScene.Desk clerk) throws Exception {
    GrantScene.Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    String id = scene.requested(clerk).id();
    assertEquals(200, scene.approve(approver, id).statusCode());
    assertEquals(200, scene.activate(scene.clerkPc, id, 1).statusCode());
    String end = scene.view(approver, id).end();
    for (String text : TEXTS) {
      HttpResponse<String> answer =
          scene.send(
              "POST",
              "/api/v1/grants/" + id + "/extend",
              new MoreTime(text, end, 20),
              clerk.cookie());
      // The second asks while the first waits for its approval.
      int expected = NUMBERS.contains(text) ? 400 : text.equals(RESIDENT) ? 200 : 409;
      assertEquals(expected, answer.statusCode(), answer.body());
    }
  }

  /** An emergency measure that a terminal told of. */
  private static String emergency(GrantScene scene, int number) throws Exception {
    byte[] bytes = new byte[16];
    bytes[0] = (byte) number;
    String id = Base64Url.encode(bytes);
    EmergencyEvent.Opened opened =
        new EmergencyEvent.Opened(
            id,
            GrantScene.CLERK,
            List.of(GrantScene.APPROVER, GrantScene.SECOND),
            GrantScene.FINGERPRINT,
            "3-1",
            30,
            "disaster");
    assertEquals(200, scene.clerkPc.events(scene.clerkPc.record(opened)).statusCode());
    return id;
  }

  private static void reportEverywhere(GrantScene scene, GrantScene.Desk clerk) throws Exception {
    String id = emergency(scene, 2);
    for (String text : TEXTS) {
      for (EmergencyReport report :
          List.of(
              new EmergencyReport(text, "名簿", "総第1号"),
              new EmergencyReport("係員", text, "総第1号"),
              new EmergencyReport("係員", "名簿", text))) {
        HttpResponse<String> answer =
            scene.send("POST", "/api/v1/emergencies/" + id + "/report", report, clerk.cookie());
        assertEquals(NUMBERS.contains(text) ? 400 : 200, answer.statusCode(), answer.body());
      }
    }
  }

  /** A case of a leak that is open. */
  private static String breach(GrantScene.Desk by, GrantScene scene) throws Exception {
    HttpResponse<String> answer =
        scene.send(
            "POST",
            "/api/v1/breaches",
            new NewBreach(scene.server.clock.instant().toString(), List.of("system"), null, null),
            by.cookie());
    assertEquals(201, answer.statusCode(), answer.body());
    return GrantScene.read(answer, BreachView.class).id();
  }

  private static NewMeasure measure(@Nullable String[] in) {
    return new NewMeasure(
        in[0] == null ? List.of() : List.of(in[0]),
        in[1],
        in[2],
        String.valueOf(in[3]),
        String.valueOf(in[4]),
        in[5],
        in[6],
        in[7],
        "2027-03-31",
        in[8]);
  }

  private static @Nullable String[] usualMeasure() {
    return new String[] {"T-0001", null, null, "理由", "点検", null, "2026-11-21", "2027-03-31", null};
  }

  private static MeasureView measure(GrantScene scene, GrantScene.Desk by) throws Exception {
    HttpResponse<String> answer =
        scene.send("POST", "/api/v1/measures", measure(usualMeasure()), by.cookie());
    assertEquals(201, answer.statusCode(), answer.body());
    return GrantScene.read(answer, MeasureView.class);
  }

  /** Every item of a case of a leak, and what is said with each of its steps. */
  private static void leakEverywhere(GrantScene scene) throws Exception {
    GrantScene.Desk keeper = scene.login(GrantScene.APPROVER, scene.approverPc);
    String today =
        scene.server.clock.instant().atZone(ZoneId.of("Asia/Tokyo")).toLocalDate().toString();
    for (String text : TEXTS) {
      String id = breach(keeper, scene);
      int expected = NUMBERS.contains(text) ? 400 : 200;
      for (String item : breachItems(scene, keeper, id).byName().keySet()) {
        BreachItems shown = breachItems(scene, keeper, id);
        Map<String, String> items = new TreeMap<>(shown.byName());
        items.put(item, text);
        leak(
            scene,
            keeper,
            id,
            "amend",
            new AmendedBreach(
                AmendedBreach.shown(List.of("system"), shown),
                List.of("system"),
                BreachItems.of(items)),
            expected);
      }
      leak(scene, keeper, id, "report", new ReportedBreach("both", today, text), expected);
      leak(scene, keeper, id, "close", new ClosedBreach(text), expected);
    }
  }

  private static BreachItems breachItems(GrantScene scene, GrantScene.Desk by, String id)
      throws Exception {
    return GrantScene.read(
            scene.send("GET", "/api/v1/breaches/" + id, null, by.cookie()), BreachView.class)
        .items();
  }

  private static void leak(
      GrantScene scene, GrantScene.Desk by, String id, String step, Object said, int expected)
      throws Exception {
    Token token = Token.parse(by.cookie().substring(by.cookie().indexOf('=') + 1)).orElseThrow();
    scene
        .server
        .context
        .getBean(StepUps.class)
        .add(Session.nameOf(token.hash()), "breach-" + step + ":" + id, true, false);
    HttpResponse<String> answer =
        scene.send("POST", "/api/v1/breaches/" + id + "/" + step, said, by.cookie());
    assertEquals(expected, answer.statusCode(), answer.body());
  }

  /** Every field of an exceptional measure, and what is said with each of its steps. */
  private static void deviateEverywhere(GrantScene scene) throws Exception {
    GrantScene.Desk asker = scene.login(GrantScene.APPROVER, scene.clerkPc);
    GrantScene.Desk ciso = scene.login(OFFICER, scene.approverPc);
    for (String text : TEXTS) {
      for (int field = 0; field < 9; field++) {
        @Nullable String[] in = usualMeasure();
        in[field] = text;
        if (field == 1) {
          in[0] = null;
        }
        HttpResponse<String> answer =
            scene.send("POST", "/api/v1/measures", measure(in), asker.cookie());
        assertTrue(answer.statusCode() < 500, answer.body());
        if (NUMBERS.contains(text)) {
          assertTrue(answer.statusCode() >= 400, text + ": " + answer.body());
        }
      }
      int expected = NUMBERS.contains(text) ? 400 : 200;
      say(scene, ciso, measure(scene, asker), "reject", text, expected);
      MeasureView permitted = measure(scene, asker);
      assertEquals(200, scene.approve(ciso, permitted.id()).statusCode());
      say(scene, ciso, permitted, "review", text, expected);
      say(scene, asker, permitted, "end", text, expected);
    }
  }

  private static void say(
      GrantScene scene, GrantScene.Desk by, MeasureView of, String step, String text, int expected)
      throws Exception {
    HttpResponse<String> answer =
        scene.send(
            "POST", "/api/v1/measures/" + of.id() + "/" + step, new MeasureNote(text), by.cookie());
    assertEquals(expected, answer.statusCode(), step + " " + answer.body());
  }

  /** What a person calls a key. */
  private void nameKeysEverywhere(GrantScene scene) throws Exception {
    PasskeyScene.list(scene.server.installation);
    Token session = session(scene.server, GrantScene.CLERK);
    String cookie = SessionCookies.SESSION + "=" + session.secret();
    for (String text : TEXTS) {
      scene
          .server
          .context
          .getBean(StepUps.class)
          .add(Session.nameOf(session.hash()), StepUps.REGISTER_PASSKEY, true, false);
      PasskeyOptions options =
          GrantScene.read(
              scene.send("POST", "/api/v1/passkeys/options", null, cookie), PasskeyOptions.class);
      NewPasskey made = new SoftAuthenticator(scene.origin()).make(options);
      HttpResponse<String> answer =
          scene.send(
              "POST",
              "/api/v1/passkeys",
              new NewPasskey(text, made.id(), made.clientDataJson(), made.attestationObject()),
              cookie);
      assertEquals(NUMBERS.contains(text) ? 400 : 201, answer.statusCode(), answer.body());
    }
  }

  /** The request with {@code text} in one field after the other. */
  private static List<NewGrant> withEverywhere(NewGrant usual, String text) {
    List<NewGrant> grants = new ArrayList<>();
    for (int field = 0; field < 9; field++) {
      String[] in = {
        usual.person(),
        usual.terminal(),
        usual.medium(),
        usual.reason(),
        usual.document(),
        usual.legalBasis(),
        usual.providedTo(),
        usual.start(),
        usual.end()
      };
      in[field] = text;
      grants.add(
          new NewGrant(
              in[0], in[1], in[2], in[3], in[4], in[5], in[6], 12, in[7], in[8], usual.minutes()));
    }
    return grants;
  }

  private void collect(RunningServer server, String prefix) throws Exception {
    server.installation.logs().integrateNow();
    collectTables(server, prefix);
    collectTiles(server, prefix);
    collectFiles(server, prefix);
  }

  private void collectTables(RunningServer server, String prefix) {
    var database = server.installation.database();
    List<String> tables =
        database.read(h ->
            h.createQuery("select name from sqlite_master where type = 'table'")
                .mapTo(String.class)
                .list());
    assertTrue(tables.containsAll(List.of("audit_entry", "audit_find", "person")), "" + tables);
    for (String table : tables) {
      StringBuilder text = new StringBuilder();
      database
          .read(h -> h.createQuery("select * from " + table).mapToMap().list())
          .forEach(row -> row.values().forEach(value -> text.append(text(value)).append('\n')));
      places.put(prefix + "table " + table, text.toString());
    }
  }

  private void collectTiles(RunningServer server, String prefix) {
    var logs = server.installation.logs();
    for (String log : logs.names()) {
      long size = logs.newest(log).index() + 1;
      for (long tile = 0; tile * 256 < size; tile++) {
        byte[] bytes = logs.tile(log, EntryTilePath.of(tile, size)).orElseThrow();
        places.put(prefix + "tile " + log + " " + tile, new String(bytes, StandardCharsets.UTF_8));
      }
    }
  }

  private void collectExports(GrantScene scene, GrantScene.Desk auditor) throws Exception {
    for (String kind : List.of("export.csv", "export.jsonl")) {
      HttpResponse<String> taken =
          scene.send("GET", "/api/v1/log/" + kind + "?log=mayor", null, auditor.cookie());
      assertEquals(200, taken.statusCode());
      places.put(kind, taken.body());
    }
    for (String page : List.of("/log", "/log?event=grant", "/log?preset=off-hours", "/log-sheet")) {
      places.put("page " + page, scene.send("GET", page, null, auditor.cookie()).body());
    }
    var logs = scene.server.installation.logs();
    for (String log : logs.names()) {
      // One bundle for both: the log goes on growing, by the pages just read among others.
      LogBundle bundle = logs.bundle(log);
      ByteArrayOutputStream zip = new ByteArrayOutputStream();
      bundle.writeZip(zip);
      putMembers("bundle " + log, zip);
      ByteArrayOutputStream events = new ByteArrayOutputStream();
      OcsfLines ocsf = new OcsfLines(events, logs.newest(log).logOrigin());
      Iterator<byte[]> entries = bundle.entries();
      for (long index = 0; entries.hasNext(); index++) {
        ocsf.take(index, entries.next());
      }
      assertEquals(bundle.size(), events.toString(StandardCharsets.UTF_8).lines().count(), log);
      places.put("ocsf " + log, events.toString(StandardCharsets.UTF_8));
    }
    // The only export that has names, sealed: whoever lacks the code finds none.
    try (SealCode code = SealCode.random()) {
      HttpResponse<String> taken =
          scene.send(
              "POST",
              "/api/v1/log/export",
              new NamedExport("mayor", code.reveal()),
              auditor.cookie());
      assertEquals(200, taken.statusCode());
      ByteArrayOutputStream zip = new ByteArrayOutputStream();
      NameTable names = NamesOfLog.of(scene.server.installation, "mayor");
      assertEquals(STAFF.getFirst(), names.name(GrantScene.CLERK, LocalDate.of(2026, 11, 21)));
      logs.bundle("mayor").writeZip(zip, names, code);
      putMembers("bundle with names", zip);
      assertTrue(places.containsKey("bundle with names names.sealed"), places.keySet().toString());
    }
  }

  private void putMembers(String what, ByteArrayOutputStream zip) throws IOException {
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip.toByteArray()))) {
      for (ZipEntry member = in.getNextEntry(); member != null; member = in.getNextEntry()) {
        places.put(
            what + " " + member.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  /** The database file holds the person tables; it is searched table by table instead. */
  private void collectFiles(RunningServer server, String prefix) throws Exception {
    Path data = server.installation.directory().root();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().startsWith("sekisho.db")) {
          places.put(
              prefix + "file " + data.relativize(file),
              new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static String text(@Nullable Object value) {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : String.valueOf(value);
  }

  /** What stands in a text as base64url, such as a signed text in an entry. */
  private static String decoded(String content) {
    StringBuilder all = new StringBuilder();
    for (Matcher found = ENCODED.matcher(content); found.find(); ) {
      try {
        all.append(new String(Base64Url.decode(found.group()), StandardCharsets.UTF_8))
            .append('\n');
      } catch (MalformedException e) {
        // Only looks like it.
      }
    }
    return all.toString();
  }

  /** Where a text stands: as it is, or as an address has it. */
  private Set<String> where(String text) {
    Set<String> found = new TreeSet<>();
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    String asPath = encoded.replace("+", "%20");
    places.forEach((place, content) -> {
      if (content.contains(text) || content.contains(encoded) || content.contains(asPath)) {
        found.add(place);
      }
    });
    return found;
  }

  /** The names of the tables; any other place as it is called. */
  private static Set<String> tables(Set<String> places) {
    Set<String> names = new TreeSet<>();
    for (String place : places) {
      int at = place.indexOf("table ");
      names.add(at < 0 ? place : place.substring(at + "table ".length()));
    }
    return names;
  }
}
