package jp.sekisho.smartcard.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.CardText;
import jp.sekisho.smartcard.issue.IssueFailure;
import jp.sekisho.smartcard.issue.IssueJournal;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.simulate.TestCa;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** {@code sekisho-card} as typed. Past 400 lines: a case for each command. */
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

  private static Stream<CommandLine> all(Language language) {
    CommandLine root = CardCommand.commandLine(language);
    return Stream.concat(Stream.of(root), root.getSubcommands().values().stream());
  }

  @Test
  void noCommandTakesAPinAsAnArgument() {
    all(Language.EN)
        .flatMap(command -> command.getCommandSpec().options().stream())
        .filter(option -> option.longestName().contains("pin"))
        .forEach(option -> assertEquals(0, option.arity().max(), option.longestName()));
  }

  @ParameterizedTest
  @EnumSource
  void everyOptionAndParameterIsExplainedInTheLanguageAskedFor(Language language) {
    all(language)
        .forEach(command -> {
          CommandSpec spec = command.getCommandSpec();
          explained(language, spec.name(), spec.usageMessage().description());
          for (ArgSpec argument : spec.args()) {
            explained(language, spec.name() + " " + argument, argument.description());
          }
        });
  }

  private static void explained(Language language, String what, String[] texts) {
    String text = String.join("", texts);
    assertFalse(text.isBlank(), what);
    assertEquals(language == Language.JA, text.codePoints().anyMatch(c -> c > 0x3000), what + text);
  }

  @Test
  void bothHelpFilesHaveTheSameKeys() {
    assertEquals(CardCommand.help(Language.JA).keySet(), CardCommand.help(Language.EN).keySet());
  }

  @Test
  void theLanguageIsThatAskedForElseTheSystems() {
    assertEquals(Language.JA, Language.asked(new String[] {"readers"}, Locale.JAPAN));
    assertEquals(Language.EN, Language.asked(new String[] {"readers"}, Locale.FRENCH));
    assertEquals(Language.JA, Language.asked(new String[] {"--lang=ja", "x"}, Locale.FRENCH));
    assertEquals(Language.EN, Language.asked(new String[] {"x", "--lang", "en"}, Locale.JAPAN));
    Run help = run("doctor", "--help", "--lang", "ja");
    assertEquals(0, help.exitCode());
    assertTrue(help.out().contains("使い方") && help.out().contains("妨げ"), help.out());
    assertTrue(run("--lang", "en", "doctor", "--help").out().contains("Usage:"));
  }

  @Test
  void anUnknownLanguageIsWrongUsage() {
    assertEquals(2, run("readers", "--lang", "fr").exitCode());
    assertEquals(2, run("--lang", "fr", "--help").exitCode());
    assertEquals(2, run("status", "--lang").exitCode());
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

  @ParameterizedTest
  @EnumSource
  void aFileOfACommandThatIsNotThereIsSaidWithWhatToDo(Language language) throws IOException {
    PrintStream before = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      String absent = directory.resolve("absent").toString();
      Run run = run("sign", absent, "--pin-stdin", "--lang", language.locale().getLanguage());
      assertEquals(3, run.exitCode());
      String said = err.toString(StandardCharsets.UTF_8);
      assertTrue(said.startsWith("FILE_UNUSABLE " + absent), said);
      assertTrue(said.contains(language == Language.JA ? "連絡" : "call the IT"), said);
      assertEquals("", run.out());
      Path large = Files.write(directory.resolve("large"), new byte[(1 << 20) + 1]);
      err.reset();
      run("sign", large.toString(), "--pin-stdin", "--lang", language.locale().getLanguage());
      assertTrue(err.toString(StandardCharsets.UTF_8).contains("FILE_TOO_LONG"));
    } finally {
      System.setErr(before);
    }
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

  @ParameterizedTest
  @ValueSource(strings = {"sign", "change-pin", "reset-pin"})
  void whoCannotBeAskedIsToldBeforeAnyCardIsLookedAt(String command) throws Exception {
    String file = Files.writeString(directory.resolve("text"), "x").toString();
    List<String> line = new ArrayList<>(List.of(command, "--json", "--reader-role", "*=shared"));
    if (command.equals("sign")) {
      line.add(file);
    }
    Run json = run(line.toArray(String[]::new));
    assertEquals("{\"failure\":\"PROMPT_UNAVAILABLE\"}", json.out().strip());
    assertEquals(3, json.exitCode());
    line.remove("--json");
    assertTrue(run(line.toArray(String[]::new)).out().contains("PROMPT_UNAVAILABLE"));
  }

  @Test
  void textOfACardIsPrintedWithoutWhatATerminalWouldObey() {
    assertEquals("?[2J100042??x 職員", Output.printable("\u001b[2J100042\u009b\u202ex 職員"));
    assertEquals("??", Output.printable("\n\u2028"));
  }

  @Test
  void aSerialNumberIsRevokedOnceAndWhatIsNoneIsWrongUsage() {
    String ca = directory.resolve("ca").toString();
    assertEquals(0, run("issue-test-ca", ca, "--revoke", "4F3a").exitCode());
    Run again = run("issue-test-ca", ca, "--revoke", "4f3A", "--json");
    assertEquals(1, again.exitCode());
    assertEquals("{\"failure\":\"ALREADY_REVOKED\"}", again.out().strip());
    for (String bad : new String[] {"xyz", "", "0", "-1", "12 34", "1".repeat(41)}) {
      assertEquals(2, run("issue-test-ca", ca, "--revoke", bad).exitCode(), bad);
    }
    assertEquals(2, run("issue-test-ca", ca, "--crl-url", "ftp://x").exitCode());
    assertEquals(2, run("issue-test-ca", ca, "--kdc", "town.example").exitCode());
  }

  @Test
  void everyRefusalOfTheDeskHasItsTextsInBothLanguages() {
    for (Locale locale : new Locale[] {Locale.JAPANESE, Locale.ENGLISH}) {
      for (IssueFailure failure : IssueFailure.values()) {
        for (String part : new String[] {"what", "why", "do"}) {
          assertFalse(
              CardText.message(locale, "issue." + failure + "." + part).isBlank(), "" + failure);
        }
      }
    }
  }

  @Test
  void aListWithBadRowsIssuesNothingAndNamesThem() throws Exception {
    String ca = directory.resolve("ca").toString();
    run("issue-test-ca", ca);
    Path list = directory.resolve("list.csv");
    Files.writeString(
        list, "\uFEFFnumber,upn\r\n100042,a@b.example\r\n,\r\n100042,\r\n\"1,x\r\n1,2,3\r\n");
    String[] issue = {
      "issue",
      "--lang=en",
      "--json",
      "--ca",
      ca,
      "--csv",
      list.toString(),
      "--journal",
      directory.resolve("journal").toString(),
      "--half-1",
      directory.resolve("h1").toString(),
      "--half-2",
      directory.resolve("h2").toString()
    };
    Run quotes = run(issue);
    assertEquals(1, quotes.exitCode());
    assertTrue(quotes.out().contains("\"failure\":\"ROW_QUOTES\",\"line\":5"), quotes.out());
    Files.writeString(list, "number,upn\n100042,a@b.example\n,\n100042,\n1,2,3\n");
    Run rows = run(issue);
    assertEquals(1, rows.exitCode());
    for (String fault :
        new String[] {
          "\"ROW_VALUE\",\"line\":3", "\"ROW_REPEATED\",\"line\":4", "\"ROW_FIELDS\",\"line\":5"
        }) {
      assertTrue(rows.out().contains(fault), rows.out());
    }
    assertFalse(Files.exists(directory.resolve("journal")), "nothing was begun");
    assertFalse(Files.exists(directory.resolve("h1")));
  }

  @Test
  void aLineThatIsMissingIsNotAPinOfTheWrongForm() {
    String ca = directory.resolve("ca").toString();
    run("issue-test-ca", ca);
    String[] issue = {
      "issue",
      "--ca=" + ca,
      "--number=1",
      "--half-1=" + directory.resolve("h1"),
      "--half-2=" + directory.resolve("h2"),
      "--own-pin",
      "--pin-stdin"
    };
    InputStream before = System.in;
    try {
      System.setIn(new ByteArrayInputStream(new byte[0]));
      Run missing = run(plus(issue, "--json"));
      assertEquals("{\"failure\":\"PIN_MISSING\"}", missing.out().strip());
      assertEquals(3, missing.exitCode());
      assertTrue(run(plus(issue, "--lang=ja")).out().startsWith("PIN_MISSING 標準入力"));
      System.setIn(new ByteArrayInputStream("12\n".getBytes(StandardCharsets.UTF_8)));
      Run wrong = run(plus(issue, "--json"));
      assertEquals("{\"failure\":\"PIN_FORMAT\"}", wrong.out().strip());
      assertEquals(1, wrong.exitCode());
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void halvesAreShownOnAScreenOrGoToTwoPlacesAndNoPipeIsAScreen() {
    String ca = directory.resolve("ca").toString();
    run("issue-test-ca", ca);
    String[] issue = {"issue", "--json", "--ca", ca, "--number", "1", "--halves-on-screen"};
    Run nobody = run(issue);
    assertEquals("{\"failure\":\"PROMPT_UNAVAILABLE\"}", nobody.out().strip());
    assertEquals(3, nobody.exitCode());
    Run piped = run(plus(issue, "--pin-stdin"));
    assertEquals(3, piped.exitCode(), "who types nothing sees nothing either");
    assertEquals(2, run(plus(issue, "--half-1", "a", "--half-2", "b")).exitCode());
    assertEquals(2, run("issue", "--ca", ca, "--number", "1").exitCode());
  }

  private static String[] plus(String[] words, String... more) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void onlyABegunCardIsGivenUpAndItsCertificateIsRevokedFirst() throws Exception {
    Path ca = directory.resolve("ca");
    run("issue-test-ca", ca.toString());
    Path file = directory.resolve("journal");
    try (IssueJournal journal = IssueJournal.open(file)) {
      journal.of("1").begin("serial-5");
      journal.of("1").recordCertificate(BigInteger.valueOf(0x4e));
      journal.of("1").recordDone("serial-5");
      journal.of("2").begin("serial-6");
      journal.of("2").recordCertificate(BigInteger.valueOf(0x4f));
    }
    String before = Files.readString(file);
    assertEquals(2, giveUp(file, "1 2").exitCode());
    Run done = giveUp(file, "1");
    assertEquals(1, done.exitCode());
    assertTrue(done.out().contains("GIVE_UP_DONE"), done.out());
    Run unknown = giveUp(file, "3");
    assertEquals(1, unknown.exitCode());
    assertTrue(unknown.out().contains("GIVE_UP_UNKNOWN"), unknown.out());
    assertEquals(before, Files.readString(file));

    byte[] crl = Files.readAllBytes(ca.resolve("crl.der"));
    Files.write(ca.resolve("crl.der"), new byte[] {1});
    assertEquals(3, giveUp(file, "2").exitCode());
    assertEquals(before, Files.readString(file), "what was not revoked is not forgotten");
    Files.write(ca.resolve("crl.der"), crl);
    Run given = giveUp(file, "2");
    assertEquals(0, given.exitCode(), given.out());
    assertTrue(
        given.out().contains("\"number\":\"2\",\"card\":\"serial-6\",\"revoked\":\"4f\""),
        given.out());
    assertEquals(before + "abandoned 2\n", Files.readString(file));
    assertTrue(TestCa.open(ca).isRevoked(BigInteger.valueOf(0x4f)));
    assertFalse(TestCa.open(ca).isRevoked(BigInteger.valueOf(0x4e)));
  }

  /** On a list whose only row is done, so that no card is waited for. */
  private Run giveUp(Path journal, String number) throws IOException {
    return run(
        "issue",
        "--json",
        "--ca=" + directory.resolve("ca"),
        "--csv=" + Files.writeString(directory.resolve("one.csv"), "number\n1\n"),
        "--journal=" + journal,
        "--half-1=" + directory.resolve("h1"),
        "--half-2=" + directory.resolve("h2"),
        "--give-up=" + number);
  }

  @Test
  void aMissingSimulatorIsTheEnvironmentsFault() {
    assertEquals(3, run("control", "--dir", directory.toString(), "insert").exitCode());
  }

  @Test
  void numbersOutOfTheirBoundsAreWrongUsage() {
    for (String port : new String[] {"0", "-1", "99999"}) {
      assertEquals(
          2,
          run("simulate", "piv", "--dir", directory.toString(), "--port=" + port).exitCode(),
          port);
    }
    for (String events : new String[] {"0", "-1"}) {
      assertEquals(2, run("watch", "--reader-role=*=staff", "--events=" + events).exitCode());
    }
  }

  @Test
  void theKeysOfALineOfJsonHaveOneOrder() throws Exception {
    assertEquals(
        "{\"readers\":[{\"name\":\"A 0\",\"role\":\"staff\"},"
            + "{\"name\":\"B 0\",\"role\":\"resident\"}]}",
        ReadersCommand.json(
            List.of("A 0", "B 0"), new ReaderRoles(List.of(ReaderRoles.Rule.parse("A*=staff")))));
    assertEquals(
        "{\"failure\":\"CARD_BUSY\",\"detail\":\"0x8010000B\"}",
        IssueText.json(CardFailure.CARD_BUSY, "0x8010000B"));
    run("issue-test-ca", directory.resolve("ca").toString());
    Path journal = directory.resolve("journal");
    try (IssueJournal steps = IssueJournal.open(journal)) {
      steps.of("1").begin("serial-5");
      steps.of("1").recordCertificate(BigInteger.TEN);
      steps.of("1").recordDone("serial-5");
    }
    assertEquals(
        "{\"failure\":\"GIVE_UP_UNKNOWN\",\"number\":\"3\"}", giveUp(journal, "3").out().strip());
    try (IssueJournal steps = IssueJournal.open(journal)) {
      steps.of("2").begin("serial-6");
    }
    assertEquals(
        List.of(
            "{\"event\":\"given-up\",\"number\":\"2\",\"card\":\"serial-6\"}",
            "{\"event\":\"finished\",\"rows\":1}"),
        giveUp(journal, "2").out().lines().toList());
    assertFalse(Files.exists(directory.resolve("h1")), "no half, no file");
  }

  /** Before a card is asked, so that none signs in vain. */
  @Test
  void aSignatureThatCannotBeKeptIsSaidByItsNameBeforeAnyCardIsLookedAt() throws Exception {
    String file = Files.writeString(directory.resolve("text"), "x").toString();
    for (Path target : new Path[] {directory.resolve("none/text.sig"), directory}) {
      Run run = run("sign", "--json", "--pin-stdin", "--out", target.toString(), file);
      assertEquals(3, run.exitCode());
      assertEquals(
          "{\"failure\":\"FILE_UNUSABLE\",\"file\":\"" + target + "\"}", run.out().strip());
    }
    run("sign", "--json", "--pin-stdin", file);
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of("text"), left.map(path -> path.getFileName().toString()).toList());
    }
  }

  @Test
  void jsonEscapesWhatItMust() {
    assertEquals("{\"a\":\"\\u0022\\u005c\\u000a\"}", Json.of(Map.of("a", "\"\\\n")));
  }
}
