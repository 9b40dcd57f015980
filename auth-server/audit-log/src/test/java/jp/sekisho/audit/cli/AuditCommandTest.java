package jp.sekisho.audit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.names.NameRow;
import jp.sekisho.audit.names.NameTable;
import jp.sekisho.audit.names.SealCode;
import jp.sekisho.audit.names.SealedNames;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.stamp.TestAuthority;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program as an auditor runs it, but for the end of the JVM.
 *
 * <p>Over 400 lines because what it prints and its exit codes are the program's contract with other
 * people's scripts: it is read here as a whole.
 */
class AuditCommandTest {
  private static final String BUNDLE = Fixtures.path("bundle").toString();
  private static final String LOG = Fixtures.vkeys().get(0);
  private static final String WITNESS = Fixtures.vkeys().get(1);

  /** Of the fixtures' log. */
  private static final byte[] SEED = new byte[32];

  static {
    for (int i = 0; i < SEED.length; i++) {
      SEED[i] = (byte) i;
    }
  }

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
    String[] both = {"verify", BUNDLE, "--log-key", LOG, "--since", BUNDLE, "--memory", BUNDLE};
    assertEquals(2, run(with(new String[] {"--lang", "en"}, both)));
    assertErr("These options do not go together", "--earlier, --memory, --sheet");
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
    assertOut("Verifies an audit log", "verify", "check a log's checkpoints");
    assertEquals(0, run("--version"));
  }

  private static final String PRUNED =
      "{\"data\":{\"before\":\"2019-11-01T15:00:00Z\",\"from\":0,\"generation\":1,\"scope\":\"general\","
          + "\"to\":256,\"years\":7},\"outcome\":\"success\",\"time\":\"2026-11-02T18:00:00.000Z\","
          + "\"type\":\"log.pruned\",\"v\":1}";

  /** A bundle from which the first 256 entries were deleted after their term. */
  private String pruned() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    entries.add(PRUNED.getBytes(StandardCharsets.UTF_8));
    return bundle(Fixtures.ORIGIN, entries, 256, Optional.empty());
  }

  private String bundle(String origin, List<byte[]> entries, int deleted, Optional<byte[]> names)
      throws Exception {
    return bundle(origin, entries, deleted, names, Optional.empty());
  }

  private String bundle(
      String origin,
      List<byte[]> entries,
      int deleted,
      Optional<byte[]> names,
      Optional<Stamped> stamped)
      throws Exception {
    Path bundle = Files.createTempFile(temp, "made", ".zip");
    Frontier tree = Frontier.empty();
    List<Hash> leaves = entries.stream().map(Rfc6962::leaf).toList();
    for (Hash leaf : leaves) {
      tree = tree.append(leaf);
    }
    try (LogSigner log = LogSigner.of(origin, SEED);
        WitnessSigner witness = Fixtures.witnessSigner();
        OutputStream file = Files.newOutputStream(bundle)) {
      SignedNote note = Checkpoint.of(origin, tree).sign(log);
      BundleWriter.writeZip(
          file,
          note.with(witness.cosign(note, Instant.parse("2026-11-02T18:00:05Z"))),
          deleted == 0
              ? Optional.empty()
              : Optional.of(
                  new BundleWriter.Deleted(
                      new Minimum(origin, deleted).sign(log),
                      leaves.subList(0, deleted).iterator())),
          new BundleWriter.Beside(names, stamped, aged(origin, entries, deleted, log, witness)),
          entries.subList(deleted, entries.size()).iterator());
    }
    return bundle.toString();
  }

  /** What the witness saw when the last of the entries that were deleted had been written. */
  private static Optional<SignedNote> aged(
      String origin, List<byte[]> entries, int deleted, LogSigner log, WitnessSigner witness)
      throws Exception {
    if (deleted == 0) {
      return Optional.empty();
    }
    Frontier then = Frontier.empty();
    for (byte[] entry : entries.subList(0, deleted)) {
      then = then.append(Rfc6962.leaf(entry));
    }
    SignedNote note = Checkpoint.of(origin, then).sign(log);
    return Optional.of(note.with(witness.cosign(note, Instant.parse("2019-11-01T14:00:00Z"))));
  }

  @Test
  @DisplayName("what was deleted after its term is said to be, and what follows it still proves")
  void deletedEntries() throws Exception {
    String bundle = pruned();
    String[] keys = {"--vkey", LOG, "--witness", WITNESS, "--json"};
    assertEquals(0, run(with(keys, "verify", bundle)), err.toString());
    assertOut("\"result\":\"verified\"", "\"size\":301", "\"deletedBelow\":256");
    assertOut("\"deletion\":{\"origin\":\"" + Fixtures.ORIGIN + "\",\"entry\":300,", "\"years\":7");
    assertOut(
        "\"seen\":{\"size\":256,\"at\":\"2019-11-01T14:00:00Z\",\"by\":\"witness.example/audit-office\"}");
    out.getBuffer().setLength(0);
    assertEquals(0, run("verify", bundle, "--vkey", LOG, "--witness", WITNESS, "--lang", "en"));
    assertOut("every entry that was signed and not deleted after its term", "those below 256");
    assertOut("witness.example/audit-office saw the first 256 entries at 2019-11-01T14:00:00Z");
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
    assertEquals(45, Files.readAllLines(Path.of(table)).size());
  }

  @Test
  @DisplayName("an entry behind deleted ones is named by its number and by the line it stands in")
  void linesBehindDeletedEntries() throws Exception {
    Path bundle = temp.resolve("unpacked");
    try (ZipFile zip = new ZipFile(pruned())) {
      for (var member : java.util.Collections.list(zip.entries())) {
        Path file = bundle.resolve(member.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, zip.getInputStream(member).readAllBytes());
      }
    }
    Path entries = bundle.resolve("entries.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(entries));
    lines.set(4, "{}");
    Files.writeString(entries, String.join("\n", lines) + "\n");
    String[] keys = {"--vkey", LOG, "--witness", WITNESS, "--lang", "en"};
    assertEquals(Exit.INVALID, run(with(keys, "verify", bundle.toString())));
    assertOut("Place: entry 260 (line 5 of entries.jsonl)");
    out.getBuffer().setLength(0);
    String unrecorded = bundle(Fixtures.ORIGIN, Fixtures.entries(), 256, Optional.empty());
    assertEquals(Exit.INVALID, run(with(keys, "verify", unrecorded)));
    assertOut("DELETION_UNRECORDED", "Place: entry 255 (not in this bundle)");
  }

  @Test
  @DisplayName("what was deleted of a closed generation is proved by the next one's entry")
  void deletedOfAClosedGeneration() throws Exception {
    String closed = bundle(Fixtures.ORIGIN, Fixtures.entries(), 256, Optional.empty());
    String next = Fixtures.ORIGIN.replaceAll("1$", "2");
    String later =
        bundle(next, List.of(PRUNED.getBytes(StandardCharsets.UTF_8)), 0, Optional.empty());
    String key = LogSigner.of(next, SEED).verifierKey().toString();
    String proof = temp.resolve("deletion.proof").toString();
    assertEquals(0, run("prove", "0", later, "--vkey", key, "--witness", WITNESS, "--out", proof));
    String[] keys = {"--vkey", LOG, "--witness", WITNESS, "--lang", "en"};
    assertEquals(Exit.INVALID, run(with(keys, "verify", closed)));
    assertOut("DELETION_UNRECORDED", "--deletion-proof");
    assertEquals(
        0,
        run(with(keys, "verify", closed, "--deletion-proof", proof, "--deletion-vkey", key)),
        out.toString());
    assertOut(next + ", entry 0 of 2026-11-02T18:00:00Z");
    assertEquals(2, run(with(keys, "verify", closed, "--deletion-proof", proof)), "without a key");
    out.getBuffer().setLength(0);
    assertEquals(
        Exit.INVALID,
        run(with(keys, "verify", closed, "--deletion-proof", proof, "--deletion-vkey", LOG)));
    assertOut("NOT_SIGNED_BY_LOG", "--deletion-proof");
    assertFalse(out.toString().contains("DELETION_UNRECORDED"), out.toString());
  }

  @Test
  @DisplayName("a sealed table of names opens with its code, offline, and with nothing else")
  void names() throws Exception {
    SealCode code = SealCode.random();
    List<byte[]> entries =
        List.of(
            ("{\"outcome\":\"success\",\"person\":\"S-1024\",\"post\":\"0101\","
                    + "\"time\":\"2026-03-31T14:59:59.000Z\",\"type\":\"login.succeeded\"}")
                .getBytes(StandardCharsets.UTF_8),
            "{\"time\":\"2026-03-31T15:00:00.000Z\",\"type\":\"service.started\"}"
                .getBytes(StandardCharsets.UTF_8),
            "{\"person\":\"S-1024\",\"time\":\"2026-03-31T15:00:00.000Z\",\"type\":\"login.refused\"}"
                .getBytes(StandardCharsets.UTF_8));
    NameTable table =
        NameTable.of(
            List.of(
                row("0101", "市民課", "主事", "2024-04-01", "2026-03-31"),
                row("0202", "税務課", "=主査", "2026-04-01", "9999-12-31")));
    Frontier tree = Frontier.empty();
    for (byte[] entry : entries) {
      tree = tree.append(Rfc6962.leaf(entry));
    }
    String text = Checkpoint.of(Fixtures.ORIGIN, tree).text();
    String bundle =
        bundle(Fixtures.ORIGIN, entries, 0, Optional.of(SealedNames.seal(table, code, text)));
    Path codes = Files.writeString(temp.resolve("code"), code.reveal() + "\n");
    Path csv = temp.resolve("named.csv");
    String[] keys = {"--vkey", LOG, "--witness", WITNESS, "--lang", "en", "--out", csv.toString()};
    String[] named = with(keys, "names", bundle, "--code-file", codes.toString());
    assertEquals(0, run(named), err.toString());
    assertOut("Verified 3 entries", "1 people");
    List<String> lines = Files.readAllLines(csv);
    assertTrue(lines.get(1).endsWith(",\"関 所太郎\",\"市民課 主事\""), lines.get(1));
    assertTrue(lines.get(2).endsWith(",\"\",\"\""), lines.get(2));
    assertTrue(lines.get(3).endsWith(",\"関 所太郎\",\"税務課 =主査\""), lines.get(3));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(csv)));
    assertEquals(0, run("verify", bundle, "--vkey", LOG, "--witness", WITNESS));
    Files.delete(csv);
    Files.writeString(codes, SealCode.random().reveal());
    out.getBuffer().setLength(0);
    assertEquals(Exit.INVALID, run(named));
    assertErr("The code does not open the table of names");
    String other =
        bundle(
            Fixtures.ORIGIN,
            entries.subList(0, 2),
            0,
            Optional.of(SealedNames.seal(table, code, text)));
    Files.writeString(codes, code.reveal());
    assertEquals(
        Exit.INVALID, run(with(keys, "names", other, "--code-file", codes.toString())), "moved");
    assertEquals(Exit.INVALID, run(with(keys, "names", BUNDLE, "--code-file", codes.toString())));
    assertTrue(err.toString().contains("This bundle has no table of names"), err.toString());
    assertFalse(Files.exists(csv));
  }

  @Test
  @DisplayName("a time-stamp shows when older entries existed, to whoever trusts its authority")
  void stamped() throws Exception {
    TestAuthority authority = TestAuthority.of(KeyPurposeId.id_kp_timeStamping);
    Path anchor = Files.write(temp.resolve("tsa.pem"), authority.pem());
    Frontier tree = Frontier.empty();
    for (Hash leaf : Fixtures.leaves().subList(0, 200)) {
      tree = tree.append(leaf);
    }
    byte[] note;
    byte[] fork;
    try (LogSigner log = Fixtures.logSigner()) {
      note = Checkpoint.of(Fixtures.ORIGIN, tree).sign(log).toBytes();
      fork =
          Checkpoint.of(Fixtures.ORIGIN, tree.append(Fixtures.leaves().get(0))).sign(log).toBytes();
    }
    Instant at = Instant.parse("2026-11-01T18:00:00Z");
    String good = stamped(Stamped.of(note, authority.stamp(note, at)));
    String[] keys = {"--vkey", LOG, "--witness", WITNESS, "--lang", "en"};
    String[] asked = with(keys, "verify", "--tsa-anchor", anchor.toString());
    assertEquals(0, run(with(new String[] {good}, asked)), out.toString());
    assertOut("Time-stamp (RFC 3161): the first 200 entries existed at 2026-11-01T18:00:00Z");
    assertEquals(0, run(with(new String[] {good, "--json"}, asked)), out.toString());
    assertOut("\"stamp\":{\"size\":200,\"at\":\"2026-11-01T18:00:00Z\"}");
    assertEquals(0, run(with(keys, "verify", good)), "without an anchor it is not looked at");
    out.getBuffer().setLength(0);
    assertEquals(1, run(with(new String[] {BUNDLE}, asked)), "no stamp");
    assertOut("STAMP_REFUSED", "there is no time-stamp");
    assertEquals(
        1, run(with(new String[] {stamped(Stamped.of(note, authority.stamp(fork, at)))}, asked)));
    assertOut("the token is over something else");
    assertEquals(
        1, run(with(new String[] {stamped(Stamped.of(fork, authority.stamp(fork, at)))}, asked)));
    assertOut("at 201 entries the root is not the one that was stamped");
    byte[] text = "no checkpoint".getBytes(StandardCharsets.UTF_8);
    assertEquals(
        1, run(with(new String[] {stamped(Stamped.of(text, authority.stamp(text, at)))}, asked)));
    assertOut("what was stamped is no checkpoint of this log");
    Files.write(anchor, TestAuthority.of(KeyPurposeId.id_kp_timeStamping).pem());
    assertEquals(1, run(with(new String[] {good}, asked)), "of another authority");
    Files.writeString(anchor, "nothing");
    assertEquals(2, run(with(new String[] {good}, asked)));
  }

  private String stamped(Stamped stamped) throws Exception {
    return bundle(Fixtures.ORIGIN, Fixtures.entries(), 0, Optional.empty(), Optional.of(stamped));
  }

  private static NameRow row(
      String division, String divisionName, String title, String from, String until) {
    return new NameRow(
        "S-1024",
        "関 所太郎",
        division,
        divisionName,
        title,
        LocalDate.parse(from),
        LocalDate.parse(until));
  }

  private static String[] with(String[] keys, String... command) {
    return Stream.concat(Stream.of(command), Stream.of(keys)).toArray(String[]::new);
  }
}
