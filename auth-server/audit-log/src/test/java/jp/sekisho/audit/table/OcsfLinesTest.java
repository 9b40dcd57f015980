package jp.sekisho.audit.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jp.sekisho.audit.entry.TopLevel;
import jp.sekisho.audit.entry.TopLevel.Value;
import org.junit.jupiter.api.Test;

class OcsfLinesTest {
  private static final Path DOCS = Path.of("..", "..", "docs");

  private static String line(long index, String entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new OcsfLines(out, "auth.city.example/log/mayor/1")
        .take(index, entry.getBytes(StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLoginIsAnAuthentication() throws IOException {
    assertEquals(
        """
        {"activity_id":1,"activity_name":"Logon","category_uid":3,"category_name":"Identity & Access Management",\
        "class_uid":3002,"class_name":"Authentication","type_uid":300201,"type_name":"Authentication: Logon",\
        "time":1795217465500,"severity_id":1,"status_id":1,"status":"Success","message":"login.succeeded",\
        "metadata":{"version":"1.3.0","product":{"name":"Sekisho","vendor_name":"Sekisho"},\
        "log_name":"auth.city.example/log/mayor/1","sequence":7,"uid":"ICEi","event_code":"login.succeeded",\
        "original_time":"2026-11-20T23:31:05.500Z"},"user":{"uid":"S-1024"},"service":{"name":"Sekisho"},\
        "is_mfa":true,"session":{"uid":"AAEC"},"src_endpoint":{"uid":"T-0042"},\
        "unmapped":{"data":{"purpose":"login","sameAddress":true},"organ":"mayor","post":"税務課"}}
        """,
        line(
            7,
            """
            {"data":{"purpose":"login","sameAddress":true},"entry":"ICEi","organ":"mayor","outcome":"success",\
            "person":"S-1024","post":"税務課","salt":"MDEy","session":"AAEC","terminal":"T-0042",\
            "time":"2026-11-20T23:31:05.500Z","type":"login.succeeded","v":1}\
            """));
  }

  @Test
  void aRefusedStepOfAnExceptionNamesItsReasonAndItsActor() throws IOException {
    assertEquals(
        """
        {"activity_id":99,"activity_name":"grant.refused","category_uid":3,"category_name":"Identity & Access Management",\
        "class_uid":3004,"class_name":"Entity Management","type_uid":300499,"type_name":"Entity Management: Other",\
        "time":1795217465500,"severity_id":2,"status_id":2,"status":"Failure","status_code":"APPROVAL_OWN",\
        "message":"grant.refused",\
        "metadata":{"version":"1.3.0","product":{"name":"Sekisho","vendor_name":"Sekisho"},\
        "log_name":"auth.city.example/log/mayor/1","sequence":8,"uid":"ICEi","event_code":"grant.refused",\
        "original_time":"2026-11-20T23:31:05.500Z"},"entity":{"type":"grant","uid":"G-7"},\
        "actor":{"user":{"uid":"S-1024"}},"unmapped":{"data":{"grant":"G-7","step":"approve"}}}
        """,
        line(
            8,
            """
            {"data":{"grant":"G-7","step":"approve"},"entry":"ICEi","outcome":"failure","person":"S-1024",\
            "reason":"APPROVAL_OWN","salt":"MDEy","time":"2026-11-20T23:31:05.500Z","type":"grant.refused","v":1}\
            """));
  }

  @Test
  void whatLacksWhatItsClassDemandsIsABaseEvent() throws IOException {
    String common = "\"entry\":\"e\",\"outcome\":\"failure\",\"time\":\"2026-11-20T23:31:05.500Z\"";
    for (String type : List.of("login.refused", "grant.refused", "passkey.removed", "new.kind")) {
      String line = line(0, "{" + common + ",\"type\":\"" + type + "\",\"terminal\":\"T-1\"}");
      assertTrue(line.contains("\"class_uid\":0,"), line);
      assertTrue(line.contains("\"type_uid\":99,"), line);
      assertTrue(line.contains("\"unmapped\":{\"terminal\":\"T-1\"}"), line);
    }
  }

  @Test
  void anybodysBytesMakeNoBrokenLine() throws IOException {
    for (String bytes :
        List.of(
            "",
            "no entry\u0001\"\\",
            "{\"type\":\"x.y\",\"time\":\"yesterday\"}",
            "{\"type\":7,\"time\":\"2026-11-20T23:31:05.500Z\"}",
            "{\"type\":\"x.y\",\"time\":\"2026-11-20T23:31:05.500Z\",\"a\":{]},\"b\":007,\"c\":[\"]\"],"
                + "\"d\":truely,\"data\":{\"deep\":{\"er\":{\"k\":-5}}}}")) {
      String line = line(0, bytes);
      Map<String, Value> read = TopLevel.read(line.strip()).orElseThrow();
      assertEquals("0", Objects.requireNonNull(read.get("class_uid")).text(), line);
      assertEquals(line.indexOf('\n'), line.length() - 1);
    }
    assertTrue(
        line(
                0,
                "{\"type\":\"x.y\",\"time\":\"2026-11-20T23:31:05.500Z\",\"b\":007,\"c\":{\"k\":-5}}")
            .endsWith("\"unmapped\":{\"b\":\"007\",\"c\":{\"k\":-5}}}\n"));
  }

  @Test
  void everyTypeIsSomethingAndTheDocumentSaysWhat() throws IOException {
    String events = Files.readString(DOCS.resolve("audit-events.md"));
    Set<String> types = found("(?m)^\\| `([a-z]+\\.[a-z-]+)` \\|", events);
    String mapping = Files.readString(DOCS.resolve("ocsf.md"));
    Set<String> lines;
    try (var in = Objects.requireNonNull(OcsfClass.class.getResourceAsStream("ocsf.txt"))) {
      lines =
          new String(in.readAllBytes(), StandardCharsets.US_ASCII)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split(" ", 2)[0])
              .collect(Collectors.toCollection(TreeSet::new));
    }
    assertEquals(types, lines, "docs/audit-events.md and ocsf.txt");
    for (String type : types) {
      OcsfClass is = OcsfClass.of(type);
      String activity = is.uid().activity(is.activity());
      String row =
          "| `"
              + type
              + "` | "
              + (is.uid() == OcsfClass.Uid.BASE
                  ? "Base Event"
                  : is.uid().caption + " · " + (activity == null ? "Other" : activity))
              + (is.alarm() ? " · alarm" : "")
              + " |";
      assertTrue(mapping.contains(row), "docs/ocsf.md has no row " + row);
    }
    assertEquals(types, found("(?m)^\\| `([a-z]+\\.[a-z-]+)` \\|", mapping));
  }

  @Test
  void everyExampleOfTheDocumentsBecomesALineOfItsClass() throws IOException {
    Matches examples =
        new Matches("(?m)^### ([a-z.-]+)\n```json\n(.*)\n```", DOCS.resolve("audit-events.md"));
    assertTrue(examples.all().size() > 100);
    for (MatchResult example : examples.all()) {
      OcsfClass is = OcsfClass.of(example.group(1));
      String line = line(1, example.group(2));
      assertTrue(
          line.contains("\"class_uid\":" + is.uid().number + ",")
              || line.contains("\"class_uid\":0,"),
          line);
      assertTrue(TopLevel.read(line.strip()).isPresent(), line);
    }
  }

  private record Matches(List<MatchResult> all) {
    Matches(String pattern, Path file) throws IOException {
      this(Pattern.compile(pattern).matcher(Files.readString(file)).results().toList());
    }
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
