package jp.sekisho.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import jp.sekisho.policy.trust.ServiceKeys;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.LogRow;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandTest {
  @TempDir private Path dir;

  private record Ran(int exit, String out, String err) {}

  @BeforeEach
  void init() {
    Ran ran =
        run(
            "init",
            "--organ=mayor:市長部局",
            "--origin=http://localhost:8080",
            "--agents-host=localhost",
            "--help-line=内線 1234",
            "--trial");
    assertEquals(ExitCode.OK, ran.exit(), ran.err());
  }

  private Ran run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all =
        Stream.concat(Stream.of(args), Stream.of("--data", dir.resolve("data").toString()))
            .toArray(String[]::new);
    int exit =
        ServerCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(all);
    return new Ran(exit, out.toString(), err.toString());
  }

  @Test
  void keysNamesTheOnlineKeyAndEveryLog() throws Exception {
    Path file = dir.resolve("service.txt");
    assertEquals(ExitCode.OK, run("policy", "keys", "--out", file.toString()).exit());
    ServiceKeys keys = ServiceKeys.parse(Files.readAllBytes(file));
    assertEquals(2, keys.logs().size());
    assertTrue(keys.logs().get(0).startsWith("localhost/log/mayor/1+"), keys.toString());
    assertEquals(ExitCode.OK, run("policy", "keys", "--out", file.toString()).exit());
    assertEquals(keys, ServiceKeys.parse(Files.readAllBytes(file)));
  }

  @Test
  void malformedAndMissingFilesAreRefused() throws Exception {
    assertEquals(
        ExitCode.ENVIRONMENT, run("policy", "import", dir.resolve("none").toString()).exit());
    for (String name : new String[] {"root", "root.sig", "policy", "policy.sig"}) {
      Files.writeString(dir.resolve(name), "x\n");
    }
    Ran refused = run("policy", "import", dir.toString(), "--json", "--lang=en");
    assertEquals(ExitCode.REFUSED, refused.exit());
    assertTrue(refused.out().contains("\"refused\":\"POLICY_MALFORMED\""), refused.out());
    assertTrue(refused.err().contains("内線 1234"), refused.err());
    assertTrue(entries().contains("policy.import-refused POLICY_MALFORMED"));
    assertEquals(ExitCode.REFUSED, run("policy", "show").exit());
    assertEquals(ExitCode.USAGE, run("policy", "import").exit());
  }

  private List<String> entries() throws Exception {
    DataDirectory data = new DataDirectory(dir.resolve("data"));
    try (Installation installation = Installation.open(data, Clock.systemUTC())) {
      List<String> entries = new ArrayList<>();
      for (LogRow row : installation.logs().page("system", null, Long.MAX_VALUE, 200)) {
        Entry entry = assertInstanceOf(LogRow.Intact.class, row).entry();
        entries.add(entry.type() + " " + entry.reason());
      }
      return entries;
    }
  }

  @Test
  void everyTextIsInBothLanguages() {
    var ja = Texts.bundle(PolicyCommand.class, "messages_ja.properties");
    var en = Texts.bundle(PolicyCommand.class, "messages_en.properties");
    assertEquals(new TreeSet<>(ja.keySet()), new TreeSet<>(en.keySet()));
    assertTrue(Texts.of(PolicyCommand.class, Locale.JAPANESE).say("policy.trial").contains("試用"));
  }
}
