package jp.sekisho.server.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.protocol.ActivateRequest;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.ClosedBreach;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.DeskRequest;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.HandedOver;
import jp.sekisho.protocol.Heartbeat;
import jp.sekisho.protocol.LogHold;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.MediaFound;
import jp.sekisho.protocol.MediumEnd;
import jp.sekisho.protocol.MediumLoan;
import jp.sekisho.protocol.MoreTime;
import jp.sekisho.protocol.NamedAbsence;
import jp.sekisho.protocol.NamedExport;
import jp.sekisho.protocol.NamedMedium;
import jp.sekisho.protocol.NamedPasskey;
import jp.sekisho.protocol.NamedSession;
import jp.sekisho.protocol.NewAbsence;
import jp.sekisho.protocol.NewBounds;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.NewExport;
import jp.sekisho.protocol.NewGrant;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.NewMedium;
import jp.sekisho.protocol.NewPasskey;
import jp.sekisho.protocol.NewSeries;
import jp.sekisho.protocol.NewTransaction;
import jp.sekisho.protocol.OrderNamed;
import jp.sekisho.protocol.PasskeyAnswer;
import jp.sekisho.protocol.PinResetNote;
import jp.sekisho.protocol.PostChoice;
import jp.sekisho.protocol.PostedAnswer;
import jp.sekisho.protocol.RelyingAnswer;
import jp.sekisho.protocol.RelyingAsk;
import jp.sekisho.protocol.RelyingEvents;
import jp.sekisho.protocol.RelyingRecord;
import jp.sekisho.protocol.RelyingRecords;
import jp.sekisho.protocol.RelyingSessions;
import jp.sekisho.protocol.RelyingTerminalAsk;
import jp.sekisho.protocol.RemandReason;
import jp.sekisho.protocol.RenewRequest;
import jp.sekisho.protocol.ReportedBreach;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.SetupAdministrator;
import jp.sekisho.protocol.SetupCodeTyped;
import jp.sekisho.protocol.SetupPolicy;
import jp.sekisho.protocol.SetupTerminal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import jp.sekisho.server.session.StepUps;
import org.jspecify.annotations.Nullable;

/**
 * Requests of every route of {@link ApiRoutes}, usual ones and such with a text in one place where
 * somebody can put it: a part of the path, a parameter, a header, a field of the body, the whole
 * body. A route with a wire record or a path that is not known here fails whoever asks for it.
 *
 * <p>Over 400 lines, for it holds one usual body for each wire record that the service takes.
 */
public final class SeededRequests {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
  private static final String ID = "A".repeat(22);
  private static final String HASH = "A".repeat(43);
  private static final String BOOT = Base64Url.encode(new byte[16]);

  /**
   * What exists, so that what is asked about it gets past the first look.
   *
   * @param person who may ask for a grant
   * @param cardHolder whose cards may be suspended
   * @param session name of an open session, that may be ended
   * @param file a personnel file, its header and one row without quotes
   * @param certificate of a card that nobody has registered
   */
  @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
  public record Known(
      String person,
      String cardHolder,
      String terminal,
      String medium,
      String session,
      String grant,
      String measure,
      String breach,
      String emergency,
      String now,
      String later,
      String file,
      byte[] certificate) {}

  /**
   * A request.
   *
   * @param place where the text stands; empty in a usual request
   * @param proof what its person must have proved for it; null when nothing
   */
  @SuppressWarnings("ArrayRecordComponent") // identity is not asked for
  public record Seeded(
      ApiRoutes.Route route,
      String place,
      String path,
      byte @Nullable [] body,
      Map<String, String> headers,
      @Nullable String proof) {
    @Override
    public String toString() {
      return route.method() + " " + path + " (" + place + ")";
    }
  }

  private final Known known;

  public SeededRequests(Known known) {
    this.known = known;
  }

  /** A usual request of a route, with each of its usual bodies. */
  public List<Seeded> usual(ApiRoutes.Route route) {
    List<Seeded> all = new ArrayList<>();
    for (byte @Nullable [] body : bodies(route)) {
      all.add(seeded(route, "", path(route, "", "") + query(route, "", ""), body, Map.of()));
    }
    return all;
  }

  /** A route's requests with {@code text} in one place after the other. */
  public List<Seeded> with(ApiRoutes.Route route, String text) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    List<byte @Nullable []> bodies = bodies(route);
    byte @Nullable [] body = bodies.getFirst();
    String path = path(route, "", "");
    List<Seeded> all = new ArrayList<>();
    for (Matcher found = VARIABLE.matcher(route.path()); found.find(); ) {
      String name = found.group(1);
      all.add(seeded(route, "{" + name + "}", path(route, name, encoded), body, Map.of()));
    }
    for (String name : Stream.concat(route.query().stream(), Stream.of("x")).toList()) {
      all.add(seeded(route, "?" + name, path + query(route, name, encoded), body, Map.of()));
    }
    all.add(seeded(route, "headers", path + query(route, "", ""), body, headers(route, encoded)));
    if (route.method().equals("POST")) {
      byte[] raw = text.getBytes(StandardCharsets.UTF_8);
      all.add(seeded(route, "body", path, raw, Map.of()));
      for (byte @Nullable [] usual : bodies) {
        for (Map.Entry<String, byte[]> one : fields(route, usual, text).entrySet()) {
          String at = path + query(route, "", "");
          all.add(seeded(route, one.getKey(), at, one.getValue(), Map.of()));
        }
      }
    }
    return all;
  }

  private Seeded seeded(
      ApiRoutes.Route route,
      String place,
      String path,
      byte @Nullable [] body,
      Map<String, String> headers) {
    return new Seeded(route, place, path, body, headers, proof(route, body));
  }

  private static Map<String, String> headers(ApiRoutes.Route route, String encoded) {
    Map<String, String> headers = new TreeMap<>();
    for (String name : List.of("User-Agent", "Accept-Language", "X-Forwarded-For", "Referer")) {
      headers.put(name, encoded);
    }
    route.headers().forEach(name -> headers.put(name, encoded));
    return headers;
  }

  private String path(ApiRoutes.Route route, String seeded, String encoded) {
    return VARIABLE
        .matcher(route.path())
        .replaceAll(found ->
            Matcher.quoteReplacement(
                found.group(1).equals(seeded) ? encoded : variable(route, found.group(1))));
  }

  private String variable(ApiRoutes.Route route, String name) {
    return switch (name) {
      case "id" ->
          route.path().contains("/grants/")
              ? known.grant
              : route.path().contains("/measures/")
                  ? known.measure
                  : route.path().contains("/breaches/")
                      ? known.breach
                      : route.path().contains("/emergencies/") ? known.emergency : ID;
      case "step" -> "review";
      case "number" -> known.cardHolder;
      case "log" -> "mayor";
      case "generation" -> "1";
      case "rest" -> "entries/000.p/1";
      case "file" -> "page.css";
      case "question" -> ID;
      case "name" -> HASH;
      default -> throw new AssertionError("no usual " + name + " of " + route.path());
    };
  }

  private static String query(ApiRoutes.Route route, String seeded, String encoded) {
    StringBuilder query = new StringBuilder();
    if (route.query().contains("log") && !seeded.equals("log")) {
      query.append("?log=mayor");
    }
    if (!seeded.isEmpty()) {
      query.append(query.isEmpty() ? '?' : '&').append(seeded).append('=').append(encoded);
    }
    return query.toString();
  }

  /** The body with {@code text} in one field after the other, by the field's name. */
  private Map<String, byte[]> fields(ApiRoutes.Route route, byte @Nullable [] usual, String text) {
    Map<String, byte[]> all = new TreeMap<>();
    if (route.takes() instanceof Class<?> type && usual != null) {
      seeded(type, tree(usual), text).forEach((field, body) -> all.put(field, bytes(body)));
    } else if (route.path().startsWith("/api/v1/people/")) {
      String[] lines = known.file.split("\n", -1);
      String[] columns = lines[0].split(",", -1);
      for (int i = 0; i < columns.length; i++) {
        String[] cells = lines[1].split(",", -1);
        cells[i] = text;
        String file = lines[0] + "\n" + String.join(",", cells) + "\n";
        all.put("column " + columns[i], file.getBytes(StandardCharsets.UTF_8));
      }
    }
    return all;
  }

  /** The same of a record within the body, whose fields are named after its own. */
  private Map<String, ObjectNode> seeded(Class<?> type, ObjectNode usual, String text) {
    Map<String, ObjectNode> all = new TreeMap<>();
    for (RecordComponent field : type.getRecordComponents()) {
      String name = field.getName();
      ObjectNode body = usual.deepCopy();
      if (field.getType() == String.class) {
        all.put(name, body.put(name, text));
      } else if (type == RelyingRecords.class && name.equals("records")) {
        seeded(RelyingRecord.class, tree(part(RelyingRecord.class)), text)
            .forEach((within, line) -> {
              // Each the first of a spool of its own, so that it is judged by its form alone.
              String spool =
                  Base64Url.encode(
                      Arrays.copyOf(
                          Sha256.of((within + text).getBytes(StandardCharsets.UTF_8)), 16));
              if (!within.equals("spool")) {
                line.put("spool", spool);
              }
              ObjectNode batch = usual.deepCopy().put("spool", spool);
              batch.putArray(name).add(new String(bytes(line), StandardCharsets.UTF_8));
              all.put(name + "." + within, batch);
            });
      } else if (field.getType() == List.class) {
        body.putArray(name).add(text);
        all.put(name, body);
      } else if (field.getType().isRecord()) {
        seeded(field.getType(), tree(part(field.getType())), text)
            .forEach((within, part) ->
                all.put(name + "." + within, usual.deepCopy().<ObjectNode>set(name, part)));
      }
      // Else a number or a truth value: no text gets into it.
    }
    return all;
  }

  /** What usually stands in a field of another record. */
  private byte[] part(Class<?> type) {
    return records().stream()
        .filter(record -> record.getClass() == type)
        .findFirst()
        .map(WireJson::write)
        .orElseThrow(() -> new AssertionError("no usual " + type));
  }

  /** Usual bodies, at least one. */
  private List<byte @Nullable []> bodies(ApiRoutes.Route route) {
    List<byte @Nullable []> all = new ArrayList<>();
    Object takes = route.takes();
    if (takes == null) {
      all.add(route.method().equals("POST") ? new byte[0] : null);
    } else if (takes instanceof Class<?> type) {
      for (Record record : records()) {
        if (record.getClass() == type) {
          all.add(WireJson.write(record));
        }
      }
    } else if (route.path().startsWith("/api/v1/people/")) {
      all.add(known.file.getBytes(StandardCharsets.UTF_8));
    }
    if (all.isEmpty()) {
      throw new AssertionError("no usual " + takes + " for " + route.path());
    }
    return all;
  }

  private List<Record> records() {
    String certificate = Base64Url.encode(known.certificate);
    String hash = Sha256.text(known.certificate);
    return List.of(
        new NewTransaction("login", null),
        new NewTransaction("unlock", null),
        new NewTransaction("approve", known.grant),
        new NewTransaction("step-up", StepUps.REGISTER_PASSKEY),
        new PostedAnswer("x"),
        new PasskeyAnswer("x", "x", "x", "x", "x", "x", "x"),
        new SetupCodeTyped("0".repeat(25)),
        new SetupAdministrator("100001", "管理 一郎", "mayor", "joho", "情報政策課", "係長", certificate),
        new SetupTerminal("T-0009", "mayor", null),
        new SetupPolicy("x", "x", "x", "x", HASH),
        new PostChoice("x"),
        new NamedSession(known.session),
        new NewGrant(
            known.person,
            known.terminal,
            known.medium,
            "課税資料の読み込み",
            "税第123号",
            null,
            null,
            1,
            known.now,
            known.later,
            10),
        new NewSeries("weekly", 2),
        new NewExport("prefecture", 1, 1, null),
        new NewBounds(1, 1),
        new NewMeasure(
            List.of(known.terminal),
            null,
            null,
            "更新まで",
            "週1回点検する",
            "情第45号",
            "2026-11-21",
            "2027-01-31",
            "2027-03-31",
            null),
        new MeasureNote("確認した"),
        new NewBreach(known.now, List.of("system"), null, null),
        new NewBreach(known.now, List.of("system"), "medium", known.medium),
        new BreachItems("概要", "項目", "12人", "原因", "なし", "通知", "公表", "点検", "なし"),
        new AmendedBreach(
            HASH,
            List.of("system"),
            new BreachItems("概要", "項目", "12人", "原因", "なし", "通知", "公表", "点検", "なし")),
        new ReportedBreach("preliminary", "2026-11-21", "情第31号"),
        new ClosedBreach("暗号化されていた"),
        new NewMedium("M-0009", HASH),
        new MediumEnd("M-0009", "情第12号"),
        new MediumLoan(known.medium, known.person, "2026-11-27", "情第31号"),
        new NamedMedium(known.medium),
        new MediaFound("情第13号", List.of(known.medium)),
        new NewAbsence(known.person, known.now, known.later),
        new NamedAbsence(ID),
        new EmergencyReport("係員", "名簿", "総第1号"),
        new ConfirmedReport(HASH),
        new RemandReason("日付を直す"),
        new ReportedUse("十二件を渡した"),
        new HandedOver("県税第77号"),
        new MoreTime("時間がかかる", known.later, 20),
        new NewPasskey("机の鍵", "x", "x", "x"),
        new NamedPasskey(HASH),
        new OrderNamed("O-9999"),
        new DeskRequest("card-suspend", known.cardHolder, null, null),
        new DeskRequest("card-register", known.cardHolder, null, certificate),
        new DeskRequest("card-resume", known.cardHolder, hash, null),
        new DeskRequest("temporary-stock", null, hash, certificate),
        new PinResetNote(known.cardHolder, hash, "300001", "300002"),
        new NamedExport("mayor", "x"),
        new LogHold("", "監査第1号"),
        new LogHold("8d969eef6ecad3c2", "監査第1号"),
        new EnrollRequest(BOOT, "x", "0.1.0"),
        new RenewRequest("x"),
        new EventBatch(List.of("x"), 0),
        new Heartbeat("0.1.0", BOOT, 0, 0, true, null, known.now, 0),
        new Heartbeat("0.1.0", BOOT, 0, 0, false, "not-enforcing", known.now, 0),
        new ActivateRequest(HASH, BOOT, HASH),
        new RelyingAsk("city", "groupware", "sid", "127.0.0.1", null),
        new RelyingAnswer("city", "groupware", "sid", HASH, "x"),
        new RelyingTerminalAsk("city", "sid", "127.0.0.1"),
        new RelyingSessions("city", 0),
        new RelyingRecords("city", BOOT, List.of()),
        new RelyingRecord(
            BOOT,
            1,
            RelyingRecord.GENESIS,
            "event",
            7,
            "city",
            "LOGIN",
            false,
            "u",
            "100001",
            "app",
            "sid",
            "x",
            "x",
            "x"),
        new RelyingEvents("city", List.of("a")));
  }

  /** The step-up that this body needs. */
  private @Nullable String proof(ApiRoutes.Route route, byte @Nullable [] body) {
    if (body == null) {
      return null;
    }
    String fixed =
        switch (route.path()) {
          case "/api/v1/passkeys", "/api/v1/passkeys/options" -> StepUps.REGISTER_PASSKEY;
          case "/api/v1/setup/finish" -> StepUps.FINISH_SETUP;
          case "/api/v1/setup/policy" -> StepUps.IMPORT_POLICY + Sha256.text(body);
          case "/api/v1/breaches/{id}/amend" -> StepUps.AMEND_BREACH + known.breach;
          case "/api/v1/breaches/{id}/report" -> StepUps.REPORT_BREACH + known.breach;
          case "/api/v1/breaches/{id}/close" -> StepUps.CLOSE_BREACH + known.breach;
          case "/api/v1/people/apply" -> StepUps.APPLY_ORDER + Sha256.text(body);
          default -> null;
        };
    if (fixed != null || !(route.takes() instanceof Class<?>) || !isTree(body)) {
      return fixed;
    }
    ObjectNode said = tree(body);
    return switch (route.path()) {
      case "/api/v1/desk" -> {
        StringBuilder action = new StringBuilder(said.path("action").asText());
        for (String field : List.of("person", "card")) {
          if (said.hasNonNull(field)) {
            action.append(':').append(said.path(field).asText());
          }
        }
        if (said.hasNonNull("certificate") && !said.hasNonNull("card")) {
          action.append(':').append(certificateHash(said.path("certificate").asText()));
        }
        yield action.toString();
      }
      case "/api/v1/desk/pin-reset" ->
          "card-pin-reset:" + said.path("person").asText() + ":" + said.path("card").asText();
      case "/api/v1/people/undo" -> StepUps.UNDO_ORDER + said.path("order").asText();
      case "/api/v1/sessions/end" -> StepUps.END_SESSION + said.path("session").asText();
      case "/api/v1/passkeys/remove" -> StepUps.REMOVE_PASSKEY + said.path("id").asText();
      case "/api/v1/media" ->
          StepUps.REGISTER_MEDIUM
              + said.path("medium").asText()
              + ":"
              + said.path("fingerprint").asText();
      case "/api/v1/media/lose" -> StepUps.LOSE_MEDIUM + said.path("medium").asText();
      case "/api/v1/media/dispose" -> StepUps.DISPOSE_MEDIUM + said.path("medium").asText();
      default -> null;
    };
  }

  private static String certificateHash(String certificate) {
    try {
      return Sha256.text(Base64Url.decode(certificate));
    } catch (MalformedException e) {
      return "";
    }
  }

  private static boolean isTree(byte[] body) {
    try {
      return JSON.readTree(body) instanceof ObjectNode;
    } catch (IOException e) {
      return false;
    }
  }

  private static ObjectNode tree(byte[] body) {
    try {
      return (ObjectNode) JSON.readTree(body);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] bytes(ObjectNode body) {
    try {
      return JSON.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
