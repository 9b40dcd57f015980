package jp.sekisho.smartcard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardCommandTest {
  @TempDir Path directory;

  private record Run(int exitCode, String out) {}

  private static Run run(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int code = CardCommand.run(arguments);
      return new Run(code, out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "readers",
        "status",
        "simulate",
        "control",
        "issue-test-ca",
        "verify-path",
        "verify-signature"
      })
  void everyCommandHasHelpAndNoneTakesAPin(String command) {
    Run run = run(command, "--help");
    assertEquals(0, run.exitCode());
    assertFalse(run.out().toLowerCase(Locale.ROOT).contains("--pin"), run.out());
  }

  @Test
  void wrongUsageIsTwo() {
    assertEquals(2, run("status", "--reader-role", "X=clerk").exitCode());
    assertEquals(2, run("frobnicate").exitCode());
  }

  @Test
  void aFileThatIsNotThereIsSaidWithACode() {
    String absent = directory.resolve("absent").toString();
    Run run = run("verify-path", absent, "--anchor", absent);
    assertEquals(2, run.exitCode());
    assertTrue(run.out().contains("\"reason\":\"FILE_UNUSABLE " + absent), run.out());
    assertTrue(run.out().contains("NoSuchFile"), run.out());
  }

  @Test
  void theTestCaIsMadeOnceAndItsKeyIsForTheOwnerOnly() throws Exception {
    assertEquals(0, run("issue-test-ca", directory.toString()).exitCode());
    byte[] root = Files.readAllBytes(directory.resolve("root.der"));
    assertEquals(0, run("issue-test-ca", directory.toString()).exitCode());
    assertArrayEquals(root, Files.readAllBytes(directory.resolve("root.der")));
    assertEquals(
        "[OWNER_READ, OWNER_WRITE]",
        new TreeSet<>(Files.getPosixFilePermissions(directory.resolve("root.key"))).toString());
    String file = directory.resolve("root.der").toString();
    Run json =
        run("verify-path", file, "--anchor", file, "--no-revocation", "--key-usage=keyAgreement");
    assertEquals(1, json.exitCode());
    assertTrue(json.out().contains("\"clause\":\"4.2.1.3\"}"), json.out());
  }

  @Test
  void aMissingSimulatorIsTheEnvironmentsFault() {
    assertEquals(3, run("control", "--dir", directory.toString(), "insert").exitCode());
  }

  @Test
  void jsonEscapesWhatItMust() {
    assertEquals("{\"a\":\"\\u0022\\u005c\\u000a\"}", Json.of(Map.of("a", "\"\\\n")));
  }
}
