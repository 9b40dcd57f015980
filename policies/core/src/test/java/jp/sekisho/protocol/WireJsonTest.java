package jp.sekisho.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The records on the wire. Past 400 lines: an example of each. */
class WireJsonTest {
  private static final String TIME = "2026-11-20T23:31:05.120Z";
  private static final String SHORT = ProtocolSamples.TRANSACTION;
  private static final SessionLine LISTED =
      new SessionLine(
          "AAECAwQFBgcICQoL", "S-1", "関 太郎", "T-1", "suspended", "idle", "t", "t", "kc", false);
  private static final ObjectMapper TREE = new ObjectMapper();

  /** One full value of every wire record. */
  static List<Record> records() {
    RefusalText text = RefusalText.of(Refusal.PIN_WRONG, Locale.JAPANESE, Map.of("tries", "2"));
    return List.of(
        new ActivateRequest(SHORT, SHORT, SHORT),
        new Activated(SHORT, TIME, TIME),
        new AnswerAccepted("/"),
        ProtocolSamples.cardAnswer(),
        new CardTrustList(List.of(offer())),
        offer(),
        new EnrollReply(
            "T-1", "mayor", "pending", List.of(SHORT), "BA78", List.of("o"), TIME, "help"),
        new EnrollRequest(SHORT, SHORT, "0.1.0"),
        new EventAck(7, SHORT, "auth.city.example/log/mayor/1", 12, "checkpoint", List.of(SHORT)),
        new EventBatch(List.of(SHORT, SHORT), 11),
        new GrantList(
            List.of(new GrantOffer(SHORT, SHORT, SHORT, SHORT, SHORT, "approved", null, null))),
        new GrantOffer(
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            SHORT,
            "active",
            TIME,
            new OfferedApproval(SHORT, SHORT, SHORT, SHORT),
            new OfferedApproval(SHORT, SHORT, SHORT, SHORT),
            new OfferedApproval(SHORT, SHORT, SHORT, SHORT)),
        new OfferedApproval(SHORT, SHORT, SHORT, SHORT),
        view(),
        new GrantViews(List.of(view())),
        new NamedExport("mayor", "00000-00000-00000-00000-000000"),
        new LogHold("8d969eef6ecad3c2", "監査第12号"),
        new LogKept("mayor", 7, List.of(new LogHold("8d969eef6ecad3c2", "監査第12号"))),
        new NamedPasskey(SHORT),
        new NewPasskey("key", SHORT, SHORT, SHORT),
        new DeskRequest("lost", "S-1", SHORT, SHORT),
        new DeskReply(1),
        new PinResetNote("S-1", SHORT, "S-2", "S-3"),
        new OrderNamed("O-0007"),
        new PostChoice("shimin"),
        new OrderPreview(
            SHORT,
            "2026-04-01",
            3,
            List.of(new PersonLines("S-1", List.of("line"))),
            List.of("fault"),
            List.of("note")),
        new PersonLines("S-1", List.of("line")),
        new PasskeyAnswer(SHORT, SHORT, SHORT, SHORT, SHORT, SHORT, SHORT),
        new PasskeyOptions(SHORT, "auth.city.example", SHORT, "n", List.of(SHORT), List.of(-7)),
        new TerminalVoucher(SHORT, SHORT, SHORT),
        new Remanded(TIME, "S-3", "r"),
        new RemandReason("r"),
        new MoreTime("r", TIME, 45),
        looked(),
        place(),
        absence(),
        new DeputyList(List.of(place()), List.of(absence()), List.of(looked())),
        new NewAbsence("S-3", TIME, TIME),
        new NamedAbsence(SHORT),
        new EmergencyViews(List.of(emergency())),
        emergency(),
        new ReportedEmergency("係員二名", "名簿", "総第1号", SHORT, "S-3", TIME),
        new EmergencyReport("係員二名", "名簿", "総第1号"),
        new ConfirmedReport(SHORT),
        new OnlineLogins(List.of(new OnlineLogin("S-1", SHORT, TIME))),
        new OnlineLogin("S-1", SHORT, TIME),
        new NewMedium("M-0007", SHORT),
        new MediumEnd("M-0007", "情第12号"),
        new MediaFound("情第30号", List.of("M-0001", "M-0099")),
        new MediaCounted(
            "情第30号",
            5,
            3,
            List.of("M-0003"),
            List.of("M-0004"),
            List.of("M-0005"),
            List.of("M-0099")),
        new MediumLine("M-0007", SHORT, TIME, "out", TIME, "情第12号", held(), TIME, "情第32号"),
        held(),
        new MediumLoan("M-0007", "S-1", "2026-11-27", "情第31号"),
        new NamedMedium("M-0007"),
        new MediumLines(
            List.of(new MediumLine("M-0008", SHORT, TIME, "in", null, null, null, null, null))),
        measure(),
        new MeasureViews(
            List.of(measure()), List.of(new OutOfStep("rule-gone", "usb.storage", "E-0007"))),
        new OutOfStep("terminal-unpermitted", "T-1", null),
        new MeasureNote("n"),
        breach(),
        new BreachViews(List.of(breach())),
        items(),
        new MadeReport("2026-11-21", "r", "S-1", TIME),
        new NewBreach(TIME, List.of("system", "malice"), "medium", "M-0007"),
        new AmendedBreach(SHORT, List.of("hundred"), items()),
        new ReportedBreach("both", "2026-11-21", "r"),
        new ClosedBreach("r"),
        new NewMeasure(
            List.of("T-1", "T-2"),
            "0101",
            "usb.storage",
            "r",
            "s",
            "d",
            "2026-11-22",
            "2027-01-31",
            "2027-03-31",
            "E-0003"),
        longer(),
        new NewGrant(
            "S-1",
            "T-1",
            "M-1",
            "r",
            "d",
            "l",
            "p",
            3,
            TIME,
            TIME,
            30,
            new NewSeries("weekly", 4),
            "usb-read",
            "S-2",
            new NewExport("prefecture", 1, 12, List.of("a.csv")),
            new NewBounds(3, 12)),
        new NewExport("prefecture", 1, 12, List.of("a.csv")),
        new NewBounds(0, 1_073_741_824),
        new NewSeries("monthly", 12),
        new ConfirmedMonth("2027-01", "S-2", TIME),
        new DueMonth("2027-01", "text", SHORT),
        series(),
        new OccurrenceView(SHORT, 1, TIME, TIME, "used", false),
        new UseReport(TIME, "S-2", "r"),
        new ReportedUse("r"),
        new HandedOver("県税第77号"),
        unmatched(),
        reconciled(),
        new ReconciledUses(List.of(unmatched()), "1.2", List.of(reconciled()), null, 3, 1),
        new Heartbeat("0.1.0", SHORT, 7, 0, false, "not-enforcing", TIME, 12),
        new HeartbeatReply("active", TIME, 30, 7, List.of("o"), "checkpoint", List.of("h"), "help"),
        new LoopbackLogin(SHORT, true),
        new LoopbackStatus(
            "T-1",
            "active",
            Refusal.NO_CARD,
            "Reader 00",
            3,
            new OpenExport(SHORT, "M-0007", "/run/sekisho/media/3-1", TIME, 30),
            Refusal.MEDIUM_OTHER),
        new OpenExport(SHORT, "M-0007", "/run/sekisho/media/3-1", TIME, 30),
        new NewTransaction("approve", SHORT),
        new PostedAnswer("answer"),
        new RefusalBody(Refusal.PIN_WRONG, text, 2, "42"),
        Problem.of(new RefusalBody(Refusal.PIN_WRONG, text, 2, "42")),
        text,
        new RelyingAsk("city", "kintone", SHORT, "192.0.2.7", "https://sso"),
        new RelyingQuestion(SHORT, SHORT, TIME, "https://auth"),
        new RelyingAnswer("city", "kintone", SHORT, SHORT, "answer"),
        new RelyingProof(
            "city",
            SHORT,
            SHORT,
            "S-1",
            "mayor",
            "T-1",
            RelyingProof.CARD,
            RelyingProof.CARD_AND_PIN,
            1795217465000L),
        new RelyingSessions("city", 1795217465000L),
        new RelyingSessionsEnded(
            1795217465000L, List.of(new RelyingSessionEnd(SHORT, 7, "card-removed"))),
        new RelyingSessionEnd(SHORT, 7, "card-removed"),
        new RelyingRecord(
            SHORT,
            1,
            RelyingRecord.GENESIS,
            SHORT,
            1795217465000L,
            "city",
            "ADMIN DELETE USER",
            false,
            SHORT,
            "S-1",
            "admin-cli",
            SHORT,
            SHORT,
            "roles/1",
            "denied"),
        new RelyingRecords("city", SHORT, List.of(SHORT)),
        new RelyingRecordsTaken(7),
        new RelyingEvents("city", List.of(SHORT)),
        new RelyingEventsMissing(List.of(SHORT)),
        new RelyingTerminalAsk("city", SHORT, "192.0.2.7"),
        new RelyingTerminal("city", SHORT, RelyingTerminal.ENFORCING),
        new RenewRequest(SHORT),
        new SetupCodeTyped("ABCDE-FGHJK-MNPQR-STVWX-YZ012"),
        new SetupAdministrator("S-1", "n", "mayor", "joho", "d", "p", SHORT),
        new SetupTerminal("T-1", "mayor", "BA78"),
        new SetupReply("terminal", SHORT),
        new SetupPolicy(SHORT, SHORT, SHORT, SHORT, SHORT),
        LISTED,
        new SessionLines(List.of(LISTED), "S-1.AAECAwQFBgcICQoL"),
        new NamedSession("AAECAwQFBgcICQoL"),
        new SessionView("suspended", "S-1", "T-1", "card-removed", TIME),
        new TransactionCreated(SHORT, TIME),
        new TransactionDetails(SHORT, SHORT, "approve", "o", TIME, "text", SHORT));
  }

  private static CardTrustOffer offer() {
    return new CardTrustOffer(
        "staff-piv", List.of(SHORT), List.of(SHORT), "2.25.1", 1_200, 604_800);
  }

  private static BreachItems items() {
    return new BreachItems("1", "2", "3", "4", "5", "6", "7", "8", "9");
  }

  private static BreachView breach() {
    return new BreachView(
        SHORT,
        "B-0007",
        "closed",
        TIME,
        List.of("system"),
        "medium",
        "M-0007",
        items(),
        SHORT,
        SHORT,
        "S-1",
        TIME,
        "2026-11-22",
        "2026-11-24",
        "2026-12-19",
        "2026-12-21",
        true,
        List.of("preliminary"),
        true,
        new MadeReport("2026-11-21", "r", "S-1", TIME),
        new MadeReport("2026-12-21", "r", "S-1", TIME),
        "S-2",
        TIME,
        "r",
        List.of("amend"));
  }

  private static MeasureView measure() {
    return new MeasureView(
        SHORT,
        "E-0007",
        "ended",
        false,
        "review",
        "S-1",
        List.of("T-1", "T-2"),
        "0101",
        "usb.storage",
        "r",
        "s",
        "d",
        "2026-11-22",
        "2027-01-31",
        "2027-03-31",
        "E-0003",
        "text",
        SHORT,
        TIME,
        "S-2",
        TIME,
        "1A2B",
        "n",
        "S-3",
        TIME,
        "S-4",
        TIME,
        "f",
        List.of("renew"));
  }

  private static ReviewLine looked() {
    return new ReviewLine(SHORT, "approve", "S-3", "S-4", TIME, "S-3", TIME);
  }

  private static EmergencyView emergency() {
    return new EmergencyView(
        SHORT,
        "confirmed",
        true,
        "T-1",
        "S-1",
        List.of("S-3", "S-4"),
        SHORT,
        "M-1",
        "disaster",
        30,
        TIME,
        TIME,
        TIME,
        TIME,
        "deadline",
        new ReportedEmergency("係員二名", "名簿", "総第1号", SHORT, "S-3", TIME),
        "S-4",
        TIME,
        List.of("a"));
  }

  private static DeputyLine place() {
    return new DeputyLine(SHORT, "0101", 1, "S-4", "2026-04-01", "2027-03-31", "総第9号");
  }

  private static AbsenceLine absence() {
    return new AbsenceLine(SHORT, "S-3", TIME, TIME, "S-3", true);
  }

  private static MediumHeld held() {
    return new MediumHeld("S-1", TIME, TIME, true, "情第31号");
  }

  private static UnmatchedOpening unmatched() {
    return new UnmatchedOpening(7, "written", TIME, "T-1", "S-1", "M-1", null, "late");
  }

  private static ReconciledUse reconciled() {
    return new ReconciledUse(
        SHORT,
        "closed",
        "S-1",
        "T-1",
        "M-1",
        TIME,
        TIME,
        0,
        null,
        TIME,
        3,
        12,
        TIME,
        "県税第77号",
        null,
        List.of("opening"));
  }

  private static ExtensionView longer() {
    return new ExtensionView("approved", TIME, 45, "text", SHORT, "S-2", TIME, "S-3", TIME);
  }

  private static GrantView view() {
    return new GrantView(
        SHORT,
        "closed",
        true,
        "S-1",
        "S-2",
        "T-1",
        "M-1",
        TIME,
        TIME,
        30,
        "text",
        SHORT,
        TIME,
        "S-3",
        TIME,
        TIME,
        TIME,
        TIME,
        TIME,
        "県税第77号",
        TIME,
        new Remanded(TIME, "S-3", "r"),
        new ExtensionView("asked", TIME, 45, "text", SHORT, "S-2", TIME, null, null),
        List.of(looked()),
        series(),
        new UseReport(TIME, "S-2", "r"),
        true,
        TIME,
        true,
        "usb-read",
        "S-2",
        new NewExport("prefecture", 3, 12, null),
        new NewBounds(3, 12),
        true,
        "S-3",
        TIME,
        List.of("return"));
  }

  private static SeriesView series() {
    return new SeriesView(
        SHORT,
        0,
        "monthly",
        4,
        List.of("S-1", "S-2"),
        List.of(new OccurrenceView(SHORT, 1, TIME, TIME, "closed", true)),
        List.of(new ConfirmedMonth("2027-01", "S-2", TIME)),
        new DueMonth("2027-02", "text", SHORT),
        true);
  }

  @Test
  @DisplayName("the list above holds every wire record")
  void complete() throws IOException {
    List<String> listed = records().stream().map(r -> r.getClass().getSimpleName()).toList();
    try (Stream<Path> files =
        Files.list(Path.of("src", "main", "java", "jp", "sekisho", "protocol"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        boolean isWire = Files.readString(file).contains("public record " + name);
        assertTrue(!isWire || name.equals("EnrollmentTicket") || listed.contains(name), name);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  @DisplayName("what was written reads as the same record")
  void roundTrip(Record record) throws MalformedException {
    assertEquals(record, WireJson.read(WireJson.write(record), record.getClass()));
  }

  @ParameterizedTest
  @MethodSource("records")
  @DisplayName("every component not marked @Nullable must be there; a null one is missing")
  void required(Record record) throws Exception {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      ObjectNode missing = (ObjectNode) TREE.readTree(WireJson.write(record));
      missing.remove(component.getName());
      ObjectNode asNull = missing.deepCopy();
      asNull.putNull(component.getName());
      for (JsonNode json : List.of(missing, asNull)) {
        byte[] body = TREE.writeValueAsBytes(json);
        if (optional) {
          Record read = WireJson.read(body, record.getClass());
          assertNull(component.getAccessor().invoke(read));
          String member = "\"" + component.getName() + "\":";
          assertFalse(new String(WireJson.write(read), UTF_8).contains(member), member);
        } else {
          assertThrows(
              MalformedException.class,
              () -> WireJson.read(body, record.getClass()),
              json::toString);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  @DisplayName("a value of another type is refused, never converted")
  void types(Record record) throws Exception {
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      for (String other :
          List.of(
              "\"x\"",
              "\"1\"",
              "\"true\"",
              "\"\"",
              "1",
              "0",
              "1.0",
              "true",
              "[]",
              "[1]",
              "[null]",
              "{}",
              "{\"a\":1}")) {
        if (fits(other, component)) {
          continue;
        }
        ObjectNode json = (ObjectNode) TREE.readTree(WireJson.write(record));
        json.set(component.getName(), TREE.readTree(other));
        assertThrows(
            MalformedException.class,
            () -> WireJson.read(TREE.writeValueAsBytes(json), record.getClass()),
            json::toString);
      }
    }
  }

  private static boolean fits(String json, RecordComponent component) {
    Class<?> type = component.getType();
    if (type == String.class) {
      return json.startsWith("\"");
    }
    if (type == int.class || type == long.class || type == Integer.class) {
      return json.matches("[01]");
    }
    if (type == boolean.class || type == Boolean.class) {
      return json.equals("true");
    }
    boolean numbers = component.getGenericType().getTypeName().contains("Integer");
    return type == List.class && (json.equals("[]") || (numbers && json.equals("[1]")));
  }

  @Test
  @DisplayName("a nested record or list item lacks nothing either")
  void nested() {
    refused(
        "{\"refusal\":\"NO_CARD\",\"text\":{\"what\":\"a\",\"why\":\"b\",\"action\":\"c\"}}",
        RefusalBody.class);
    refused("{\"checkpointSize\":0,\"records\":[\"a\",null]}", EventBatch.class);
    refused("{\"checkpointSize\":0,\"records\":null}", EventBatch.class);
  }

  @Test
  @DisplayName("names this version does not know are ignored, so that one side may be newer")
  void unknownNames() throws MalformedException {
    String json = "{\"colour\":{\"a\":[1]},\"purpose\":\"login\"}";
    assertEquals(
        new NewTransaction("login", null),
        WireJson.read(json.getBytes(UTF_8), NewTransaction.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "\"login\"",
        "{\"purpose\":\"login\"",
        "{\"purpose\":\"login\"}{}",
        "{\"purpose\":\"login\"}x",
        "{\"purpose\":\"login\",\"purpose\":\"login\"}",
        "{\"purpose\":\"login\",\"x\":1,\"x\":2}",
        "{'purpose':'login'}",
        "{\"purpose\":\"login\",}",
        "{\"purpose\":\"log\nin\"}",
        "{/**/\"purpose\":\"login\"}",
        "{\"purpose\":NaN}"
      })
  @DisplayName("one JSON object, strictly, each name once")
  void strict(String json) {
    refused(json, NewTransaction.class);
  }

  @ParameterizedTest
  @CsvSource({"3000000000", "-3000000000", "99999999999999999999", "1.5", "1e3", "0x1"})
  @DisplayName("a number outside its type is refused")
  void numbers(String number) {
    refused(
        "{\"terminal\":\"T-1\",\"state\":\"active\",\"triesLeft\":" + number + "}",
        LoopbackStatus.class);
  }

  @Test
  @DisplayName("depth and size are limited, before anything is built")
  void limits() {
    refused(
        "{\"purpose\":\"login\",\"x\":" + "[".repeat(17) + "]".repeat(17) + "}",
        NewTransaction.class);
    refused("{\"purpose\":\"" + "x".repeat(WireJson.MAX_BYTES) + "\"}", NewTransaction.class);
    refused("{\"purpose\":\"login\",\"" + "n".repeat(129) + "\":1}", NewTransaction.class);
  }

  @Test
  @DisplayName("UTF-8 only, without a byte order mark, in its shortest form")
  void utf8() {
    String json = "{\"purpose\":\"login\"}";
    for (byte[] body :
        List.of(
            json.getBytes(StandardCharsets.UTF_16),
            json.getBytes(StandardCharsets.UTF_16LE),
            ("\uFEFF" + json).getBytes(UTF_8),
            json.replace("log", "\u00c1\u00a1").getBytes(StandardCharsets.ISO_8859_1))) {
      assertThrows(MalformedException.class, () -> WireJson.read(body, NewTransaction.class));
    }
  }

  @Test
  @DisplayName("an unknown refusal is refused, by number too")
  void refusals() {
    for (String code : List.of("\"NO_SUCH\"", "\"no_card\"", "0", "\"0\"", "\"\"")) {
      refused(
          "{\"terminal\":\"T-1\",\"state\":\"active\",\"problem\":" + code + "}",
          LoopbackStatus.class);
    }
  }

  @Test
  @DisplayName("lists are copies that cannot be changed")
  void lists() throws MalformedException {
    List<String> records = new ArrayList<>(List.of("a"));
    EventBatch batch = new EventBatch(records, 0);
    records.add("b");
    assertEquals(List.of("a"), batch.records());
    EventBatch read =
        WireJson.read(
            "{\"checkpointSize\":0,\"records\":[\"a\"]}".getBytes(UTF_8), EventBatch.class);
    assertThrows(UnsupportedOperationException.class, () -> read.records().add("b"));
  }

  @Test
  @DisplayName("a token is not shown")
  void masked() {
    assertFalse(new EnrollRequest(SHORT, "csr", "0.1.0").toString().contains(SHORT));
  }

  private static void refused(String json, Class<?> type) {
    assertThrows(MalformedException.class, () -> WireJson.read(json.getBytes(UTF_8), type), json);
  }
}
