package jp.sekisho.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.bundle.BundleWriter;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * verify.html in a real browser, beside the program that does the same.
 *
 * <p>Past 400 lines: one browser, and a case for each bundle.
 */
@Tag("browser")
@SuppressWarnings("NullAway.Init") // JUnit sets them
class VerifyPageIT {
  private static final String ORIGIN = SampleBundle.ORIGIN;
  private static final int SIZE = SampleBundle.SIZE;

  @TempDir private static Path temp;
  private static Screen screen;
  private static SampleBundle sample;
  private static LogSigner log;
  private static WitnessSigner witness;
  private static byte[] good;
  private int files;

  @BeforeAll
  static void open() throws Exception {
    screen = Screen.open("ja", temp.resolve("profile"));
    sample = new SampleBundle();
    log = sample.log;
    witness = sample.witness;
    good = sample.good;
  }

  @AfterAll
  static void close() {
    screen.close();
    sample.close();
  }

  @BeforeEach
  void openPage() throws IOException {
    Path page = temp.resolve("verify.html");
    Files.write(page, BundleWriter.page());
    screen.go(page.toUri().toString());
  }

  /** The program's reasons for which the page has one word: it looks for no entry's other place. */
  private static final Set<Reason> DIFFERS =
      EnumSet.of(
          Reason.ENTRY_ALTERED, Reason.ENTRY_MISSING, Reason.ENTRY_INSERTED, Reason.ENTRY_MOVED);

  /** Reasons with which both name an entry. */
  private static final Set<String> PLACED = Set.of("ENTRY_DIFFERS", "ENTRY_INSERTED", "TRUNCATED");

  /**
   * Verifies with the page, compares its verdict and reason with the program's, and returns the
   * reason: whatever is tried on the page is tried on both.
   */
  private String verify(byte[] zip) throws Exception {
    Path file = Files.write(temp.resolve("bundle-" + files++ + ".zip"), zip);
    screen.fill("logkey", log.verifierKey().toString());
    screen.fill("witnesskeys", witness.verifierKey().toString());
    String result = press(file);
    TrustedKeys keys = new TrustedKeys(log.verifierKey(), List.of(witness.verifierKey()));
    Verification program = new BundleVerifier(keys, false).verify(file);
    String reason = screen.attribute("result", "data-reason");
    String verdict =
        program.fold(
            verified -> "valid ",
            invalid ->
                "invalid "
                    + (reason.equals("ENTRY_DIFFERS") && DIFFERS.contains(invalid.reason())
                        ? reason
                        : invalid.reason()));
    assertEquals(verdict, result + " " + reason, screen.see("result").getText());
    if (program instanceof Invalid invalid && PLACED.contains(reason)) {
      invalid.entryIndex().ifPresent(index -> assertSays(" " + index));
    }
    return reason;
  }

  private static String press(Path file) {
    screen.choose("bundle", file);
    screen.press("verify");
    screen.waitUntil(
        "a verdict",
        () ->
            !screen.attribute("result", "data-result").equals("working")
                && !screen.attribute("result", "data-result").equals("none"));
    return screen.attribute("result", "data-result");
  }

  private static void assertSays(String... parts) {
    for (String part : parts) {
      assertTrue(screen.see("result").getText().contains(part), screen.see("result").getText());
    }
  }

  @Test
  void aWholeBundleIsValidInBothLanguagesAndNothingIsSentAnywhere() throws Exception {
    screen.press("ja");
    assertEquals("none", screen.attribute("result", "data-result"));
    screen.picture("verify-page-before-ja");
    assertEquals("", verify(good));
    assertSays("検証できました", ORIGIN, "700", "kansa.example/office", "2026-11-21T03:00:00Z");
    assertEquals(List.of(), screen.accessibilityFaults());
    screen.picture("verify-page-valid-ja");
    screen.press("en");
    assertSays("Verified. This bundle holds every entry that was signed.", "Entries: 700");
    screen.picture("verify-page-valid-en");
    assertEquals("0", screen.script("return performance.getEntriesByType('resource').length"));
    assertEquals(
        "", screen.script("return Object.keys(TEXT.ja).filter(k => !(k in TEXT.en)).join()"));
    assertEquals(
        "", screen.script("return Object.keys(TEXT.en).filter(k => !(k in TEXT.ja)).join()"));
    // The keys changed: the old verdict is gone.
    screen.see("witnesskeys").sendKeys(" ");
    assertEquals("none", screen.attribute("result", "data-result"));
  }

  @Test
  void aWitnessThatSignedTwiceIsShownOnceWithItsLaterTime() throws Exception {
    Map<String, byte[]> members = SampleBundle.members(good);
    SignedNote note = SignedNote.parse(java.util.Objects.requireNonNull(members.get("checkpoint")));
    SignedNote twice = note.with(witness.cosign(note, Instant.parse("2026-11-22T03:00:00Z")));
    members.put("checkpoint", twice.toBytes());
    assertEquals("", verify(SampleBundle.pack(members)));
    assertSays("2026-11-22T03:00:00Z");
    assertEquals(2, screen.see("result").getText().split("kansa.example/office", -1).length);
  }

  @Test
  void everySizeAroundATileIsRead() throws Exception {
    for (int size : new int[] {0, 1, 255, 256, 257, 512}) {
      assertEquals(
          "", verify(sample.bundle(SampleBundle.entries().subList(0, size))), "size " + size);
    }
  }

  @Test
  void theFirstBadEntryIsNamed() throws Exception {
    screen.press("ja");
    assertEquals("ENTRY_DIFFERS", verify(sample.edited(lines -> lines.set(300, "{}"))));
    assertSays("記録番号 300（entries.jsonl の 301 行目）", "監査統括責任者");
    assertEquals(List.of(), screen.accessibilityFaults());
    screen.picture("verify-page-altered-ja");
    screen.press("en");
    assertSays("First place: entry 300 (line 301 of entries.jsonl)");
    screen.picture("verify-page-altered-en");
    for (int index : new int[] {0, 255, 256, 698}) {
      assertEquals("ENTRY_DIFFERS", verify(sample.edited(lines -> lines.remove(index))));
      assertSays("entry " + index + " ");
    }
    assertEquals(
        "ENTRY_DIFFERS", verify(sample.edited(lines -> java.util.Collections.swap(lines, 8, 600))));
    assertSays("entry 8 ");
    assertEquals("TRUNCATED", verify(sample.edited(lines -> lines.subList(690, SIZE).clear())));
    assertSays("entry 690 ");
    assertEquals("ENTRY_INSERTED", verify(sample.edited(lines -> lines.add("{}"))));
    assertSays("entry 700 ");
    assertEquals(
        "ENTRY_DIFFERS", verify(sample.edited(lines -> lines.set(5, "x".repeat(1 << 20)))));
    assertSays("entry 5 ");
  }

  /** An entry as the service writes it when it deletes what is below {@code to}. */
  private static String pruned(int to, String before, int years, String at) {
    return ("{\"data\":{\"before\":\"%s\",\"from\":0,\"generation\":1,\"scope\":\"mayor\",\"to\":%d,"
            + "\"years\":%d},\"entry\":\"e\",\"organ\":\"mayor\",\"outcome\":\"success\",\"salt\":\"s\","
            + "\"time\":\"%s\",\"type\":\"log.pruned\",\"v\":1}")
        .formatted(before, to, years, at);
  }

  /** The entries and {@code more}, without the first 512, which a statement covers. */
  private static byte[] shortened(SignedNote minimum, String... more) throws Exception {
    return shortened(
        minimum, Optional.of(seen(SampleBundle.entries(), 512, "2019-11-19T14:00:00Z")), more);
  }

  /** The first entries as the witness saw them. */
  private static SignedNote seen(List<byte[]> entries, int size, String at) throws Exception {
    Frontier tree = Frontier.empty();
    for (byte[] entry : entries.subList(0, size)) {
      tree = tree.append(Rfc6962.leaf(entry));
    }
    SignedNote note = Checkpoint.of(ORIGIN, tree).sign(log);
    return note.with(witness.cosign(note, Instant.parse(at)));
  }

  private static byte[] shortened(SignedNote minimum, Optional<SignedNote> aged, String... more)
      throws Exception {
    List<byte[]> all = SampleBundle.entries();
    for (String entry : more) {
      all.add(entry.getBytes(StandardCharsets.UTF_8));
    }
    Frontier tree = Frontier.empty();
    List<Hash> leaves = all.stream().map(Rfc6962::leaf).toList();
    for (Hash leaf : leaves) {
      tree = tree.append(leaf);
    }
    SignedNote note = Checkpoint.of(ORIGIN, tree).sign(log);
    SignedNote cosigned = note.with(witness.cosign(note, Instant.parse("2026-11-21T03:00:00Z")));
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    BundleWriter.writeZip(
        zip,
        cosigned,
        Optional.of(new BundleWriter.Deleted(minimum, leaves.subList(0, 512).iterator())),
        new BundleWriter.Beside(Optional.empty(), Optional.empty(), aged),
        all.subList(512, all.size()).iterator());
    return zip.toByteArray();
  }

  @Test
  void entriesDeletedAfterTheirTermAreToldFromThoseThatAreMissing() throws Exception {
    SignedNote minimum = new Minimum(ORIGIN, 512).sign(log);
    String told = pruned(512, "2019-11-19T15:00:00Z", 7, "2026-11-20T18:00:00.000Z");
    assertEquals("", verify(shortened(minimum, told, "{\"time\":\"2026-11-20T18:00:01Z\"}")));
    screen.press("en");
    assertSays("signed and not deleted after its term", "those below 512", "2019-11-19T15:00:00");
    screen.picture("verify-page-deleted-en");
    screen.press("ja");
    assertSays("保存期間を過ぎて削除された記録: 番号 512 未満", "はじめの 512 件を確認しています");
    assertEquals("DELETION_UNRECORDED", verify(shortened(minimum)));
    assertEquals(
        "DELETION_UNRECORDED",
        verify(shortened(minimum, told.replace("\"to\":512", "\"to\":256"))));
    assertEquals(
        "DELETION_EARLY",
        verify(
            shortened(
                minimum, pruned(512, "2020-11-19T15:00:00Z", 7, "2026-11-20T18:00:00.000Z"))));
    // The clock of the server was ahead: the witness's was not.
    assertEquals(
        "DELETION_EARLY",
        verify(
            shortened(
                minimum, pruned(512, "2027-11-19T15:00:00Z", 7, "2034-11-20T18:00:00.000Z"))));
    try (LogSigner other = LogSigner.of(ORIGIN, SampleBundle.seed(7))) {
      assertEquals(
          "MINIMUM_REFUSED", verify(shortened(new Minimum(ORIGIN, 512).sign(other), told)));
    }
    Map<String, byte[]> undeclared = SampleBundle.members(shortened(minimum, told));
    undeclared.remove("minimum");
    verify(SampleBundle.pack(undeclared)); // compared with the program
  }

  /** Whoever has the log's key can write any "before". */
  @Test
  void theAgeOfWhatWasDeletedIsBelievedOnlyAsFarAsAWitnessSawIt() throws Exception {
    SignedNote minimum = new Minimum(ORIGIN, 512).sign(log);
    String told = pruned(512, "2019-11-19T15:00:00Z", 7, "2026-11-20T18:00:00.000Z");
    String then = "2019-11-19T14:00:00Z";
    assertEquals(
        "",
        verify(shortened(minimum, Optional.of(seen(SampleBundle.entries(), 600, then)), told)),
        "more");
    assertEquals("DELETION_UNWITNESSED", verify(shortened(minimum, Optional.empty(), told)));
    for (SignedNote late :
        List.of(
            seen(SampleBundle.entries(), 512, "2026-11-20T14:00:00Z"),
            seen(SampleBundle.entries(), 512, "2019-12-20T15:00:01Z"),
            seen(SampleBundle.entries(), 511, then))) {
      assertEquals("DELETION_UNWITNESSED", verify(shortened(minimum, Optional.of(late), told)));
    }
    List<byte[]> others = SampleBundle.entries().subList(1, SIZE);
    assertEquals("FORKED", verify(shortened(minimum, Optional.of(seen(others, 600, then)), told)));
    Path file = Files.write(temp.resolve("own.zip"), shortened(minimum, Optional.empty(), told));
    screen.press("en");
    screen.press("unwitnessed");
    assertEquals("valid", press(file));
    assertSays("only the log itself says", "nobody outside bears it out");
    assertEquals(List.of(), screen.accessibilityFaults());
    screen.picture("verify-page-deleted-own-word-en");
    screen.press("unwitnessed");
  }

  private static String kept(String type, String data) {
    return ("{\"data\":{%s,\"scope\":\"mayor\"},\"outcome\":\"success\","
            + "\"time\":\"2026-11-20T10:00:00.000Z\",\"type\":\"%s\",\"v\":1}")
        .formatted(data, type);
  }

  @Test
  void whatAHoldOrALongerTermForbidsIsNotValid() throws Exception {
    SignedNote minimum = new Minimum(ORIGIN, 512).sign(log);
    String told = pruned(512, "2019-11-19T15:00:00Z", 7, "2026-11-20T18:00:00.000Z");
    String set = kept("log.hold-set", "\"hold\":\"0011223344556677\"");
    String lifted = kept("log.hold-lifted", "\"hold\":\"0011223344556677\"");
    String century = kept("log.retention-set", "\"years\":100");
    assertEquals("DELETION_HELD", verify(shortened(minimum, set, told)));
    assertEquals("DELETION_HELD", verify(shortened(minimum, set, told, lifted)));
    assertEquals("", verify(shortened(minimum, set, lifted, told)));
    assertEquals("", verify(shortened(minimum, told, set)));
    assertEquals("DELETION_EARLY", verify(shortened(minimum, century, told)));
    assertEquals(
        "", verify(shortened(minimum, century, kept("log.retention-set", "\"years\":7"), told)));
  }

  /** One member is deflated by hand, with an extra field or bytes behind its end. */
  private static byte[] tricked(byte[] extra, byte[] behind) throws Exception {
    Map<String, byte[]> members = SampleBundle.members(good);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> member : members.entrySet()) {
      boolean odd = member.getKey().equals("entries.jsonl");
      byte[] name = member.getKey().getBytes(StandardCharsets.US_ASCII);
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (DeflaterOutputStream deflating =
          new DeflaterOutputStream(packed, new Deflater(6, true))) {
        deflating.write(member.getValue());
      }
      packed.write(odd ? behind : new byte[0]);
      CRC32 crc = new CRC32();
      crc.update(member.getValue());
      ByteBuffer same = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
      same.putShort((short) 20).putShort((short) 0).putShort((short) 8).putInt(33 << 16);
      same.putInt((int) crc.getValue()).putInt(packed.size()).putInt(member.getValue().length);
      same.putShort((short) name.length).putShort((short) (odd ? extra.length : 0));
      int offset = out.size();
      out.write(new byte[] {'P', 'K', 3, 4});
      out.write(same.array());
      out.write(name);
      out.write(odd ? extra : new byte[0]);
      packed.writeTo(out);
      directory.write(new byte[] {'P', 'K', 1, 2, 20, 0});
      directory.write(same.array());
      directory.write(
          ByteBuffer.allocate(14).order(ByteOrder.LITTLE_ENDIAN).putInt(10, offset).array());
      directory.write(name);
      directory.write(odd ? extra : new byte[0]);
    }
    ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0x06054b50).putInt(0).putShort((short) members.size());
    end.putShort((short) members.size()).putInt(directory.size()).putInt(out.size());
    directory.writeTo(out);
    out.write(end.array());
    return out.toByteArray();
  }

  @Test
  void aZipThatOtherProgramsReadDifferentlyIsRefused() throws Exception {
    assertEquals("", verify(tricked(new byte[0], new byte[0])));
    assertEquals("", verify(tricked(new byte[] {0x55, 0x54, 1, 0, 0}, new byte[0])), "a time");
    byte[] unicodePath = {0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, 'x'};
    assertEquals("BUNDLE_MALFORMED", verify(tricked(unicodePath, new byte[0])));
    assertEquals("BUNDLE_MALFORMED", verify(tricked(new byte[0], new byte[1])));
    assertEquals("BUNDLE_MALFORMED", verify(tricked(new byte[0], new byte[100_000])));
  }

  @Test
  void namesOfSignatureLinesFollowOneRule() throws Exception {
    for (String name : List.of("a+b", "a\u3000b", "a\tb", "a\u0085b", "a\u007fb", "a\u2028b")) {
      Map<String, byte[]> members = SampleBundle.members(good);
      String note =
          new String(
              java.util.Objects.requireNonNull(members.get("checkpoint")), StandardCharsets.UTF_8);
      note += "— " + name + " MTIzNDU2Nzg=\n";
      members.put("checkpoint", note.getBytes(StandardCharsets.UTF_8));
      assertEquals("CHECKPOINT_MALFORMED", verify(SampleBundle.pack(members)), name);
    }
  }

  @Test
  void everyOtherPartOfTheBundleIsGuardedToo() throws Exception {
    assertEquals("TILES_ALTERED", verify(sample.flipped("tile/0/001", 32 * 9)));
    Map<String, byte[]> both = SampleBundle.members(sample.edited(lines -> lines.set(3, "{}")));
    java.util.Objects.requireNonNull(both.get("tile/0/000"))[0] ^= 1;
    assertEquals("ROOT_MISMATCH", verify(SampleBundle.pack(both)));
    int checkpoint =
        java.util.Objects.requireNonNull(SampleBundle.members(good).get("checkpoint")).length;
    for (int at = 0; at < checkpoint; at += 13) {
      verify(sample.flipped("checkpoint", at)); // compared with the program
    }
    Map<String, byte[]> more = SampleBundle.members(good);
    more.put("notes.html", new byte[1]);
    assertEquals("BUNDLE_MALFORMED", verify(SampleBundle.pack(more)));
    for (String name : List.of("checkpoint", "entries.jsonl", "tile/0/001")) {
      Map<String, byte[]> less = SampleBundle.members(good);
      less.remove(name);
      assertEquals("BUNDLE_MALFORMED", verify(SampleBundle.pack(less)));
    }
  }

  @Test
  void hostileArchivesAreRefused() throws Exception {
    for (int length : new int[] {0, 21, 100, good.length / 2, good.length - 1}) {
      assertEquals("BUNDLE_MALFORMED", verify(Arrays.copyOf(good, length)));
    }
    assertEquals("BUNDLE_MALFORMED", verify(Arrays.copyOf(good, good.length + 1)));
    // Bytes of headers and contents, from the first to the last.
    for (int at = 0; at < good.length; at += Math.max(1, good.length / 40)) {
      byte[] bent = good.clone();
      bent[at] ^= 4;
      verify(bent); // compared with the program
    }
  }

  @Test
  void keysDecideAndComeFromOutside() throws Exception {
    screen.press("en");
    Path file = Files.write(temp.resolve("good.zip"), good);
    screen.fill("logkey", "");
    assertEquals("invalid", press(file));
    assertEquals("KEY_MALFORMED", screen.attribute("result", "data-reason"));
    try (LogSigner other = LogSigner.of(ORIGIN, SampleBundle.seed(9))) {
      expect(other.verifierKey().toString(), "", file, "NOT_SIGNED_BY_LOG");
    }
    String vkey = log.verifierKey().toString();
    expect(vkey, "", file, "UNWITNESSED");
    expect(vkey, vkey, file, "KEYS_UNSUITABLE");
    screen.press("unwitnessed");
    screen.fill("logkey", vkey);
    screen.fill("witnesskeys", "");
    assertEquals("valid", press(file));
    assertSays("Witness: none.");
    screen.press("unwitnessed");
    assertEquals("none", screen.attribute("result", "data-result"));
  }

  private static void expect(String logKey, String witnessKeys, Path file, String reason) {
    screen.fill("logkey", logKey);
    screen.fill("witnesskeys", witnessKeys);
    assertEquals("invalid", press(file));
    assertEquals(reason, screen.attribute("result", "data-reason"));
  }

  @Test
  void aBrowserWithoutEd25519SaysItCannotAndNeverValid() throws Exception {
    Path file = Files.write(temp.resolve("good.zip"), good);
    String[] browsers = {
      "crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))",
      "crypto.subtle.verify = () => Promise.resolve(true)", // says yes to everything
      "Object.defineProperty(globalThis, 'DecompressionStream', { value: undefined })",
      "Object.defineProperty(globalThis, 'isSecureContext', { value: false })"
    };
    for (String browser : browsers) {
      openPage();
      screen.script(browser);
      screen.press("ja");
      screen.fill("logkey", log.verifierKey().toString());
      screen.fill("witnesskeys", witness.verifierKey().toString());
      assertEquals("cannot", press(file), browser);
      assertSays("ここでは検証できません", "sekisho-audit.jar");
    }
    screen.picture("verify-page-cannot-ja");
    assertEquals(List.of(), screen.accessibilityFaults());
    screen.press("en");
    assertSays("Cannot verify here.");
    screen.picture("verify-page-cannot-en");
  }
}
