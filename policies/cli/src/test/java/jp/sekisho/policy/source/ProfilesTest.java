package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The shipped kinds of organisation, each with its cases. */
class ProfilesTest {
  private static final Path MAPPING = Path.of("..", "..", "docs", "policy-mapping.md");

  static List<Path> profiles() throws IOException {
    try (Stream<Path> entries = Files.list(Program.PROFILES)) {
      List<Path> profiles = entries.filter(Files::isDirectory).sorted().toList();
      assertEquals(6, profiles.size());
      return profiles;
    }
  }

  @ParameterizedTest
  @MethodSource("profiles")
  @DisplayName("every profile is in order without a dead rule, and decides each of its cases")
  void cases(Path profile) {
    Program check = Program.run("check", profile.toString(), "--json");
    assertEquals(0, check.exit(), check.out());
    assertEquals(0, check.json().path("warnings").size(), check.out());
    Program test = Program.run("test", profile.toString(), "--json");
    assertEquals(0, test.exit(), test.out());
    assertTrue(test.json().path("cases").asInt() >= 25, test.out());
    assertEquals(0, test.json().path("failed").asInt());
  }

  @Test
  @DisplayName("the mapping of clauses names only rules and cases' requirements that are there")
  void mapping() throws IOException, InputFile.UnreadableException {
    Set<String> rules = new TreeSet<>();
    for (Path profile : profiles()) {
      for (Path file : PolicyTree.files(profile)) {
        Pattern.compile("^ +(?:- )?id: (\\S+)$", Pattern.MULTILINE)
            .matcher(Files.readString(file))
            .results()
            .map(result -> result.group(1))
            .forEach(rules::add);
      }
      for (JsonNode result :
          Program.run("test", profile.toString(), "--json").json().path("results")) {
        rules.add(result.path("rule").asString());
      }
    }
    Set<String> named =
        Pattern.compile("`([a-z][a-z-]*\\.[a-z][a-z-]*)`")
            .matcher(Files.readString(MAPPING))
            .results()
            .map((MatchResult result) -> result.group(1))
            .filter(name -> !name.matches(".*[.](yaml|md|json)"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(named.size() > 20, named.toString());
    named.removeAll(rules);
    named.removeIf(ProfilesTest::isEvent);
    assertEquals(Set.of(), named, "neither a rule of a profile nor an event of the log");
  }

  @Test
  @DisplayName("each test that the mapping names is there, and says which requirement it tests")
  void requirements() throws IOException {
    Map<String, List<String>> tests = tests();
    String mapping = Files.readString(MAPPING);
    Set<String> missing = named(mapping);
    missing.removeAll(tests.keySet());
    assertEquals(Set.of(), missing);
    List<MatchResult> rows =
        Pattern.compile("^[|] (R[0-9]+) .*[|] (`[^|]+)[|]$", Pattern.MULTILINE)
            .matcher(mapping)
            .results()
            .toList();
    assertEquals(
        List.of(
            "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15", "R19", "R25", "R26", "R27",
            "R28"),
        rows.stream().map(row -> row.group(1)).toList());
    for (MatchResult row : rows) {
      Pattern number = Pattern.compile("\\b" + row.group(1) + "\\b");
      for (String test : named(row.group(2))) {
        assertTrue(
            tests.getOrDefault(test, List.of()).stream()
                .anyMatch(text -> number.matcher(text).find()),
            test + " does not say " + row.group(1));
      }
    }
  }

  private static Set<String> named(String text) {
    return Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT))(?:[.][a-zA-Z]+)?`")
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Text of every test class of the project; two modules may have one of the same name. */
  private static Map<String, List<String>> tests() throws IOException {
    Map<String, List<String>> tests = new HashMap<>();
    for (String module :
        List.of(
            "policies/core",
            "policies/cli",
            "endpoint-agent",
            "auth-server/audit-log",
            "auth-server/service",
            "e2e")) {
      try (Stream<Path> files =
          Files.walk(Path.of("..", "..").resolve(module).resolve("src/test/java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          tests.computeIfAbsent(name, key -> new ArrayList<>()).add(Files.readString(file));
        }
      }
    }
    return tests;
  }

  private static boolean isEvent(String name) {
    try {
      return Files.readString(Path.of("..", "..", "docs", "audit-events.md"))
          .contains("`" + name + "`");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
