package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jp.sekisho.policy.usb.UsbDevice;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ExplainAndDiffTest {
  private static final String CITY = Program.PROFILES.resolve("city").toString();

  @TempDir Path folder;

  private static Program explain(String terminal, String... more) {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of("explain", "--policy", CITY, "--terminal", terminal, "--person", "S-1024"));
    arguments.addAll(List.of(more));
    return Program.run(arguments.toArray(String[]::new));
  }

  private static void decided(String expected, Program program) {
    JsonNode json = program.json();
    assertEquals(0, program.exit(), program.out());
    assertEquals(
        expected,
        String.join(
            " ",
            json.path("effect").asString(),
            json.path("rule").asString(),
            json.path("layer").asString(),
            json.path("scope").asString()));
    assertFalse(json.at("/reason/ja").asString().isEmpty());
    assertFalse(json.at("/reason/en").asString().isEmpty());
  }

  @Test
  @DisplayName("each kind of act is explained by rule, layer and reason, at its terminal")
  void acts() throws IOException {
    decided("block counter.clipboard group mayor/tax/counter", copy("T-1001"));
    decided("block clipboard.number common common", copy("T-9001"));
    decided(
        "audit calendar.hours common common",
        explain("T-9001", "--login", "card-pin", "--at", "2026-11-22T13:00", "--json"));
    decided("block media.sd common common", explain("T-9001", "--media", "sd", "--json"));
    decided("block network.wifi common common", explain("T-9001", "--network", "wifi", "--json"));
    decided(
        "block election.offline-days organ election",
        explain(
            "T-S001",
            "--login",
            "card-pin",
            "--at",
            "2026-11-24T10:00",
            "--last-contact",
            "2026-11-19",
            "--last-online",
            "2026-11-19",
            "--powered",
            "20",
            "--boots",
            "2",
            "--json"));
  }

  private Program copy(String terminal) throws IOException {
    Path text = Files.writeString(folder.resolve("copy.txt"), "個人番号 123456789018");
    return explain(
        terminal,
        "--clipboard",
        text.toString(),
        "--from",
        "zei.exe",
        "--to",
        "mail.exe",
        "--at",
        "2026-11-20T09:00",
        "--json");
  }

  @Test
  @DisplayName("a stick is blocked, and read under the grant that names it, its person and time")
  void grant() throws IOException {
    UsbDevice stick = DescribedDevice.of(List.of("08:06:50"), "0781", "5567", null);
    Path usb = Files.write(folder.resolve("descriptors"), stick.descriptors());
    decided(
        "grant-only usb.storage common common",
        explain("T-9001", "--usb", usb.toString(), "--json"));
    decided(
        "grant-only usb.storage common common",
        explain("T-9001", "--usb", usb.toString(), "--at", "2026-11-20T09:00", "--json"));
    String text =
        """
        sekisho/grant/v1
        request AAAAAAAAAAAAAAAAAAAAAA
        organ mayor
        person S-1024
        terminal T-9001
        capability usb-read
        medium M-0007
        fingerprint %s
        reason 照会への回答を確かめるため
        document -
        legal-basis -
        provided-to -
        subjects 1
        start 2026-11-20T00:00:00Z
        end 2026-11-20T08:00:00Z
        minutes 30
        """
            .formatted(stick.fingerprint());
    Path grant = Files.writeString(folder.resolve("grant"), text, StandardCharsets.UTF_8);
    String[] use = {"--usb", usb.toString(), "--grant", grant.toString(), "--json"};
    decided("grant-only built-in.grant built-in common", explain("T-9001", use));
    decided(
        "read-only usb.storage common common",
        explain("T-9001", add(use, "--at", "2026-11-20T09:00")));
    decided(
        "grant-only built-in.grant built-in common",
        explain("T-9001", add(use, "--at", "2026-11-20T17:00")));
    Files.writeString(grant, "sekisho/grant/v1\n");
    assertEquals(1, explain("T-9001", use).exit());
  }

  @Test
  @DisplayName("what is too much for the boundary goes under a grant for copies, a number does not")
  void copiesUnderAGrant() throws IOException {
    Path grant =
        Files.writeString(
            folder.resolve("grant"),
            """
            sekisho/grant/v3
            request AAAAAAAAAAAAAAAAAAAAAA
            organ mayor
            person S-1024
            terminal T-9001
            capability clipboard
            medium -
            fingerprint -
            reason 他課の照会に貼り付けて答えるため
            document -
            legal-basis -
            provided-to -
            subjects 1
            attendant -
            recipient -
            files 0
            bytes 70000
            names -
            start 2026-11-20T00:00:00Z
            end 2026-11-20T08:00:00Z
            minutes 30
            """,
            StandardCharsets.UTF_8);
    Path large = Files.writeString(folder.resolve("large.txt"), "x".repeat(70_000));
    Path larger = Files.writeString(folder.resolve("larger.txt"), "x".repeat(70_001));
    Path number = Files.writeString(folder.resolve("number.txt"), "個人番号 123456789018");
    String[] now = {"--grant", grant.toString(), "--at", "2026-11-20T09:00", "--json"};
    String[] late = {"--grant", grant.toString(), "--at", "2026-11-20T17:00", "--json"};
    decided(
        "block clipboard.largest common common",
        explain("T-9001", "--clipboard", large.toString(), "--json"));
    decided(
        "allow clipboard.largest common common",
        explain("T-9001", add(now, "--clipboard", large.toString())));
    String other = "grant-only built-in.grant built-in common";
    decided(other, explain("T-9001", add(late, "--clipboard", large.toString())));
    decided(other, explain("T-9001", add(now, "--clipboard", larger.toString())));
    decided(other, explain("T-9002", add(now, "--clipboard", large.toString())));
    decided(
        "block clipboard.number common common",
        explain("T-9001", add(now, "--clipboard", number.toString())));
  }

  private static String[] add(String[] to, String... more) {
    List<String> all = new java.util.ArrayList<>(List.of(to));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  @DisplayName("two questions, none, a wrong time, name or kind are wrong usage")
  void usage() {
    assertEquals(2, explain("T-9001").exit());
    assertEquals(2, explain("T-9001", "--media", "sd", "--network", "wifi").exit());
    assertEquals(2, explain("T-9001", "--media", "floppy").exit());
    assertEquals(2, explain("terminal", "--media", "sd").exit());
    assertEquals(2, explain("T-9001", "--login", "card-pin", "--at", "noon").exit());
    Program typo = explain("T-9001", "--login", "card", "--lang", "en");
    assertEquals(2, typo.exit(), "it is not a login by one factor: " + typo.out());
    assertTrue(typo.err().contains("card-pin | passkey | one"), typo.err());
  }

  @Test
  @DisplayName("an offline login with a part unsaid is wrong usage, not an online or a first one")
  void offlineByHalves() {
    Map<String, String> all =
        Map.of(
            "--last-contact",
            "2026-11-19",
            "--last-online",
            "2026-11-19",
            "--powered",
            "1",
            "--boots",
            "1");
    String[] login = {"--login", "card-pin", "--at", "2026-11-20T10:00"};
    assertEquals(0, explain("T-9001", add(login, options(all, ""))).exit());
    for (Map.Entry<String, String> one : all.entrySet()) {
      Program without = explain("T-9001", add(login, options(all, one.getKey())));
      assertEquals(2, without.exit(), one + without.out());
      Program alone = explain("T-9001", add(login, one.getKey(), one.getValue()));
      assertEquals(2, alone.exit(), one + alone.out());
    }
    for (String number : List.of("--powered", "--boots")) {
      String[] negative = add(options(all, number), number, "-1");
      assertEquals(2, explain("T-9001", add(login, negative)).exit(), number);
    }
  }

  private static String[] options(Map<String, String> all, String without) {
    return all.entrySet().stream()
        .filter(one -> !one.getKey().equals(without))
        .flatMap(one -> Stream.of(one.getKey(), one.getValue()))
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--media sd --grant x",
        "--media sd --serial x",
        "--login one --from x",
        "--login one --to x",
        "--media sd --elsewhere",
        "--media sd --powered 1",
        "--media sd --last-contact 2026-11-19 --last-online 2026-11-19 --powered 1 --boots 1",
        "--network wifi --at 2026-11-20T10:00"
      })
  @DisplayName("an option that its question would not use is wrong usage and named")
  void foreign(String options) {
    Program program = explain("T-9001", add(options.split(" "), "--lang", "en"));
    assertEquals(2, program.exit(), program.out());
    assertTrue(program.err().contains("belongs with --"), program.err());
  }

  @Test
  @DisplayName("the answer is in words, in the language asked for")
  void words() {
    String ja = explain("T-9001", "--media", "sd", "--lang", "ja").out();
    assertTrue(ja.contains("遮断します") && ja.contains("SDカードは使いません"), ja);
    String en = explain("T-9001", "--media", "sd", "--lang", "en").out();
    assertTrue(en.contains("Blocked.") && en.contains("SD cards are not used."), en);
  }

  @Test
  @DisplayName("diff says of each change whether it is stricter or wider, and of the whole")
  void diff() throws IOException {
    Path old = Program.PROFILES.resolve("my-number").resolve("common.yaml");
    String text = Files.readString(old);
    Path stricter =
        Files.writeString(
            folder.resolve("stricter.yaml"),
            text.replace("value: 5m", "value: 3m").replace("\"zei.exe\", ", ""));
    Program tight = Program.run("diff", old.toString(), stricter.toString(), "--lang", "en");
    assertTrue(
        tight.out().contains("5m → 3m — time until the terminal locks: stricter"), tight.out());
    assertTrue(tight.out().contains("Nothing is permitted that was not."), tight.out());
    Program json = Program.run("diff", stricter.toString(), old.toString(), "--json");
    assertTrue(json.json().path("wider").asBoolean(), json.out());
    assertEquals("wider", json.json().at("/changes/0/direction").asString(), json.out());
    assertEquals("3m", json.json().at("/changes/0/before").asString(), json.out());
    Program same = Program.run("diff", old.toString(), old.toString(), "--lang", "ja");
    assertTrue(same.out().contains("値に違いはありません（理由と識別子は比べていません）。"), same.out());
    Program layers = Program.run("diff", old.toString(), CITY, "--json");
    assertTrue(layers.out().contains("mayor/tax/counter"), layers.out());
  }

  @Test
  @DisplayName("a case that differs fails, one without a question is refused, none at all too")
  void failingCase() throws IOException {
    Path policy =
        Files.copy(
            Program.PROFILES.resolve("my-number").resolve("common.yaml"),
            folder.resolve("common.yaml"));
    assertEquals(
        "NO_CASES",
        Program.run("test", policy.toString(), "--json").json().path("code").asString());
    String head = "format: sekisho/policy-cases/v1\ncases:\n";
    Path cases = folder.resolve("common.cases.yaml");
    Files.writeString(cases, head + "  - { name: a, media: sd, expect: { effect: allow } }\n");
    Program failed = Program.run("test", policy.toString(), "--json");
    assertEquals(1, failed.exit());
    assertEquals(1, failed.json().path("failed").asInt(), failed.out());
    assertEquals(3, failed.json().at("/results/0/line").asInt());
    Files.writeString(cases, head + "  - { name: a, expect: { effect: allow } }\n");
    assertEquals(
        "CASE_QUESTION",
        Program.run("test", policy.toString(), "--json").json().at("/problems/0/code").asString());
    Files.writeString(
        cases,
        head
            + "  - { name: a, at: \"2026-13-99T10:00\", login: { factors: one }, expect: { effect: block } }\n");
    assertEquals(
        "FORM_WRONG",
        Program.run("test", policy.toString(), "--json").json().at("/problems/0/code").asString());
  }
}
