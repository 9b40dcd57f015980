package jp.sekisho.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.authn.TestCa;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.webauthn.Passkey;
import jp.sekisho.server.webauthn.PasskeyScene;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code passkey} and {@code card suspend} as typed, about a person who holds a passkey only. */
final class PasskeyCommandTest {
  private static final String PERSON = "100042";

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Passkey passkey;

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return ServerCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(args);
  }

  private int passkey(String... args) {
    String data = directory.resolve("data").toString();
    return run(
        Stream.of(Stream.of("passkey", args[0], "--data", data), Stream.of(args).skip(1))
            .flatMap(each -> each)
            .toArray(String[]::new));
  }

  private Installation installation() throws IOException {
    return Installation.open(new DataDirectory(directory.resolve("data")), Clock.systemUTC());
  }

  @BeforeEach
  void init() throws IOException {
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
    Path csv = directory.resolve("p.csv");
    Files.writeString(
        csv,
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        100042,山田 花子,mayor,J01,住民課,主事,2026-04-01,,CLERK
        """);
    assertEquals(ExitCode.OK, run("person", "import", csv.toString(), "--data", data));
    try (Installation installation = installation()) {
      new TestCa("Staff CA", installation.clock().instant())
          .writeTrust(installation.staffTrust(), List.of());
      passkey = PasskeyScene.put(installation, Entry.Subject.person("mayor", PERSON), PERSON);
    }
  }

  private Entry newest(String type) throws IOException {
    try (Installation installation = installation()) {
      installation.logs().integrateNow();
      return installation.logs().page("mayor", null, Long.MAX_VALUE, 200).stream()
          .map(row -> ((LogRow.Intact) row).entry())
          .filter(entry -> entry.type().equals(type))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void aPersonsPasskeysAreListedSuspendedWithTheCardsAndRemoved() throws IOException {
    assertEquals(ExitCode.OK, passkey("list", PERSON, "--lang", "ja"));
    assertTrue(out.toString().contains(passkey.id() + "  利用中"), out.toString());
    assertTrue(out.toString().contains("机の鍵（Example Key 5）"), out.toString());

    String data = directory.resolve("data").toString();
    assertEquals(ExitCode.OK, run("card", "suspend", "--person", PERSON, "--data", data, "--json"));
    assertEquals(
        "{\"outcome\":\"suspended\",\"person\":\"100042\",\"value\":\"0\",\"passkeys\":1}",
        out.toString().strip());
    assertEquals(passkey.id(), newest("passkey.suspended").data().get("spki"));
    assertEquals(ExitCode.REFUSED, run("card", "resume", "--person", PERSON, "--data", data));
    assertEquals(ExitCode.OK, passkey("list", PERSON, "--json"));
    assertTrue(out.toString().contains("\"state\":\"suspended\""), out.toString());

    assertEquals(ExitCode.REFUSED, passkey("resume", "--json", "--", "100099", passkey.id()));
    assertEquals(ExitCode.OK, passkey("resume", "--json", "--", PERSON, passkey.id()));
    assertTrue(out.toString().contains("\"outcome\":\"resumed\""), out.toString());
    assertEquals(passkey.id(), newest("passkey.resumed").data().get("spki"));
    assertEquals(ExitCode.REFUSED, passkey("resume", "--json", "--", PERSON, passkey.id()));
    assertEquals(ExitCode.OK, run("card", "suspend", "--person", PERSON, "--data", data));

    assertEquals(ExitCode.REFUSED, passkey("remove", "--lang", "en", "--", "100099", passkey.id()));
    assertTrue(err.toString().contains("[PASSKEY_UNKNOWN]"), err.toString());
    assertTrue(err.toString().contains("passkey list"), err.toString());
    assertEquals(ExitCode.OK, passkey("remove", "--json", "--", PERSON, passkey.id()));
    assertEquals(
        "{\"id\":\"" + passkey.id() + "\",\"outcome\":\"removed\",\"person\":\"100042\"}",
        out.toString().strip());
    Entry removed = newest("passkey.removed");
    assertEquals(PERSON, removed.subject().person());
    assertNull(removed.subject().session());
    assertEquals(ExitCode.REFUSED, passkey("remove", "--json", "--", PERSON, passkey.id()));
    assertTrue(out.toString().contains("\"refused\":\"PASSKEY_UNKNOWN\""), out.toString());
    assertEquals(ExitCode.OK, passkey("list", PERSON, "--lang", "en"));
    assertTrue(out.toString().contains("removed"), out.toString());
  }

  @Test
  void nobodysListIsEmptyAndAnEditedRowIsSaid() throws IOException {
    assertEquals(ExitCode.OK, passkey("list", "100099", "--lang", "en"));
    assertTrue(out.toString().contains("100099 has no passkey"), out.toString());
    assertEquals(ExitCode.OK, passkey("list", "100099", "--json"));
    assertEquals("{\"passkeys\":[],\"person\":\"100099\"}", out.toString().strip());
    try (Installation installation = installation()) {
      installation
          .database()
          .writer()
          .write(handle -> handle.execute("update passkey set person = '100099'"));
    }
    assertEquals(ExitCode.REFUSED, passkey("list", "100099", "--lang", "en"));
    assertTrue(err.toString().contains("tampered"), err.toString());
    assertEquals("", out.toString());
    assertEquals(ExitCode.USAGE, passkey("remove", PERSON));
  }
}
