package jp.sekisho.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import jp.sekisho.protocol.Base64Url;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code medium register} as typed. */
final class MediumCommandTest {
  private static final String FINGERPRINT = Base64Url.encode(new byte[32]);

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return ServerCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(args);
  }

  private int register(String medium, String organ, String fingerprint, String... more) {
    String[] args = {
      "medium",
      "register",
      medium,
      "--organ",
      organ,
      "--fingerprint",
      fingerprint,
      "--data",
      directory.resolve("data").toString()
    };
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return run(all);
  }

  @Test
  void aMediumIsRegisteredOnceAndOnlyForAnOrganThatExists() {
    assertEquals(
        ExitCode.OK,
        run(
            "init",
            "--data",
            directory.resolve("data").toString(),
            "--organ",
            "mayor:市長部局",
            "--origin",
            "http://localhost:8080",
            "--agents-host",
            "localhost",
            "--help-line",
            "内線 1",
            "--trial"));
    assertEquals(ExitCode.REFUSED, register("M-0007", "assembly", FINGERPRINT));
    assertEquals(ExitCode.REFUSED, register("M-0007", "system", FINGERPRINT));
    assertEquals(ExitCode.REFUSED, register("0007", "mayor", FINGERPRINT));
    assertEquals(ExitCode.REFUSED, register("M-0007", "mayor", "short"));
    assertEquals(ExitCode.OK, register("M-0007", "mayor", FINGERPRINT, "--json"));
    assertEquals(
        "{\"outcome\":\"registered\",\"medium\":\"M-0007\",\"organ\":\"mayor\",\"fingerprint\":\""
            + FINGERPRINT
            + "\"}\n",
        out.toString());
    assertEquals(ExitCode.REFUSED, register("M-0008", "mayor", FINGERPRINT, "--lang", "ja"));
    assertTrue(err.toString().contains("[MEDIUM_TAKEN]"), err.toString());
    assertTrue(err.toString().contains("内線 1"), err.toString());
    assertEquals(ExitCode.USAGE, run("medium", "register", "M-0009"));
  }
}
