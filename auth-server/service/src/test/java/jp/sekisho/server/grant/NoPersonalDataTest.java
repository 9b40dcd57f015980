package jp.sekisho.server.grant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
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
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.table.OcsfLines;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.LogHold;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.NamedExport;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.event.EmergencyEvent;
import jp.sekisho.server.audit.EntryIndex;
import jp.sekisho.server.audit.LogBundle;
import jp.sekisho.server.auditor.NamesOfLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * R16: a run in which names, a 個人番号 and text as from a clipboard are put into every field that a
 * person can fill; then every table, tile, file, log line and export is searched for them. Names of
 * staff stand in the tables of persons alone.
 *
 * <p>Past 400 lines: one run, its traces, and each place where they are looked for.
 */
class NoPersonalDataTest {
  private static final List<String> NUMBERS =
      List.of("123456789018", "1234-5678-9018", "1234 5678 9018", "１２３４５６７８９０１８");
  private static final String RESIDENT = "住民山田花代";
  private static final String CLIPBOARD = "コピーした課税台帳の一行";

  /** Names in the CSV of {@link GrantScene}. */
  private static final List<String> STAFF = List.of("関 所太郎", "承認 一郎", "承認 二郎", "監査 花子");

  /** Where a name of staff may stand. */
  private static final Set<String> PERSON_TABLES = Set.of("person", "personnel_order_person");

  /** Where what an applicant or reporter writes may stand: what another person reads and signs. */
  private static final Set<String> REQUEST_TABLES =
      Set.of("export_request", "emergency_case", "exceptional_measure");

  private final Map<String, String> places = new TreeMap<>();

  @Test
  void whatIsTypedOrImportedIsInNoLogTileOrExport() throws Exception {
    ListAppender<ILoggingEvent> technicians = new ListAppender<>();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    technicians.start();
    root.addAppender(technicians);
    try (GrantScene scene = new GrantScene()) {
      GrantScene.Desk clerk = scene.login(GrantScene.CLERK, scene.clerkPc);
      typeEverywhere(scene, clerk);
      sendBackEverywhere(scene, clerk);
      reportEverywhere(scene, clerk);
      deviateEverywhere(scene);
      GrantScene.Desk auditor = scene.login(GrantScene.AUDITOR, scene.approverPc);
      typeEverywhere(scene, auditor);
      assertEquals(200, scene.send("GET", "/log", null, auditor.cookie()).statusCode());
      scene.server.installation.logs().integrateNow();
      EntryIndex index =
          new EntryIndex(scene.server.installation.database(), scene.server.installation.logs());
      assertEquals(0, index.catchUp("mayor", 10_000));
      collectTables(scene);
      collectTiles(scene);
      collectExports(scene, auditor);
      collectFiles(scene);
    } finally {
      root.detachAppender(technicians);
    }
    StringBuilder lines = new StringBuilder();
    technicians.list.forEach(event -> lines.append(event.getFormattedMessage()).append('\n'));
    places.put("technicians' log", lines.toString());

    for (String number : NUMBERS) {
      assertEquals(Set.of(), where(number), number);
    }
    assertTrue(REQUEST_TABLES.containsAll(tables(where(RESIDENT))), where(RESIDENT).toString());
    assertTrue(REQUEST_TABLES.containsAll(tables(where(CLIPBOARD))), where(CLIPBOARD).toString());
    assertFalse(
        where(RESIDENT).isEmpty(), "the run typed it, so the search must be able to find it");
    for (String name : STAFF) {
      assertEquals(PERSON_TABLES, tables(where(name)), name);
      assertEquals(Set.of(), where(name.replace(" ", "")), name);
    }
  }

  /** Every field of every form, and what a program could put around them. */
  private static void typeEverywhere(GrantScene scene, GrantScene.Desk desk) throws Exception {
    List<String> texts = new ArrayList<>(NUMBERS);
    texts.add(RESIDENT);
    texts.add(CLIPBOARD);
    for (String text : texts) {
      for (NewGrant grant : withEverywhere(scene.wanted(), text)) {
        HttpResponse<String> answer = scene.send("POST", "/api/v1/grants", grant, desk.cookie());
        assertTrue(answer.statusCode() < 500, answer.body());
        if (NUMBERS.contains(text)) {
          assertTrue(answer.statusCode() >= 400, text + ": " + answer.body());
        }
      }
      String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
      for (String path :
          List.of(
              "/log?person=" + encoded,
              "/log?terminal=" + encoded,
              "/log?event=" + encoded,
              "/log?preset=" + encoded,
              "/log?preset=sample&seed=" + encoded,
              "/log?from=" + encoded,
              "/log?before=" + encoded,
              "/log?text=" + encoded,
              "/log?lang=" + encoded,
              "/log-sheet?x=" + encoded,
              "/grants/" + encoded,
              "/" + encoded,
              "/api/v1/log/search?log=" + encoded,
              "/api/v1/log/search?log=mayor&person=" + encoded,
              "/api/v1/log/export?log=" + encoded,
              "/log/" + encoded + "/1/checkpoint")) {
        HttpResponse<String> answer = scene.send("GET", path, null, desk.cookie());
        assertTrue(answer.statusCode() < 500, path + " " + answer.body());
        assertTrue(headers(scene, path, encoded) < 500, path);
      }
      for (String step : List.of("reject", "withdraw", "revoke", "return", encoded)) {
        scene.send("POST", "/api/v1/grants/" + encoded + "/" + step, text, desk.cookie());
      }
      for (String path : List.of("/api/v1/log/holds", "/api/v1/log/holds/lift")) {
        HttpResponse<String> hold =
            scene.send(
                "POST", path, new LogHold(path.endsWith("lift") ? text : "", text), desk.cookie());
        assertTrue(hold.statusCode() >= 400 && hold.statusCode() < 500, text + ": " + hold.body());
      }
      HttpResponse<String> named =
          scene.send("POST", "/api/v1/log/export", new NamedExport("mayor", text), desk.cookie());
      assertTrue(named.statusCode() >= 400 && named.statusCode() < 500, named.body());
      assertTrue(
          scene
                  .send("GET", "/api/v1/log/retention?log=" + encoded, null, desk.cookie())
                  .statusCode()
              < 500);
      scene.send("POST", "/authn/v1/transactions", new NewTransaction(text, text), desk.cookie());
      scene.send(
          "POST", "/authn/v1/transactions/" + encoded + "/answer", new PostedAnswer(text), null);
      scene.send("POST", "/authn/v1/logout", text, "__Host-sekisho-session=" + encoded);
    }
  }

  /** What an approver writes when a request goes back. */
  private static void sendBackEverywhere(GrantScene scene, GrantScene.Desk clerk) throws Exception {
    GrantScene.Desk approver = scene.login(GrantScene.APPROVER, scene.approverPc);
    List<String> texts = new ArrayList<>(NUMBERS);
    texts.add(RESIDENT);
    texts.add(CLIPBOARD);
    for (String text : texts) {
      String path = "/api/v1/grants/" + scene.requested(clerk).id() + "/remand";
      HttpResponse<String> answer =
          scene.send("POST", path, new RemandReason(text), approver.cookie());
      assertEquals(NUMBERS.contains(text) ? 400 : 200, answer.statusCode(), answer.body());
    }
  }

  private static void reportEverywhere(GrantScene scene, GrantScene.Desk clerk) throws Exception {
    String id = Base64Url.encode(new byte[16]);
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
    List<String> texts = new ArrayList<>(NUMBERS);
    texts.add(RESIDENT);
    texts.add(CLIPBOARD);
    for (String text : texts) {
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

  /** Every field of an exceptional measure, and what is said with its end. */
  private static void deviateEverywhere(GrantScene scene) throws Exception {
    GrantScene.Desk manager = scene.login(GrantScene.APPROVER, scene.approverPc);
    List<String> texts = new ArrayList<>(NUMBERS);
    texts.add(RESIDENT);
    texts.add(CLIPBOARD);
    for (String text : texts) {
      for (int field = 0; field < 9; field++) {
        String[] in = {"T-0001", "", "", "理由", "点検", "", "2026-11-21", "2027-03-31", ""};
        in[field] = text;
        NewMeasure wanted =
            new NewMeasure(
                field == 1 ? List.of() : List.of(in[0]),
                in[1],
                in[2],
                in[3],
                in[4],
                in[5],
                in[6],
                in[7],
                "2027-03-31",
                in[8]);
        HttpResponse<String> answer =
            scene.send("POST", "/api/v1/measures", wanted, manager.cookie());
        assertTrue(answer.statusCode() < 500, answer.body());
        if (NUMBERS.contains(text)) {
          assertTrue(answer.statusCode() >= 400, text + ": " + answer.body());
        }
      }
      String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
      HttpResponse<String> ended =
          scene.send(
              "POST",
              "/api/v1/measures/" + encoded + "/end",
              new MeasureNote(text),
              manager.cookie());
      assertTrue(ended.statusCode() >= 400 && ended.statusCode() < 500, ended.body());
    }
  }

  private static int headers(GrantScene scene, String path, String encoded) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(scene.origin() + path))
            .header("User-Agent", encoded)
            .header("Referer", scene.origin() + "/" + encoded)
            .header("Accept-Language", encoded)
            .header("X-Forwarded-For", encoded)
            .header(
                "Cookie", "__Host-sekisho-session=" + encoded + "; __Host-sekisho-lang=" + encoded)
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
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

  private void collectTables(GrantScene scene) {
    var database = scene.server.installation.database();
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
      places.put("table " + table, text.toString());
    }
  }

  private void collectTiles(GrantScene scene) {
    var logs = scene.server.installation.logs();
    for (String log : logs.names()) {
      long size = logs.newest(log).index() + 1;
      for (long tile = 0; tile * 256 < size; tile++) {
        byte[] bytes = logs.tile(log, EntryTilePath.of(tile, size)).orElseThrow();
        places.put("tile " + log + " " + tile, new String(bytes, StandardCharsets.UTF_8));
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
  private void collectFiles(GrantScene scene) throws Exception {
    Path data = scene.server.installation.directory().root();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().startsWith("sekisho.db")) {
          places.put(
              "file " + data.relativize(file),
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

  /** Where a text stands: as it is, or as an address has it. */
  private Set<String> where(String text) {
    Set<String> found = new TreeSet<>();
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    places.forEach((place, content) -> {
      if (content.contains(text) || content.contains(encoded)) {
        found.add(place);
      }
    });
    return found;
  }

  /** The names of the tables; any other place as it is called. */
  private static Set<String> tables(Set<String> places) {
    Set<String> names = new TreeSet<>();
    places.forEach(place ->
        names.add(place.startsWith("table ") ? place.substring("table ".length()) : place));
    return names;
  }
}
