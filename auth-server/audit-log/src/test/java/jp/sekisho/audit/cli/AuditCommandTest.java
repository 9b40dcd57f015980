package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as an auditor runs it, but for the end of the JVM. */
class AuditCommandTest {
  private static final String BUNDLE = Fixtures.path("bundle").toString();
  private static final String LOG = Fixtures.vkeys().get(0);
  private static final String WITNESS = Fixtures.vkeys().get(1);

  @TempDir private Path temp;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return AuditCommand.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private void assertOut(String... parts) {
    for (String part : parts) {
      assertTrue(out.toString().contains(part), () -> part + " in\n" + out + err);
    }
  }

  private void assertErr(String... parts) {
    assertEquals("", out.toString());
    for (String part : parts) {
      assertTrue(err.toString().contains(part), () -> part + " in\n" + err);
    }
  }

  @Test
  void exit0SaysWhatWasVerifiedAndWhoWitnessedIt() {
    assertEquals(
        0, run("verify", BUNDLE, "--log-key", LOG, "--witness-key", WITNESS, "--lang", "ja"));
    assertOut("検証できました", "\n  件数: 300", "  相互検証機関: witness.example/audit-office");
    assertEquals("", err.toString());
  }

  @Test
  void keysMayComeFromFilesAndAnOlderCheckpointFromThePast() throws Exception {
    Path log = Files.writeString(temp.resolve("log"), "# the log\n\n" + LOG + "\r\n");
    Path witness = Files.writeString(temp.resolve("witness"), WITNESS);
    assertEquals(
        0,
        run(
            "verify",
            Fixtures.path("bundle.zip").toString(),
            "--log-key=" + log,
            "--witness-key=" + witness,
            "--since=" + Fixtures.path("checkpoint-5"),
            "--lang=en"));
    assertOut("Verified.", "continues the earlier checkpoint: yes");
  }

  @Test
  void exit1NamesTheEntryAndWhomToAsk() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    entries.set(41, "{}".getBytes(StandardCharsets.UTF_8));
    Path bundle = Fixtures.copyBundle(temp);
    Fixtures.writeEntries(bundle, entries);
    String[] args = {
      "verify", bundle.toString(), "--log-key", LOG, "--witness-key", WITNESS, "--lang", "ja"
    };
    assertEquals(1, run(args));
    assertOut("検証できません（ENTRY_ALTERED）", "記録番号 41（42 件目、entries.jsonl では 42 行目）", "監査統括責任者");
  }

  @Test
  void withoutWitnessItIsExit1UnlessAllowed() {
    assertEquals(1, run("verify", BUNDLE, "--log-key", LOG, "--lang=ja"));
    assertOut("UNWITNESSED", "監査委員事務局");
    assertEquals(0, run("verify", BUNDLE, "--log-key", LOG, "--allow-unwitnessed", "--lang=ja"));
    assertOut("相互検証機関: なし");
  }

  @Test
  void jsonIsAloneOnStandardOutput() {
    run("verify", BUNDLE, "--log-key", LOG, "--witness-key", WITNESS, "--json");
    String root = Fixtures.text("checkpoint-300").lines().toList().get(2);
    assertEquals(
        "{\"result\":\"verified\",\"origin\":\"audit.example/log/general/1\",\"size\":300,\"root\":\""
            + root
            + "\",\"witnesses\":[{\"name\":\"witness.example/audit-office\","
            + "\"at\":\"2026-11-21T16:00:00Z\"}]}",
        out.toString().strip());
    out.getBuffer().setLength(0);
    assertEquals(1, run("verify", BUNDLE, "--log-key", LOG, "--json"));
    assertEquals(
        "{\"result\":\"invalid\",\"reason\":\"UNWITNESSED\",\"entry\":null,"
            + "\"detail\":\"no cosignature by a trusted witness\"}",
        out.toString().strip());
    out.getBuffer().setLength(0);
    assertEquals(3, run("verify", "/無い", "--log-key", LOG, "--json"));
    assertEquals(
        "{\"result\":\"error\",\"code\":\"UNREADABLE\",\"detail\":\"/\\u7121\\u3044\"}",
        out.toString().strip());
    assertEquals("", err.toString());
  }

  @Test
  void exit2ForWrongUsage() {
    assertEquals(2, run("verify", BUNDLE));
    assertErr("--log-key");
    assertEquals(2, run("verify", BUNDLE, "--log-key", "nonsense", "--lang", "ja"));
    assertErr("公開鍵を読めません", "監査員の控え");
    assertEquals(2, run("verify", BUNDLE, "--log-key", WITNESS, "--lang", "en"));
    assertErr("These keys cannot be used together");
    assertEquals(2, run("verify", BUNDLE, "--log-key", LOG, "--witness-key", LOG, "--lang", "en"));
    assertEquals(2, run("verify", BUNDLE, "--log-key", LOG, "--lang", "fr"));
    assertErr("There is no language fr");
    assertEquals(2, run("verify", BUNDLE, "--log-key", LOG, "--lang"));
    assertEquals(2, run("frobnicate"));
  }

  @Test
  void exit3ForFilesThatCannotBeRead() {
    String absent = temp.resolve("absent").toString();
    assertEquals(3, run("verify", absent, "--log-key", LOG, "--lang", "en"));
    assertErr("A file cannot be read: " + absent);
    assertEquals(
        3, run("verify", BUNDLE, "--log-key", LOG, "--allow-unwitnessed", "--since", absent));
  }

  @Test
  void helpIsInBothLanguages() {
    assertEquals(0, run("verify", "--help", "--lang", "ja"));
    assertOut("改ざん検知", "相互検証機関の公開鍵", "確定記録");
    assertEquals(0, run("--help", "--lang=en"));
    assertOut("Verifies an audit log", "verify");
    assertEquals(0, run("--version"));
  }

  /** A bundle from which the first 256 entries were deleted after their term. */
  private String pruned() throws Exception {
    Path bundle = temp.resolve("pruned.zip");
    try (LogSigner log = Fixtures.logSigner();
        OutputStream file = Files.newOutputStream(bundle)) {
      BundleWriter.writeZip(
          file,
          SignedNote.parse(Fixtures.bytes("bundle/checkpoint")),
          Optional.of(
              new BundleWriter.Deleted(
                  new Minimum(Fixtures.ORIGIN, 256).sign(log),
                  Fixtures.leaves().subList(0, 256).iterator())),
          Fixtures.entries().subList(256, Fixtures.SIZE).iterator());
    }
    return bundle.toString();
  }

  @Test
  @DisplayName("what was deleted after its term is said to be, and what follows it still proves")
  void deletedEntries() throws Exception {
    String bundle = pruned();
    String[] keys = {"--vkey", LOG, "--witness", WITNESS, "--json"};
    assertEquals(0, run(with(keys, "verify", bundle)), err.toString());
    assertOut("\"result\":\"verified\"", "\"size\":300", "\"deletedBelow\":256");
    out.getBuffer().setLength(0);
    String proof = temp.resolve("proof").toString();
    assertEquals(Exit.INVALID, run(with(keys, "prove", "255", bundle, "--out", proof)));
    assertOut("\"reason\":\"ENTRY_DELETED\"", "\"entry\":255");
    assertEquals(0, run(with(keys, "prove", "256", bundle, "--out", proof)), out.toString());
    assertEquals(0, run(with(keys, "check-proof", proof)), out.toString());
    out.getBuffer().setLength(0);
    String table = temp.resolve("table.jsonl").toString();
    assertEquals(
        0, run(with(keys, "export", bundle, "--format", "jsonl", "--out", table)), err.toString());
    assertEquals(44, Files.readAllLines(Path.of(table)).size());
  }

  private static String[] with(String[] keys, String... command) {
    return Stream.concat(Stream.of(command), Stream.of(keys)).toArray(String[]::new);
  }
}
