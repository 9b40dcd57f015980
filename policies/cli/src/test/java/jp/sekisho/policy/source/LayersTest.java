package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.protocol.MalformedException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/**
 * R25: layers in files; what widens is refused with both lines.
 *
 * <p>Past 400 lines: one directory of layers, and a case for each way in which one could widen.
 */
class LayersTest {
  private static final Path COMMON = Program.PROFILES.resolve("my-number").resolve("common.yaml");

  /** A certificate for a P-256 key, made for these tests. */
  private static final String CERTIFICATE =
      "MIIBRDCB6qADAgECAgkAt3/4Dx4ZPQQwCgYIKoZIzj0EAwIwFjEUMBIGA1UEAxMLcmVjaXBpZW50LTEw"
          + "HhcNMjYxMTIzMDA1MzMzWhcNMzYxMTIwMDA1MzMzWjAWMRQwEgYDVQQDEwtyZWNpcGllbnQtMTBZMBMG"
          + "ByqGSM49AgEGCCqGSM49AwEHA0IABNV6Xu0hO1J+BHTvbLHK8jf3PYEqBIHUYRNcAcsow4qQeedcM1aa"
          + "sJBItIyc3+/ldlRcjz+T+52ERAOFdUUH8pajITAfMB0GA1UdDgQWBBRo/h90/WJOMrAFFZ7kibSte+tI"
          + "WTAKBggqhkjOPQQDAgNJADBGAiEA3e8voeAKEymnPlpLXEizP72r8aDA6SLIbWTYNITsBHUCIQC9MQ4W"
          + "u09+33ThW0G7T0Js7Cdl6a+xxcHFXuuO7+Zg5Q==";

  @TempDir Path folder;

  @BeforeEach
  void common() throws IOException {
    Files.copy(COMMON, folder.resolve("common.yaml"));
  }

  private void layer(String file, String head, String section, String name, String value)
      throws IOException {
    String text =
        """
        format: sekisho/policy-source/v1
        layer: { %s }
        %s:
          %s:
            id: x.%s
            value: %s
            reason: { ja: "理由", en: "because" }
        """
            .formatted(head, section, name, name, value);
    Files.writeString(folder.resolve(file), text);
  }

  private static int lineOf(String id) throws IOException {
    List<String> lines = Files.readAllLines(COMMON);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals("id: " + id)) {
        return i + 2; // the value's line
      }
    }
    throw new AssertionError("no " + id);
  }

  @ParameterizedTest
  @CsvSource({
    "login, terminal-lock, 6m",
    "login, offline-days, 4",
    "login, factors, '[card-pin, passkey]'",
    "clipboard, mode, audit",
    "clipboard, programs, '[juki.exe, mail.exe]'",
    "clipboard, largest, 65KiB",
    "clipboard, number, warn",
    "media, sd, grant-only",
    "network, wifi, administered",
    "grants, capabilities, '[clipboard]'",
    "grants, second-approver, '[]'",
    "grants, recipients, '[stranger]'",
    "grants, most-data, 2GiB",
    "audit, retention-years, 6",
    "audit, presets, '[off-hours]'",
    "audit, when-full, continue",
    "calendar, open-days, '[mon]'",
    "calendar, counters, '[{ name: night, days: [mon], hours: \"17:15-19:00\" }]'"
  })
  @DisplayName("a lower layer that would permit more is refused with the two lines that conflict")
  void widening(String section, String name, String value) throws IOException {
    layer("tax.yaml", "kind: division, organ: mayor, division: tax", section, name, value);
    Program program = Program.run("check", folder.toString(), "--json");
    assertEquals(1, program.exit(), program.out());
    JsonNode problem = program.json().path("problems").path(0);
    assertEquals("LAYER_WIDENS", problem.path("code").asString(), program.out());
    assertTrue(problem.path("file").asString().endsWith("tax.yaml"));
    assertEquals(6, problem.path("line").asInt());
    String upper = "common.yaml:" + lineOf(section + "." + name);
    assertTrue(problem.path("text").asString().contains(upper), upper + " in " + program.out());
    assertEquals(1, Program.run("test", folder.toString(), "--json").exit());
  }

  @Test
  @DisplayName(
      "R13: recipients' certificates are checked, compared in words, and only taken away below")
  void certificates() throws IOException {
    Path common = folder.resolve("common.yaml");
    Files.writeString(common, withCertificate(Files.readString(common), CERTIFICATE));
    assertEquals(0, Program.run("check", folder.toString(), "--json").exit());
    Program diff = Program.run("diff", COMMON.toString(), common.toString(), "--lang", "en");
    assertTrue(diff.out().contains("certificates of recipients: wider"), diff.out());
    assertFalse(diff.out().contains(CERTIFICATE), "by its hash: " + diff.out());
    layer(
        "tax.yaml",
        "kind: division, organ: mayor, division: tax",
        "grants",
        "recipient-certificates",
        "[{ recipient: pension-office, certificate: \"" + CERTIFICATE + "\" }]");
    Program widened = Program.run("check", folder.toString(), "--json");
    assertEquals("LAYER_WIDENS", widened.json().at("/problems/0/code").asString(), widened.out());
    Files.delete(folder.resolve("tax.yaml"));
    for (String wrong : List.of("QUJD", CERTIFICATE.substring(0, 64))) {
      Files.writeString(common, withCertificate(Files.readString(COMMON), wrong));
      Program refused = Program.run("check", folder.toString(), "--json");
      assertEquals(1, refused.exit(), refused.out());
      assertEquals(
          "POLICY_REFUSED", refused.json().at("/problems/0/code").asString(), refused.out());
    }
  }

  @Test
  @DisplayName("R13: where a layer takes a recipient's last certificate, it is no recipient there")
  void lastCertificate() throws IOException, MalformedException {
    Path common = folder.resolve("common.yaml");
    Files.writeString(common, withCertificate(Files.readString(common), CERTIFICATE));
    layer(
        "tax.yaml",
        "kind: division, organ: mayor, division: tax, terminals: [\"T-1*\"]",
        "grants",
        "recipient-certificates",
        "[]");
    assertEquals(List.of("pension-office"), recipients("T-1001"), "and none by a passphrase");
    assertEquals(List.of("prefecture", "pension-office"), recipients("T-2001"));
  }

  private List<String> recipients(String terminal) throws IOException, MalformedException {
    Path out = folder.resolve("compiled.json");
    Program program =
        Program.run(
            "check", folder.toString(), "--terminal", terminal, "--out", out.toString(), "--json");
    assertEquals(0, program.exit(), program.out());
    return Policy.parse(Files.readAllBytes(out)).more().value(GrantSettings.RECIPIENTS);
  }

  @Test
  @DisplayName("R13: to take a recipient's last certificate is called wider, with it stricter")
  void lastCertificateInWords() throws IOException {
    Path certified = folder.resolve("certified.yaml");
    Files.writeString(certified, withCertificate(Files.readString(COMMON), CERTIFICATE));
    Program bare = Program.run("diff", certified.toString(), COMMON.toString(), "--lang", "en");
    assertTrue(bare.out().contains("certificates of recipients: wider"), bare.out());
    Path without = folder.resolve("without.yaml");
    Files.writeString(
        without,
        Files.readString(COMMON).replace("[prefecture, pension-office]", "[pension-office]"));
    Program both = Program.run("diff", certified.toString(), without.toString(), "--lang", "en");
    assertTrue(both.out().contains("certificates of recipients: stricter"), both.out());
  }

  private static String withCertificate(String source, String certificate) {
    return source.replace(
        "\ngrants:\n",
        """

        grants:
          recipient-certificates:
            id: grants.recipient-certificates
            value: [{ recipient: prefecture, certificate: "%s" }]
            reason: { ja: "理由", en: "because" }
        """
            .formatted(certificate));
  }

  @Test
  @DisplayName("the nearest layer above is the one that is named")
  void nearest() throws IOException {
    layer("a.yaml", "kind: organ, organ: mayor", "login", "terminal-lock", "3m");
    layer("b.yaml", "kind: division, organ: mayor, division: tax", "login", "terminal-lock", "4m");
    Program program = Program.run("check", folder.toString(), "--lang", "en");
    assertTrue(
        program.out().contains("“4m” would permit more than “3m” in a.yaml:6"), program.out());
    assertTrue(program.out().contains("b.yaml:6:"), program.out());
  }

  @Test
  @DisplayName("what the common layer leaves out has its strictest value, so nobody below sets it")
  void silentCommon() throws IOException {
    String without = Files.readString(COMMON).replaceFirst("(?s)\naudit:\n.*", "\n");
    Files.writeString(folder.resolve("common.yaml"), without);
    layer("a.yaml", "kind: organ, organ: mayor", "audit", "retention-years", "7");
    Program program = Program.run("check", folder.toString(), "--json");
    assertEquals("LAYER_WIDENS", program.json().at("/problems/0/code").asString(), program.out());
  }

  @Test
  @DisplayName("a terminal obeys the layers down to its group, each rule names its layer")
  void effective() throws IOException, MalformedException {
    layer(
        "a.yaml",
        "kind: organ, organ: mayor, terminals: [\"T-*\"]",
        "login",
        "terminal-lock",
        "4m");
    layer(
        "b.yaml",
        "kind: group, organ: mayor, division: tax, group: desk, terminals: [\"T-1*\"]",
        "grants",
        "longest-use",
        "10m");
    Path out = folder.resolve("compiled.json");
    Program program =
        Program.run(
            "check", folder.toString(), "--terminal", "T-1001", "--out", out.toString(), "--json");
    assertEquals(0, program.exit(), program.out());
    assertEquals("mayor/tax/desk", program.json().path("scope").asString());
    Policy policy = Policy.parse(Files.readAllBytes(out));
    assertEquals(4, policy.login().terminalLock().value().toMinutes());
    assertEquals(Layer.ORGAN, policy.login().terminalLock().layer());
    assertEquals(10, policy.grants().longestUse().value().toMinutes());
    assertEquals(Layer.GROUP, policy.grants().longestUse().layer());
    assertEquals(Layer.COMMON, policy.login().sessionIdle().layer());
    Program other =
        Program.run(
            "check", folder.toString(), "--terminal", "T-2001", "--out", out.toString(), "--json");
    assertEquals("mayor", other.json().path("scope").asString());
    assertEquals(
        60, Policy.parse(Files.readAllBytes(out)).grants().longestUse().value().toMinutes());
  }

  @Test
  @DisplayName("a rule that says what the layer above says, and a covered reader, are dead: warned")
  void dead() throws IOException {
    layer(
        "a.yaml",
        "kind: organ, organ: mayor, terminals: [\"T-1*\"]",
        "login",
        "terminal-lock",
        "5m");
    Program program = Program.run("check", folder.toString(), "--json");
    assertEquals(0, program.exit(), program.out());
    assertEquals(1, program.json().path("warnings").size(), program.out());
    assertEquals("RULE_DEAD", program.json().at("/warnings/0/code").asString());
    String covered =
        Files.readString(COMMON).replace("\"EXAMPLE Staff Reader *\"", "\"SONY FeliCa *\"");
    Files.writeString(folder.resolve("common.yaml"), covered);
    Files.delete(folder.resolve("a.yaml"));
    Program entry = Program.run("check", folder.toString(), "--json");
    assertEquals("ENTRY_DEAD", entry.json().at("/warnings/0/code").asString(), entry.out());
  }

  @Test
  @DisplayName("a layer that no terminal obeys is warned of, one with terminals below it is not")
  void unused() throws IOException {
    layer("a.yaml", "kind: organ, organ: mayor", "login", "terminal-lock", "4m");
    Program program = Program.run("check", folder.toString(), "--json");
    assertEquals(0, program.exit(), program.out());
    assertEquals(1, program.json().path("warnings").size(), program.out());
    assertEquals("LAYER_UNUSED", program.json().at("/warnings/0/code").asString());
    String text = Program.run("check", folder.toString(), "--lang", "en").out();
    assertTrue(text.contains("a.yaml:2:"), text);
    String below = "kind: division, organ: mayor, division: tax, terminals: [\"T-1*\"]";
    layer("b.yaml", below, "login", "terminal-lock", "3m");
    assertEquals(
        0, Program.run("check", folder.toString(), "--json").json().path("warnings").size());
    layer("c.yaml", "kind: organ, organ: mayors", "login", "terminal-lock", "3m");
    JsonNode apart = Program.run("check", folder.toString(), "--json").json().path("warnings");
    assertEquals(1, apart.size(), "the name only begins alike: " + apart);
  }

  @ParameterizedTest
  @CsvSource({
    "tax.yml, .yml",
    "tax.YAML, .YAML",
    "tax.yaml.bak, .bak",
    "tax.yaml~, .yaml~",
    "tax.cases.yml, .yml",
    "tax, tax"
  })
  @DisplayName(
      "a file that is not read is refused and its ending named; notes and compiled ones stay")
  void unknownFile(String name, String ending) throws IOException {
    Files.writeString(folder.resolve("README.md"), "notes");
    Files.writeString(folder.resolve("compiled.json"), "{}");
    Files.writeString(folder.resolve(".gitignore"), "*");
    layer(".t.yaml", "kind: organ, organ: hidden", "login", "terminal-lock", "4m");
    Program read = Program.run("check", folder.toString(), "--json");
    assertEquals(0, read.exit(), read.out());
    assertEquals(
        "hidden", read.json().at("/scopes/1").asString(), "a layer that begins with a dot");
    layer(name, "kind: organ, organ: mayor", "login", "terminal-lock", "4m");
    Program program = Program.run("check", folder.toString(), "--json", "--lang", "ja");
    assertEquals(1, program.exit(), program.out());
    JsonNode problem = program.json().at("/problems/0");
    assertEquals("FILE_UNKNOWN", problem.path("code").asString(), program.out());
    assertTrue(problem.path("file").asString().endsWith(name), program.out());
    assertTrue(problem.path("text").asString().contains("「" + ending + "」"), program.out());
  }

  @Test
  @DisplayName("layers in a directory below are refused, not left out")
  void directoryBelow() throws IOException {
    Path below = Files.createDirectory(folder.resolve("tax"));
    Files.copy(COMMON, below.resolve("common.yaml"));
    Program program = Program.run("check", folder.toString(), "--lang", "ja");
    assertEquals(1, program.exit(), program.out());
    assertTrue(program.out().contains("「tax/」は読みません"), program.out());
  }

  @Test
  @DisplayName("check says which layer a terminal obeys; no terminal's name writes nothing")
  void terminalsLayer() throws IOException {
    String head = "kind: organ, organ: mayor, terminals: [\"T-1*\"]";
    layer("a.yaml", head, "login", "terminal-lock", "4m");
    Path out = folder.resolve("compiled.json");
    for (String wrong : List.of("T1001", "t-1001", "")) {
      Program refused =
          Program.run(
              "check", folder.toString(), "--terminal", wrong, "--out", out.toString(), "--json");
      assertEquals(2, refused.exit(), refused.out());
      assertFalse(Files.exists(out), wrong);
    }
    String[] check = {"check", folder.toString(), "--lang", "en", "--terminal"};
    String named = Program.run(add(check, "T-1001")).out();
    assertTrue(named.contains("Terminal T-1001 obeys the layer mayor\n"), named);
    String unnamed = Program.run(add(check, "T-2001")).out();
    assertTrue(unnamed.contains("Mind: no layer names the terminal T-2001"), unnamed);
    String alone =
        Program.run("check", COMMON.toString(), "--lang", "en", "--terminal", "T-1").out();
    assertTrue(alone.contains("T-1") && !alone.contains("Mind"), alone);
  }

  private static String[] add(String[] to, String more) {
    return Stream.concat(Stream.of(to), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  @DisplayName("a lower layer takes readers away and gives none")
  void readers() throws IOException {
    String role =
        """
        format: sekisho/policy-source/v1
        layer: { kind: organ, organ: mayor }
        readers:
          roles:
            - id: x.reader
              value: { name: "New Reader *", role: %s }
              reason: { ja: "理由", en: "because" }
        """;
    Files.writeString(folder.resolve("a.yaml"), role.formatted("staff"));
    Program refused = Program.run("check", folder.toString(), "--json");
    assertEquals("LAYER_WIDENS", refused.json().at("/problems/0/code").asString());
    Files.writeString(folder.resolve("a.yaml"), role.formatted("resident"));
    assertEquals(0, Program.run("check", folder.toString()).exit());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kind: organ | LAYER_NAMES",
        "kind: common, organ: mayor | LAYER_NAMES",
        "kind: division, organ: mayor | LAYER_NAMES",
        "kind: group, organ: mayor, division: tax | LAYER_NAMES",
        "kind: common | LAYER_COMMON",
        "kind: other | VALUE_NOT_ALLOWED",
        "kind: organ, organ: Mayor | FORM_WRONG"
      })
  @DisplayName("a layer has the names of its kind, and there is one common layer")
  void heads(String head, String code) throws IOException {
    layer("a.yaml", head, "audit", "retention-years", "10");
    if (head.equals("kind: common")) {
      Files.copy(
          COMMON, folder.resolve("a.yaml"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    Program program = Program.run("check", folder.toString(), "--json");
    assertEquals(code, program.json().at("/problems/0/code").asString(), program.out());
  }

  @Test
  @DisplayName("one layer in two files and one terminal in two layers are refused")
  void twice() throws IOException {
    layer("a.yaml", "kind: organ, organ: mayor", "audit", "retention-years", "8");
    layer("b.yaml", "kind: organ, organ: mayor", "audit", "retention-years", "9");
    Program layers = Program.run("check", folder.toString(), "--json");
    assertEquals("LAYER_TWICE", layers.json().at("/problems/0/code").asString(), layers.out());
    layer(
        "a.yaml",
        "kind: organ, organ: mayor, terminals: [\"T-1*\"]",
        "audit",
        "retention-years",
        "8");
    for (String overlapping : List.of("T-10", "T-*9", "T-*", "T-1*")) {
      String head = "kind: organ, organ: education, terminals: [\"" + overlapping + "\"]";
      layer("b.yaml", head, "audit", "retention-years", "9");
      Program terminals = Program.run("check", folder.toString(), "--json");
      assertEquals(
          "TERMINAL_TWICE", terminals.json().at("/problems/0/code").asString(), terminals.out());
    }
    String apart = "kind: organ, organ: education, terminals: [\"T-2*\", \"T-E*1\"]";
    layer("b.yaml", apart, "audit", "retention-years", "9");
    assertEquals(0, Program.run("check", folder.toString()).exit());
  }

  @Test
  @DisplayName(
      "a lower layer alone, and a directory without layers, are refused; nothing is written")
  void alone() throws IOException {
    layer("a.yaml", "kind: organ, organ: mayor", "audit", "retention-years", "8");
    Path out = folder.resolve("compiled.json");
    Program program =
        Program.run(
            "check", folder.resolve("a.yaml").toString(), "--out", out.toString(), "--json");
    assertEquals("LAYER_ALONE", program.json().at("/problems/0/code").asString());
    assertFalse(Files.exists(out));
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Program none = Program.run("check", empty.toString(), "--json", "--lang", "ja");
    assertEquals("LAYER_COMMON", none.json().at("/problems/0/code").asString());
    assertTrue(none.json().at("/problems/0/text").asString().contains("：—"), none.out());
  }
}
