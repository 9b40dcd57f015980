package jp.sekisho.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.audit.Retention;
import jp.sekisho.server.auditor.Keeping;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.person.Appointment;
import jp.sekisho.server.person.PersonDiff;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.RowFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands as typed: exit codes, texts, files.
 *
 * <p>Past 400 lines: a case for each command.
 */
class CommandsTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return ServerCommand.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(args);
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private int init(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
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
                "--trial",
                "--lang",
                "en"));
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  @Test
  void initTwiceIsInitOnce() throws Exception {
    assertEquals(ExitCode.OK, init());
    byte[] key = Files.readAllBytes(Path.of(data(), "keys", "log-mayor.key"));
    assertEquals(ExitCode.OK, init());
    assertTrue(err.toString().contains("same parameters"), err.toString());
    assertEquals(
        java.util.HexFormat.of().formatHex(key),
        java.util.HexFormat.of()
            .formatHex(Files.readAllBytes(Path.of(data(), "keys", "log-mayor.key"))));
    assertEquals(ExitCode.REFUSED, init("--agents-port", "9000"));
    assertEquals(ExitCode.REFUSED, init("--organ", "edu:教育委員会"));
  }

  @Test
  void initRefusesADirectoryThatHoldsSomethingElse() throws Exception {
    Files.createDirectories(Path.of(data(), "holiday-photos"));
    assertEquals(ExitCode.REFUSED, init());
    assertFalse(Files.exists(Path.of(data(), "keys")));
  }

  @Test
  void initRefusesInvalidParametersAndMakesNothing() {
    assertEquals(ExitCode.REFUSED, init("--organ", "system:予約"));
    assertEquals(ExitCode.REFUSED, init("--organ", "Mayor:x"));
    assertEquals(ExitCode.REFUSED, init("--people-port", "70000"));
    assertEquals(ExitCode.USAGE, run("init", "--data", data()));
    assertFalse(Files.exists(Path.of(data())));
  }

  private static String code(String text) {
    java.util.regex.Matcher found =
        java.util.regex.Pattern.compile("([0-9A-Z]{5}-){4}[0-9A-Z]{5}").matcher(text);
    return found.find() ? found.group() : "";
  }

  @Test
  void initOpensTheFirstStartAndTheConsoleFinishesItOnlyWhenNothingIsMissing() {
    assertEquals(ExitCode.OK, init());
    String first = code(out.toString());
    assertFalse(first.isEmpty(), out.toString());
    assertEquals(ExitCode.OK, init());
    assertEquals("", code(out.toString()), "again it prints none");
    assertEquals(ExitCode.OK, run("setup", "show", "--data", data(), "--json"));
    assertTrue(out.toString().contains("\"NO_ADMIN mayor\""), out.toString());
    assertEquals(ExitCode.REFUSED, run("setup", "finish", "--data", data(), "--lang", "en"));
    assertTrue(out.toString().contains("mayor has no administrator"), out.toString());
    assertEquals(ExitCode.OK, run("setup", "code", "--data", data()));
    assertFalse(code(out.toString()).isEmpty());
    assertFalse(out.toString().contains(first));
  }

  @Test
  void onlyATrialBeginsWithoutTheFirstStart() {
    assertEquals(
        ExitCode.REFUSED,
        run(
            "init",
            "--data",
            data(),
            "--organ",
            "mayor:市長部局",
            "--origin",
            "https://auth.city.example",
            "--agents-host",
            "localhost",
            "--help-line",
            "内線 1",
            "--without-setup"));
    assertFalse(Files.exists(Path.of(data())));
    assertEquals(ExitCode.OK, init("--without-setup"));
    assertEquals("", code(out.toString()));
    assertEquals(ExitCode.REFUSED, run("setup", "code", "--data", data()));
    assertEquals(ExitCode.OK, run("setup", "show", "--data", data(), "--json"));
    assertTrue(out.toString().contains("finished"), out.toString());
  }

  @Test
  void commandsWithoutInstallationSaySo() {
    assertEquals(ExitCode.ENVIRONMENT, run("log", "key", "--log", "mayor", "--data", data()));
    assertTrue(err.toString().contains("init"), err.toString());
  }

  @Test
  void exportedBundleVerifiesWithTheKeyPrintedAndTheExportIsLogged() throws Exception {
    init();
    Path csv = directory.resolve("p.csv");
    Files.writeString(
        csv,
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        S1,山田 花子,mayor,J01,住民課,主事,2026-04-01,,CLERK
        """);
    assertEquals(ExitCode.OK, run("person", "import", csv.toString(), "--data", data()));
    assertEquals(ExitCode.OK, run("log", "key", "--log", "mayor", "--data", data()));
    TrustedKeys keys = new TrustedKeys(VerifierKey.parse(out.toString().strip()), List.of());
    Path first = directory.resolve("first.zip");
    assertEquals(
        ExitCode.OK,
        run(
            "log",
            "export",
            "--log",
            "mayor",
            "--out",
            first.toString(),
            "--data",
            data(),
            "--json"));
    assertEquals(
        "{\"file\":\"" + first + "\",\"log\":\"mayor\",\"size\":1}", out.toString().strip());
    Path second = directory.resolve("second.zip");
    assertEquals(
        ExitCode.OK,
        run(
            "log",
            "export",
            "--log",
            "mayor",
            "--out",
            second.toString(),
            "--data",
            data(),
            "--json"));
    assertTrue(out.toString().contains("\"size\":2"), out.toString());
    for (Path bundle : List.of(first, second)) {
      assertInstanceOf(Verification.Verified.class, new BundleVerifier(keys, true).verify(bundle));
    }
    assertEquals(
        ExitCode.REFUSED,
        run("log", "export", "--log", "mayor", "--out", first.toString(), "--data", data()));
    assertEquals(ExitCode.REFUSED, run("log", "key", "--log", "nobody", "--data", data()));
  }

  @Test
  void importSaysWhichRowIsWrong() throws Exception {
    init();
    Path csv = directory.resolve("p.csv");
    Files.writeString(
        csv,
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        S1,名,mayor,J01,課,職,2026-04-01,,ADMIN;AUDITOR
        """);
    assertEquals(
        ExitCode.REFUSED,
        run("person", "import", csv.toString(), "--data", data(), "--lang", "en"));
    assertTrue(err.toString().contains("Line 2, column 9:"), err.toString());
    assertTrue(err.toString().contains("[ROLE_CONFLICT]"), err.toString());
  }

  @Test
  void aFutureOrderIsSaidInWordsListedAndUndone() throws Exception {
    init();
    Path now = directory.resolve("now.csv");
    Files.writeString(
        now,
        """
        staff_number,name,organ,division,division_name,post,from,until,roles
        S1,山田 花子,mayor,J01,住民課,主事,2026-04-01,,CLERK
        """);
    assertEquals(ExitCode.OK, run("person", "import", now.toString(), "--data", data()));
    Path file = directory.resolve("orders.csv");
    Files.writeString(
        file,
        """
        発令区分,職員番号,氏名,機関,課コード,課名,職,任用区分,開始日,終了日,契約終了日,再委託,役割,派遣元
        異動,S1,山田 花子,mayor,Z01,税務課,主任,,9998-04-01,,,,CLERK;APPROVER,
        """,
        Charset.forName("windows-31j"));
    String[] dryRun = {
      "persons", "import", "--dry-run", file.toString(), "--data", data(), "--lang", "ja"
    };
    assertEquals(ExitCode.OK, run(dryRun));
    String words = out.toString();
    assertTrue(words.contains("9998-03-31 で終わる 本務: mayor/J01 主事（職員）"), words);
    assertTrue(words.contains("9998-04-01 から 本務: mayor/Z01 主任（職員、終了日 期限なし）"), words);
    assertTrue(words.contains("9998-04-01 から役割 承認者: mayor"), words);
    assertTrue(words.contains("効力を生じる日: 9998-04-01 0 時"), words);
    assertEquals(ExitCode.OK, run("person", "import", file.toString(), "--data", data(), "--json"));
    assertTrue(out.toString().contains("\"order\":\"O-0002\""), out.toString());
    assertEquals(ExitCode.OK, run("person", "list", "--data", data(), "--at", "9998-04-01"));
    assertTrue(out.toString().contains("mayor/Z01 主任"), out.toString());
    assertEquals(ExitCode.OK, run("person", "undo", "O-0002", "--data", data(), "--lang", "en"));
    assertTrue(out.toString().contains("Order O-0002 was undone: 1 persons"), out.toString());
    assertEquals(ExitCode.OK, run("person", "list", "--data", data(), "--at", "9998-04-01"));
    assertTrue(out.toString().contains("mayor/J01 主事"), out.toString());
    assertEquals(ExitCode.OK, run("person", "orders", "--data", data(), "--lang", "en"));
    assertTrue(out.toString().contains("O-0002"), out.toString());
    assertTrue(out.toString().contains("undone"), out.toString());
    assertEquals(ExitCode.REFUSED, run("person", "undo", "O-0001", "--data", data(), "--json"));
    assertEquals("{\"refused\":\"TOO_LATE\"}", out.toString().strip());
  }

  @Test
  void anUndoThatWouldEmptyAnOfficeSaysThatNothingWasUndone() throws Exception {
    init();
    String header =
        "order,staff_number,name,organ,division,division_name,post,appointment,"
            + "from,until,contract_until,subcontract,roles,lender\n";
    Path file = directory.resolve("orders.csv");
    for (String row :
        List.of(
            """
            ASSIGN,S1,一,mayor,J01,住民課,主事,,2026-04-01,,,,ADMIN,
            ASSIGN,S3,三,mayor,J01,住民課,課長,,2026-04-01,,,,APPROVER,
            ASSIGN,S4,四,mayor,J01,住民課,書記,,2026-04-01,,,,AUDITOR,
            ASSIGN,S5,五,mayor,J01,住民課,参事,,2026-04-01,,,,POLICY_OFFICER,
            """,
            "ASSIGN,S2,二,mayor,J01,住民課,主事,,9998-04-01,,,,ADMIN,",
            "END,S1,,,,,,,,9998-03-31,,,,")) {
      Files.writeString(file, header + row.strip() + "\n");
      assertEquals(ExitCode.OK, run("person", "import", file.toString(), "--data", data()));
    }
    assertEquals(ExitCode.REFUSED, run(undo("ja")));
    assertTrue(err.toString().contains("発令 O-0002 は取り消していません。"), err.toString());
    assertTrue(
        err.toString().contains("機関 mayor で 9998-04-01 から管理者がいなくなります（外れる人 S2） [NO_ADMIN]"),
        err.toString());
    assertFalse(err.toString().contains("同じファイル"), err.toString());
    assertEquals(ExitCode.REFUSED, run(undo("en", "--json")));
    assertTrue(err.toString().contains("Order O-0002 was not undone:"), err.toString());
    assertTrue(out.toString().contains("\"refused\":\"UNDERSTAFFED\""), out.toString());
    assertEquals(ExitCode.OK, run("person", "list", "--data", data(), "--at", "9998-04-01"));
    assertTrue(out.toString().contains("S2"), out.toString());
  }

  private String[] undo(String language, String... more) {
    List<String> args =
        new ArrayList<>(List.of("person", "undo", "O-0002", "--data", data(), "--lang", language));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  @Test
  void trialIsSaidOnStandardErrorByEveryCommand() {
    init();
    assertTrue(err.toString().contains("[TRIAL]"));
    run("log", "key", "--log", "mayor", "--data", data(), "--lang", "ja");
    assertTrue(err.toString().contains("試行"));
    assertFalse(out.toString().contains("試行"));
  }

  @Test
  void rolledBackDatabaseEndsWithExitCode3() throws Exception {
    init();
    Path database = Path.of(data(), "sekisho.db");
    byte[] old = Files.readAllBytes(database);
    Path bundle = directory.resolve("b.zip");
    run("log", "export", "--log", "mayor", "--out", bundle.toString(), "--data", data());
    Files.write(database, old);
    Files.deleteIfExists(Path.of(data(), "sekisho.db-wal"));
    assertEquals(
        ExitCode.ENVIRONMENT,
        run("log", "key", "--log", "mayor", "--data", data(), "--lang", "en"));
    assertTrue(err.toString().contains("rolled back"), err.toString());
  }

  @Test
  void everyTextExistsInBothLanguages() {
    var ja = Texts.bundle(Console.class, "messages_ja.properties");
    var en = Texts.bundle(Console.class, "messages_en.properties");
    assertEquals(new TreeSet<>(ja.keySet()), new TreeSet<>(en.keySet()));
    for (RowFault.Code code : RowFault.Code.values()) {
      assertTrue(ja.containsKey("person.fault." + code), code.name());
    }
    for (PersonDiff.Code code : PersonDiff.Code.values()) {
      assertTrue(ja.containsKey("person.step." + code), code.name());
    }
    for (Role role : Role.values()) {
      assertTrue(ja.containsKey("person.role." + role), role.name());
    }
    for (Appointment appointment : Appointment.values()) {
      assertTrue(ja.containsKey("person.appointment." + appointment), appointment.name());
    }
  }

  @Test
  void languageIsChosenThenTheEnvironmentsThenJapanese() {
    assertEquals(Locale.ENGLISH, Texts.locale("en", Map.of("LANG", "ja_JP.UTF-8")));
    assertEquals(Locale.ENGLISH, Texts.locale(null, Map.of("LANG", "en_US.UTF-8")));
    assertEquals(Locale.JAPANESE, Texts.locale(null, Map.of("LANG", "C.UTF-8")));
  }

  /** Another log's refusal does not hide the key of the one that was opened before it. */
  @Test
  void whatWasOpenedIsToldThoughTheNextLogIsRefused() throws Exception {
    init();
    Path database = Path.of(data(), "sekisho.db");
    byte[] backup = Files.readAllBytes(database);
    Path file = directory.resolve("x.zip");
    assertEquals(
        ExitCode.OK,
        run("log", "export", "--log", "mayor", "--out", file.toString(), "--data", data()));
    assertEquals(ExitCode.OK, run("log", "key", "--log", "system", "--data", data()));
    String origin = out.toString().strip().split("\\+", 2)[0];
    Files.write(database, backup);
    Files.deleteIfExists(Path.of(data(), "sekisho.db-wal"));
    Path foreign = directory.resolve("checkpoint");
    try (LogSigner signer = LogSigner.of(origin, new byte[32])) {
      Files.write(foreign, Checkpoint.of(origin, Frontier.empty()).sign(signer).toBytes());
    }
    String[] resume = {"log", "resume", "--data", data(), "--lang", "en", "--json"};
    assertEquals(ExitCode.REFUSED, run(with(resume, "--checkpoint", foreign.toString())));
    assertTrue(err.toString().contains("not signed with the key of log system"), err.toString());
    assertTrue(out.toString().contains("\"log\":\"mayor\""), out.toString());
    assertEquals(ExitCode.REFUSED, run(resume), "nothing is left to be opened");
  }

  @Test
  void aRestoredDatabaseIsResumedAndOnlyThen() throws Exception {
    init();
    assertEquals(ExitCode.REFUSED, run("log", "resume", "--data", data(), "--lang", "en"));
    assertTrue(err.toString().contains("No entry is missing"), err.toString());
    Path database = Path.of(data(), "sekisho.db");
    byte[] backup = Files.readAllBytes(database);
    assertEquals(
        ExitCode.OK,
        run(
            "log",
            "export",
            "--log",
            "mayor",
            "--out",
            directory.resolve("x.zip").toString(),
            "--data",
            data()));
    Files.write(database, backup);
    Files.deleteIfExists(Path.of(data(), "sekisho.db-wal"));
    assertEquals(ExitCode.ENVIRONMENT, run("log", "key", "--log", "mayor", "--data", data()));
    assertEquals(ExitCode.OK, run("log", "resume", "--data", data(), "--lang", "en", "--json"));
    assertTrue(out.toString().contains("\"log\":\"mayor\""), out.toString());
    assertFalse(out.toString().contains("\"log\":\"system\""), out.toString());
    assertEquals(ExitCode.OK, run("log", "key", "--log", "mayor", "--data", data()));
    assertTrue(out.toString().contains("/log/mayor/2+"), out.toString());
    assertEquals(ExitCode.OK, run("log", "key", "--log", "mayor@1", "--data", data()));
    assertTrue(out.toString().contains("/log/mayor/1+"), out.toString());
    assertEquals(ExitCode.REFUSED, run("log", "key", "--log", "mayor@3", "--data", data()));
  }

  @Test
  void anExportThatFailsLeavesNoFile() throws Exception {
    init();
    Path file = directory.resolve("x.zip");
    String[] export = {
      "log", "export", "--log", "system", "--out", file.toString(), "--data", data()
    };
    try (Installation service =
        Installation.open(new DataDirectory(Path.of(data())), Clock.systemUTC())) {
      service.logs().start(_ -> {}); // so that the command does not read the whole log first
      int changed =
          service
              .database()
              .writer()
              .<Integer, RuntimeException>sequence(handle ->
                  handle.execute(
                      "update audit_entry set body = ? where log = 'system' and idx = 0",
                      new byte[] {1}));
      assertEquals(1, changed);
      assertEquals(ExitCode.REFUSED, run(export));
      assertFalse(Files.exists(file));
    }
  }

  @Test
  void retentionAndHoldsAreSetAtTheConsoleAndLogged() throws Exception {
    init();
    String[] log = {"log", "retention", "--log", "mayor", "--data", data(), "--json"};
    assertEquals(ExitCode.OK, run(log));
    assertTrue(out.toString().contains("\"years\":7"), out.toString());
    assertEquals(ExitCode.REFUSED, run(with(log, "--years", "0", "--reference", "総情第7号")));
    assertEquals(ExitCode.USAGE, run(with(log, "--years", "10")), "no document");
    assertEquals(ExitCode.USAGE, run(with(log, "--prune", "--reference", "総情第7号")));
    assertEquals(ExitCode.OK, run(with(log, "--years", "10", "--reference", "総情第7号")));
    assertTrue(out.toString().contains("\"years\":10"), out.toString());
    assertEquals(ExitCode.USAGE, run(with(log, "--hold")), "no document");
    assertEquals(ExitCode.REFUSED, run(with(log, "--hold", "--reference", " ")));
    assertEquals(ExitCode.OK, run(with(log, "--hold", "--reference", "監査第12号")));
    assertTrue(out.toString().contains("監査第12号"), out.toString());
    assertEquals(
        ExitCode.REFUSED, run(with(log, "--lift", "0000000000000000", "--reference", "監査第34号")));
    assertEquals(ExitCode.OK, run(with(log, "--prune")));
    assertTrue(out.toString().contains("\"deleted\":0"), out.toString());
    for (String[] more : List.of(new String[0], new String[] {"--prune"})) {
      String[] closed = {"log", "retention", "--log", "mayor@1", "--data", data(), "--lang", "en"};
      assertEquals(ExitCode.REFUSED, run(with(closed, more)));
      assertTrue(err.toString().contains("without @ and number"), err.toString());
    }
  }

  @Test
  void oneHoldTooManyIsCalledThat() throws Exception {
    init();
    try (Installation installation =
        Installation.open(new DataDirectory(Path.of(data())), Clock.systemUTC())) {
      Entry.Subject mayor = new Entry.Subject("mayor", null, null, null, null);
      for (int i = 1; i <= Retention.MOST_HOLDS; i++) {
        Retention.Hold _ =
            Keeping.of(installation).hold(mayor, "mayor", "監査第" + i + "号").orElseThrow();
      }
      installation.logs().integrateNow();
    }
    String[] log = {"log", "retention", "--log", "mayor", "--data", data(), "--lang", "en"};
    assertEquals(ExitCode.REFUSED, run(with(log, "--hold", "--reference", "監査第51号")));
    assertTrue(err.toString().contains("at most 50 legal holds"), err.toString());
  }

  @Test
  void aClosedGenerationOfTheSystemLogHasNoNamesEither() {
    init();
    String file = directory.resolve("x.zip").toString();
    String[] export = {"log", "export", "--names", "--out", file, "--data", data(), "--lang", "en"};
    assertEquals(ExitCode.REFUSED, run(with(export, "--log", "system@1")));
    assertTrue(err.toString().contains("belongs to no organ"), err.toString());
  }

  @Test
  void sheetNamesRootAndKeyOfTheLog() throws Exception {
    init();
    assertEquals(ExitCode.OK, run("log", "sheet", "--log", "system", "--data", data(), "--json"));
    assertTrue(out.toString().contains("/log/system/1+"), out.toString());
    // Initialized, and a one-time code made.
    assertTrue(out.toString().contains("\"size\":2"), out.toString());
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
