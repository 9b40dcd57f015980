package jp.sekisho.policy.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.reader.JpkiStaffLogin;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class CheckCommandTest {
  private static final Path TOWN = Program.PROFILES.resolve("town.yaml");

  @TempDir Path folder;

  static List<Path> profiles() throws IOException {
    try (Stream<Path> files = Files.list(Program.PROFILES)) {
      List<Path> profiles = files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
      assertTrue(profiles.size() >= 2);
      return profiles;
    }
  }

  @ParameterizedTest
  @MethodSource("profiles")
  @DisplayName("every shipped profile is in order, compiles, and has JPKI staff login off")
  void shippedProfiles(Path profile) throws IOException, MalformedException {
    Path out = folder.resolve("compiled.json");
    Program program = Program.run("check", profile.toString(), "--out", out.toString(), "--json");
    assertEquals(0, program.exit(), program.out());
    byte[] compiled = Files.readAllBytes(out);
    Policy policy = Policy.parse(compiled);
    assertEquals(JpkiStaffLogin.OFF, policy.readers().jpkiStaffLogin().value());
    assertEquals("ok", program.json().path("result").asString());
    assertEquals(Sha256.text(compiled), program.json().path("sha256").asString());
    assertEquals(policy.rules().count(), program.json().path("rules").asLong());
  }

  @Test
  @DisplayName("the town's values are those written in it")
  void values() throws IOException, MalformedException {
    Path out = folder.resolve("compiled.json");
    assertEquals(0, Program.run("check", TOWN.toString(), "--out", out.toString()).exit());
    Policy policy = Policy.parse(Files.readAllBytes(out));
    assertEquals(12, policy.login().sessionAbsolute().value().toHours());
    assertEquals(15, policy.login().sessionIdle().value().toMinutes());
    assertEquals(5, policy.login().terminalLock().value().toMinutes());
    assertEquals(30, policy.login().lockToEnd().value().toMinutes());
    assertEquals("readers.counter", policy.readers().ruleFor("SONY FeliCa RC-S300/S").id());
    assertEquals("readers.unknown", policy.readers().ruleFor("anything").id());
    assertEquals("マイナンバー利用事務系の端末に適用します。", policy.segment().reason().ja());
  }

  @Test
  @DisplayName("results are said in the language asked for")
  void languages() {
    assertTrue(Program.run("check", TOWN.toString(), "--lang", "ja").out().contains("正常です"));
    assertTrue(Program.run("check", TOWN.toString(), "--lang=en").out().contains("in order"));
  }

  /** Each: a part of the profile, what stands there instead, the code, the line, the path. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "value: 12h           | value: 13h            | DURATION_OUT_OF_BOUNDS | /login/session-absolute/value",
        "value: 12h           | value: 0h             | FORM_WRONG             | /login/session-absolute/value",
        "value: 12h           | value: 12             | TYPE_WRONG             | /login/session-absolute/value",
        "value: 12h           | value: 12 hours       | FORM_WRONG             | /login/session-absolute/value",
        "value: 12h           | value: PT12H          | FORM_WRONG             | /login/session-absolute/value",
        "value: 12h           | value: 20m            | DURATION_OUT_OF_BOUNDS | /login/lock-to-end/value",
        "value: 12h           | value:                | TYPE_WRONG             | /login/session-absolute/value",
        "value: 12h           | value: null           | TYPE_WRONG             | /login/session-absolute/value",
        "value: 15m           | value: 16m            | DURATION_OUT_OF_BOUNDS | /login/session-idle/value",
        "value: 15m           | value: 59s            | DURATION_OUT_OF_BOUNDS | /login/session-idle/value",
        "value: 5m            | value: 901s           | DURATION_OUT_OF_BOUNDS | /login/terminal-lock/value",
        "value: require       | value: ignore         | VALUE_NOT_ALLOWED      | /login/address-match/value",
        "value: require       | value: true           | VALUE_NOT_ALLOWED      | /login/address-match/value",
        "value: [staff-piv]   | value: []             | SIZE_WRONG             | /login/card-kinds/value",
        "value: [staff-piv]   | value: [felica]       | VALUE_NOT_ALLOWED      | /login/card-kinds/value/0",
        "value: [staff-piv]   | value: staff-piv      | TYPE_WRONG             | /login/card-kinds/value",
        "value: off           | value: on             | VALUE_NOT_ALLOWED      | /readers/jpki-staff-login/value",
        "value: my-number     | value: internet       | VALUE_NOT_ALLOWED      | /segment/value",
        "role: staff          | role: everyone        | VALUE_NOT_ALLOWED      | /readers/roles/1/value/role",
        "session-idle:        | session-idel:         | KEY_UNKNOWN            | /login/session-idel",
        "segment:             | Segment:              | KEY_UNKNOWN            | /Segment",
        "id: readers.staff    | id: readers.counter   | RULE_REPEATED          | /readers/roles/1/id",
        "id: readers.staff    | id: Readers Staff     | FORM_WRONG             | /readers/roles/1/id",
        "value: 60m           | value: 9h             | DURATION_OUT_OF_BOUNDS | /grants/longest-use/value",
        "value: 60m           | value: 90s            | DURATION_OUT_OF_BOUNDS | /grants/longest-use/value",
        "value: 31d           | value: 367d           | DURATION_OUT_OF_BOUNDS | /grants/longest-span/value",
        "value: 31d           | value: 0d             | FORM_WRONG             | /grants/longest-span/value",
        "value: grant-only    | value: allow          | VALUE_NOT_ALLOWED      | /usb/storage/value",
        "value: block         | value: allow          | VALUE_NOT_ALLOWED      | /usb/unlisted/value",
        "value: []            | \"value: [{vendor: '04b8', product: '0202', interfaces: ['08:06:50']}]\" | FORM_WRONG | /usb/enrolled/value/0/interfaces/0",
        "value: []            | \"value: [{vendor: 1208, product: '0202', interfaces: ['07:01:02']}]\" | TYPE_WRONG | /usb/enrolled/value/0/vendor",
        "source/v1            | source/v2             | VALUE_NOT_ALLOWED      | /format",
        "\"name: \"\"*\"\"\"  | \"name: \"\"*x\"\"\"  | READER_WITHOUT_ROLE    | /readers/roles/2/value/name",
        "\"\"\"*FeliCa*\"\"\" | \"\"\"*\"\"\"         | READER_WITHOUT_ROLE    | /readers/roles/0/value/name"
      })
  @DisplayName("each mistake is refused by its code, at its place")
  void mistakes(String part, String instead, String code, String path) throws IOException {
    Program program = refused(part, instead);
    JsonNode problem = problem(program, code, path);
    int line = problem.path("line").asInt();
    List<String> lines = Files.readAllLines(folder.resolve("policy.yaml"));
    String named = path.substring(path.lastIndexOf('/') + 1);
    boolean isIndex = named.matches("[0-9]+");
    assertTrue(line > 0 && (isIndex || lines.get(line - 1).contains(named)), program.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ja: ' '", "ja: \"a\\u200Bb\"", "ja: \"a\\nb\"", "ja: \"か\\u3099\""})
  @DisplayName("a reason is one visible line")
  void reasons(String reason) throws IOException {
    Program program = refused("ja: マイナンバー利用事務系の端末に適用します。", reason);
    problem(program, "REASON_UNREADABLE", "/segment/reason");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "segment: | segment: &a",
        "segment: | segment: !!map",
        "value: 12h | value: !java.lang.Runtime x",
        "value: 12h | value: *a",
        "value: 12h | <<: {}",
        "value: 12h | ? [a]"
      })
  @DisplayName("anchors, aliases, tags and merge keys are refused")
  void references(String part, String instead) throws IOException {
    Program program = refused(part, instead);
    assertEquals("YAML_FORBIDDEN", program.json().at("/problems/0/code").asString());
    assertTrue(program.json().at("/problems/0/line").asInt() > 0);
  }

  @Test
  @DisplayName("a key written twice and a second document are refused")
  void twice() throws IOException {
    problem(
        refused("value: 5m", "value: 5m\n    value: 5m"),
        "KEY_REPEATED",
        "/login/terminal-lock/value");
    problem(refused("segment:", "---\nsegment:"), "YAML_FORBIDDEN", "");
  }

  @Test
  @DisplayName("a missing key is named, at what lacks it")
  void missing() throws IOException {
    Program program = refused("    value: 12h\n", "");
    JsonNode problem = problem(program, "KEY_MISSING", "/login/session-absolute");
    assertTrue(problem.path("text").asString().contains("value"));
  }

  @Test
  @DisplayName("every mistake is listed at once, in the order of the file")
  void all() throws IOException {
    String yaml =
        Files.readString(TOWN).replace("value: 12h", "value: x").replace("value: off", "value: on");
    Path file = Files.writeString(folder.resolve("policy.yaml"), yaml);
    Program program = Program.run("check", file.toString(), "--json");
    assertEquals(2, program.json().path("problems").size());
    assertTrue(
        program.json().at("/problems/0/line").asInt()
            < program.json().at("/problems/1/line").asInt());
    Program text = Program.run("check", file.toString(), "--lang", "en");
    assertTrue(text.out().startsWith(file + ":"), text.out());
    assertTrue(text.out().contains(": FORM_WRONG /login/session-absolute/value: "), text.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#", "- a", "a", "a: b", "{", "\t", "a: [", "%YAML 9.9\n---\na: b"})
  @DisplayName("what is no policy is refused without a stack trace")
  void noPolicy(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("policy.yaml"), yaml);
    Program program = Program.run("check", file.toString(), "--json");
    assertEquals(1, program.exit());
    assertEquals("refused", program.json().path("result").asString());
    assertEquals("", program.err());
  }

  @Test
  @DisplayName("too large, too deep and not UTF-8 are refused")
  void limits() throws IOException {
    Path file = folder.resolve("policy.yaml");
    for (String yaml :
        List.of("#" + "x".repeat(YamlSource.MAX_CODE_POINTS), "[".repeat(400), "a: ".repeat(40))) {
      Files.writeString(file, yaml);
      assertEquals(1, Program.run("check", file.toString(), "--json").exit());
    }
    Files.writeString(file, "- x\n".repeat(20_001));
    assertEquals(
        "YAML_TOO_LARGE",
        Program.run("check", file.toString(), "--json").json().at("/problems/0/code").asString());
    assertEquals(
        Program.run("check", file.toString(), "--json").json(),
        Program.run("--json", "check", file.toString()).json(),
        "asked for before the command");
    Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xFF});
    assertEquals(1, Program.run("check", file.toString(), "--json").exit());
  }

  @Test
  @DisplayName("a refused policy is not written")
  void notWritten() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("policy.yaml"),
            Files.readString(TOWN).replace("value: 12h", "value: 13h"));
    Path out = folder.resolve("compiled.json");
    assertEquals(1, Program.run("check", file.toString(), "--out", out.toString()).exit());
    assertFalse(Files.exists(out));
  }

  @Test
  @DisplayName("a file that cannot be read or written is exit code 3")
  void environment() {
    Program program = Program.run("check", folder.resolve("none.yaml").toString(), "--json");
    assertEquals(3, program.exit());
    assertEquals("UNREADABLE", program.json().path("code").asString());
    String nowhere = folder.resolve("none").resolve("out.json").toString();
    Program unwritable = Program.run("check", TOWN.toString(), "--out", nowhere, "--json");
    assertEquals(3, unwritable.exit());
    assertEquals("UNWRITABLE", unwritable.json().path("code").asString());
  }

  private Program refused(String part, String instead) throws IOException {
    String yaml = Files.readString(TOWN, UTF_8);
    String changed = yaml.replaceFirst(Pattern.quote(part), Matcher.quoteReplacement(instead));
    assertNotEquals(yaml, changed);
    Path file = Files.writeString(folder.resolve("policy.yaml"), changed);
    Program program = Program.run("check", file.toString(), "--json");
    assertEquals(1, program.exit(), program.out() + program.err());
    return program;
  }

  private static JsonNode problem(Program program, String code, String path) {
    for (JsonNode problem : program.json().path("problems")) {
      if (problem.path("code").asString().equals(code)
          && problem.path("path").asString().equals(path)) {
        assertFalse(problem.path("text").asString().isBlank());
        return problem;
      }
    }
    throw new AssertionError("no " + code + " at " + path + " in " + program.out());
  }
}
