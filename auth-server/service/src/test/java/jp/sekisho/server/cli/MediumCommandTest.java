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

  @Test
  void theRegisterIsListedCountedAndADisposedMediumStaysInIt() {
    String data = directory.resolve("data").toString();
    assertEquals(
        ExitCode.OK,
        run(
            "init",
            "--data",
            data,
            "--organ",
            "mayor:市長部局",
            "--origin",
            "http://localhost:8080",
            "--agents-host",
            "localhost",
            "--help-line",
            "内線 1",
            "--trial"));
    String[] list = {"medium", "list", "--organ", "mayor", "--data", data, "--lang", "en"};
    assertEquals(ExitCode.OK, run(list));
    assertEquals("No media are registered.\n", out.toString());
    byte[] other = new byte[32];
    other[0] = 1;
    assertEquals(ExitCode.OK, register("M-0007", "mayor", FINGERPRINT));
    assertEquals(ExitCode.OK, register("M-0008", "mayor", Base64Url.encode(other)));
    String[] count = {
      "medium",
      "count",
      "M-0008",
      "M-0099",
      "M-0008",
      "--organ",
      "mayor",
      "--reference",
      "情第30号",
      "--data",
      data,
      "--lang",
      "ja"
    };
    assertEquals(ExitCode.REFUSED, run(count), "one is missing");
    assertEquals(
        """
        登録 2 本のうち 1 本がありました（根拠 情第30号）。
        台帳にない（または廃棄済みの）媒体: M-0099
        所在不明: M-0007
        """,
        out.toString());
    String[] dispose = {
      "medium",
      "dispose",
      "M-0007",
      "--organ",
      "mayor",
      "--reference",
      "情第31号",
      "--data",
      data,
      "--lang",
      "en"
    };
    assertEquals(ExitCode.OK, run(dispose));
    assertEquals(ExitCode.REFUSED, run(dispose));
    assertTrue(err.toString().contains("[MEDIUM_UNKNOWN]"), err.toString());
    assertTrue(err.toString().contains("内線 1"), err.toString());
    assertEquals(ExitCode.REFUSED, register("M-0007", "mayor", FINGERPRINT), "for good");
    assertEquals(ExitCode.REFUSED, register("M-0009", "mayor", FINGERPRINT), "nor the device");
    assertEquals(ExitCode.OK, run(count), "the other is there");
    assertEquals(ExitCode.OK, run(list));
    String[] rows = out.toString().split("\n", -1);
    assertTrue(
        rows[0].matches("M-0007 +" + FINGERPRINT + " .* disposed of .* \\(情第31号\\)"), rows[0]);
    assertTrue(rows[1].matches("M-0008 .* in"), rows[1]);
    assertEquals(
        ExitCode.REFUSED,
        run(
            "medium",
            "dispose",
            "M-0008",
            "--organ",
            "mayor",
            "--reference",
            "関所太郎",
            "--data",
            data),
        "no document's number");
    assertEquals(ExitCode.USAGE, run("medium", "dispose", "M-0008", "--organ", "mayor"));
  }
}
