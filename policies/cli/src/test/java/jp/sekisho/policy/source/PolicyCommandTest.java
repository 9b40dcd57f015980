package jp.sekisho.policy.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import tools.jackson.databind.JsonNode;

class PolicyCommandTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "check",
        "schema",
        "explain",
        "diff",
        "test",
        "detect-number",
        "verify-statement"
      })
  @DisplayName("every command has help in both languages, without a text left out")
  void help(String command) {
    for (String language : new String[] {"ja", "en"}) {
      String[] arguments =
          command.isEmpty()
              ? new String[] {"--help", "--lang", language}
              : new String[] {command, "--help", "--lang", language};
      Program program = Program.run(arguments);
      assertEquals(0, program.exit(), program.err());
      assertTrue(program.out().startsWith("Usage: sekisho-policy"), program.out());
      boolean japanese = program.out().contains("JSON を一つだけ出力します。");
      assertEquals(language.equals("ja"), japanese, program.out());
    }
  }

  @Test
  @DisplayName("every command, option and parameter has its text")
  void helpTexts() {
    Set<String> keys = Messages.EN.bundle().keySet();
    CommandLine program = PolicyCommand.commandLine(Messages.EN, InputStream.nullInputStream());
    assertEquals(12, program.getSubcommands().size());
    program.getSubcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .forEach(command -> {
          assertTrue(keys.contains(command.qualifiedName(".") + ".usage.description"));
          for (ArgSpec argument : command.args()) {
            assertTrue(keys.contains(argument.descriptionKey()), argument.toString());
          }
        });
  }

  @Test
  @DisplayName("wrong usage is exit code 2")
  void usage() {
    assertEquals(2, Program.run().exit());
    assertEquals(2, Program.run("sign").exit());
    assertEquals(2, Program.run("check").exit());
    assertEquals(2, Program.run("check", "a.yaml", "--force").exit());
    assertEquals(2, Program.run("verify-statement", "--statement", "a").exit());
  }

  @Test
  @DisplayName("the schema is JSON and describes every key in both languages")
  void schema() {
    Program program = Program.run("schema");
    assertEquals(0, program.exit());
    JsonNode schema = program.json();
    assertEquals("https://json-schema.org/draft/2020-12/schema", schema.path("$schema").asString());
    for (String section : new String[] {"format", "segment", "login", "readers"}) {
      String text = schema.at("/properties/" + section + "/description").asString();
      assertTrue(
          text.matches(".*[\\p{IsHan}\\p{IsKatakana}].*") && text.matches(".*[a-z]{3}.*"), section);
    }
    schema
        .at("/properties/login/properties")
        .properties()
        .forEach(rule -> assertFalse(rule.getValue().path("description").asString("").isEmpty()));
  }

  @Test
  @DisplayName("the version is shown")
  void version() {
    assertTrue(Program.run("--version").out().startsWith("sekisho-policy "));
  }
}
