package jp.sekisho.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.testing.FakeService;
import jp.sekisho.protocol.CanonicalJson;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AgentCommandTest {
  @TempDir Path temp;

  private record Run(int exit, String out, String err) {
    Map<String, Object> json() throws Exception {
      assertEquals("", err);
      return CanonicalJson.read(out.strip().getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Run run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = AgentCommand.commandLine(args);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int exit = line.execute(args);
    return new Run(exit, out.toString(), err.toString());
  }

  private String state() {
    return temp.resolve("state").toString();
  }

  @Test
  @DisplayName("every text is there in both languages, with the same placeholders")
  void texts() {
    var ja = Texts.bundle("ja");
    var en = Texts.bundle("en");
    assertEquals(new TreeSet<>(ja.keySet()), new TreeSet<>(en.keySet()));
    for (String key : ja.keySet()) {
      for (int i = 0; i < 4; i++) {
        String hole = "{" + i + "}";
        assertEquals(
            en.getString(key).contains(hole), ja.getString(key).contains(hole), key + hole);
      }
      assertFalse(Texts.of(Locale.ENGLISH).text(key, "a", "b", "c", "d").contains("{"), key);
      assertFalse(Texts.of(Locale.JAPANESE).text(key, "a", "b", "c", "d").contains("{"), key);
    }
    for (StateException.Code code : StateException.Code.values()) {
      assertTrue(ja.containsKey("state." + code), code.name());
    }
    for (SpoolException.Code code : SpoolException.Code.values()) {
      assertTrue(ja.containsKey("spool." + code), code.name());
    }
  }

  @Test
  @DisplayName("wrong usage is 2, an unenrolled machine is 3")
  void codes() throws Exception {
    assertEquals(2, run("service", "--nonsense").exit());
    assertEquals(2, run("enroll").exit());
    assertEquals(2, run("enroll", "x", "--reader-role", "nonsense").exit());
    assertEquals(3, run("status", "--state", state()).exit());
    assertEquals(
        Map.of("error", "NOT_ENROLLED"), run("status", "--json", "--state", state()).json());
    for (String command :
        new String[] {
          "service",
          "session",
          "enroll",
          "status",
          "doctor",
          "export",
          "clipboard",
          "break-glass",
          "offline-login"
        }) {
      assertEquals(0, run(command, "--help").exit(), command);
    }
  }

  @Test
  @DisplayName("enrolment says terminal and fingerprint, as text and as JSON; status goes on")
  void enrols() throws Exception {
    try (FakeService service = FakeService.start()) {
      service.state = "pending";
      Run run =
          run(
              "enroll",
              service.ticket().text(),
              "--state",
              state(),
              "--reader-role",
              "Staff*=staff",
              "--json");
      assertEquals(0, run.exit(), run.err());
      String fingerprint = new StateDirectory(Path.of(state())).key().orElseThrow().fingerprint();
      assertEquals(
          Map.of(
              "terminal", "T-0042",
              "organ", "mayor",
              "state", "pending",
              "fingerprint", fingerprint),
          run.json());
      assertFalse(run.out().contains(service.token));
      Run again = run("enroll", service.ticket().text(), "--state", state(), "--json");
      assertEquals(1, again.exit());
      assertEquals(Map.of("error", "ALREADY_ENROLLED"), again.json());

      Run status = run("status", "--state", state(), "--json");
      assertEquals(1, status.exit());
      assertEquals("pending", status.json().get("state"));
      assertEquals(java.util.List.of("pending", "not-running"), status.json().get("problems"));

      Run other = run("enroll", service.ticket().text(), "--state", temp.resolve("b").toString());
      assertEquals(0, other.exit());
      assertTrue(
          other
              .out()
              .contains(new StateDirectory(temp.resolve("b")).key().orElseThrow().fingerprint()),
          other.out());
    }
  }

  @Test
  @DisplayName("what is no ticket is refused with 1, an absent service is 3")
  void enrolRefused() throws Exception {
    assertEquals(1, run("enroll", "nonsense", "--state", state()).exit());
    String ticket;
    try (FakeService service = FakeService.start()) {
      ticket = service.ticket().text();
    }
    Run run = run("enroll", ticket, "--state", state(), "--json");
    assertEquals(3, run.exit());
    assertEquals(Map.of("error", "SERVER_UNREACHABLE"), run.json());
  }
}
