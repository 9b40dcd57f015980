package jp.sekisho.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deputy} as typed. */
final class DeputyCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return ServerCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(args);
  }

  private int name(String person, String rank, String until) {
    return run(
        "deputy",
        "name",
        person,
        "--organ",
        "mayor",
        "--division",
        "0101",
        "--rank",
        rank,
        "--from",
        "2020-04-01",
        "--until",
        until,
        "--reference",
        "総第9号",
        "--data",
        data(),
        "--lang",
        "ja");
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  @Test
  void anOrderIsNamedListedAndTakenBack() throws Exception {
    assertEquals(
        ExitCode.OK,
        run(
            "init",
            "--data",
            data(),
            "--organ",
            "mayor:市長部局",
            "--origin",
            "http://localhost:8080",
            "--agents-host",
            "localhost",
            "--help-line",
            "内線 1",
            "--trial"));
    Path csv = directory.resolve("people.csv");
    Files.writeString(
        csv,
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        100050,関 次郎,mayor,0101,市民課,主査,2020-04-01,,CLERK
        """);
    assertEquals(ExitCode.OK, run("person", "import", csv.toString(), "--data", data()));
    assertEquals(ExitCode.OK, run("deputy", "list", "--organ", "mayor", "--data", data()));

    assertEquals(ExitCode.REFUSED, name("999999", "1", "2999-03-31"));
    assertTrue(err.toString().contains("[DEPUTY_INVALID]"), err.toString());
    assertTrue(err.toString().contains("内線 1"), err.toString());
    assertEquals(ExitCode.REFUSED, name("100050", "1", "2019-03-31"));
    assertEquals(ExitCode.REFUSED, name("100050", "1", "2020-05-01"));
    assertEquals(ExitCode.OK, name("100050", "1", "2999-03-31"));
    assertTrue(out.toString().contains("100050"), out.toString());

    assertEquals(
        ExitCode.OK, run("deputy", "list", "--organ", "mayor", "--data", data(), "--json"));
    String listed = out.toString();
    assertTrue(listed.contains("\"rank\":1") && listed.contains("\"reference\":\"総第9号\""), listed);
    String id = listed.replaceAll("(?s).*\"deputy\":\"([^\"]+)\".*", "$1");
    String[] remove = {
      "deputy", "remove", id, "--organ", "mayor", "--reference", "総第10号", "--data", data()
    };
    assertEquals(ExitCode.OK, run(remove));
    assertEquals(ExitCode.REFUSED, run(remove));
    assertEquals(ExitCode.REFUSED, run("deputy", "list", "--organ", "assembly", "--data", data()));
  }
}
