package jp.sekisho.audit.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verifier says about tampering, and that it names the entry. */
class BundleVerifierTest {
  @TempDir private Path temp;
  private Path bundle;
  private BundleVerifier verifier;

  @BeforeEach
  void copy() throws Exception {
    bundle = Fixtures.copyBundle(temp);
    verifier = new BundleVerifier(Fixtures.keys(), false);
  }

  /** Returns the signed and cosigned checkpoint of these entries. */
  static SignedNote sign(List<byte[]> entries) throws Exception {
    Frontier tree = Frontier.empty();
    for (byte[] entry : entries) {
      tree = tree.append(Rfc6962.leaf(entry));
    }
    try (LogSigner log = Fixtures.logSigner();
        WitnessSigner witness = Fixtures.witnessSigner()) {
      SignedNote note = Checkpoint.of(Fixtures.ORIGIN, tree).sign(log);
      return note.with(witness.cosign(note, Instant.ofEpochSecond(1_800_000_000)));
    }
  }

  private void expect(Reason reason, long index) throws IOException {
    Invalid invalid = assertInstanceOf(Invalid.class, verifier.verify(bundle));
    assertEquals(reason, invalid.reason(), invalid.detail());
    assertEquals(OptionalLong.of(index), invalid.entryIndex());
  }

  private void expect(Reason reason) throws IOException {
    expect(reason, verifier.verify(bundle));
  }

  private static void expect(Reason reason, Verification outcome) {
    Invalid invalid = assertInstanceOf(Invalid.class, outcome);
    assertEquals(reason, invalid.reason(), invalid.detail());
    assertEquals(OptionalLong.empty(), invalid.entryIndex());
  }

  @Test
  void aBundleMadeByOthersVerifiesAsDirectoryAndAsZip() throws Exception {
    Hash root = Fixtures.naiveRoot(Fixtures.leaves());
    for (Path made : List.of(bundle, Fixtures.path("bundle.zip"))) {
      Verified verified = assertInstanceOf(Verified.class, verifier.verify(made));
      assertEquals(Fixtures.ORIGIN, verified.origin());
      assertEquals(Fixtures.SIZE, verified.size());
      assertEquals(root, verified.root());
      assertEquals("witness.example/audit-office", verified.witnessedBy().get(0).name());
    }
  }

  @Test
  void whatTheWriterWritesIsWhatOthersWriteAndVerifies() throws Exception {
    SignedNote note = SignedNote.parse(Fixtures.bytes("bundle/checkpoint"));
    Path written = temp.resolve("written");
    BundleWriter.writeDirectory(written, note, Fixtures.entries().iterator());
    for (String name : List.of("checkpoint", "entries.jsonl", "tile/0/000", "tile/0/001.p/44")) {
      assertArrayEquals(
          Fixtures.bytes("bundle/" + name), Files.readAllBytes(written.resolve(name)), name);
    }
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    BundleWriter.writeZip(zip, note, Fixtures.entries().iterator());
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    BundleWriter.writeZip(again, note, Fixtures.entries().iterator());
    assertArrayEquals(zip.toByteArray(), again.toByteArray());
    Path file = Files.write(temp.resolve("written.zip"), zip.toByteArray());
    assertInstanceOf(Verified.class, verifier.verify(written));
    assertInstanceOf(Verified.class, verifier.verify(file));
  }

  @Test
  void everySizeAroundATileCanBeWrittenAndVerified() throws Exception {
    for (int size : new int[] {0, 1, 2, 255, 256, 257}) {
      List<byte[]> entries = Fixtures.entries().subList(0, size);
      Path file = temp.resolve(size + ".zip");
      try (var out = Files.newOutputStream(file)) {
        BundleWriter.writeZip(out, sign(entries), entries.iterator());
      }
      assertEquals(size, assertInstanceOf(Verified.class, verifier.verify(file)).size());
    }
  }

  @Test
  void theWriterRefusesEntriesThatAreNotThoseSigned() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    SignedNote note = sign(entries);
    entries.remove(7);
    Path written = temp.resolve("written");
    assertThrows(
        IOException.class, () -> BundleWriter.writeDirectory(written, note, entries.iterator()));
    expect(Reason.BUNDLE_MALFORMED, verifier.verify(written));
    List<byte[]> newline = List.of("a\nb".getBytes(StandardCharsets.UTF_8));
    SignedNote other = sign(newline);
    assertThrows(
        IOException.class,
        () -> BundleWriter.writeZip(new ByteArrayOutputStream(), other, newline.iterator()));
  }

  @Test
  void everyAlteredEntryIsNamed() throws Exception {
    for (int index : new int[] {0, 1, 137, 255, 256, 298, 299}) {
      List<byte[]> entries = new ArrayList<>(Fixtures.entries());
      entries.set(index, "{\"event\":\"nothing\"}".getBytes(StandardCharsets.UTF_8));
      Fixtures.writeEntries(bundle, entries);
      expect(Reason.ENTRY_ALTERED, index);
    }
  }

  @Test
  void everyDeletedEntryIsNamed() throws Exception {
    for (int index : new int[] {0, 137, 255, 256, 298}) {
      List<byte[]> entries = new ArrayList<>(Fixtures.entries());
      entries.remove(index);
      Fixtures.writeEntries(bundle, entries);
      expect(Reason.ENTRY_MISSING, index);
    }
    List<byte[]> run = new ArrayList<>(Fixtures.entries());
    run.subList(40, 290).clear();
    Fixtures.writeEntries(bundle, run);
    expect(Reason.ENTRY_MISSING, 40);
  }

  @Test
  void aTailCutOffIsToldFromDeletion() throws Exception {
    for (int kept : new int[] {0, 1, 256, 299}) {
      Fixtures.writeEntries(bundle, Fixtures.entries().subList(0, kept));
      expect(Reason.TRUNCATED, kept);
    }
  }

  @Test
  void everyInsertedLineIsNamed() throws Exception {
    for (int index : new int[] {0, 137, 256, 299, 300}) {
      List<byte[]> entries = new ArrayList<>(Fixtures.entries());
      entries.add(index, new byte[] {'{', '}'});
      Fixtures.writeEntries(bundle, entries);
      expect(Reason.ENTRY_INSERTED, index);
    }
    List<byte[]> twice = new ArrayList<>(Fixtures.entries());
    twice.add(twice.get(299));
    Fixtures.writeEntries(bundle, twice);
    expect(Reason.ENTRY_INSERTED, 300);
  }

  @Test
  void movedEntriesAreNamed() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    Collections.swap(entries, 5, 6);
    Fixtures.writeEntries(bundle, entries);
    expect(Reason.ENTRY_MOVED, 5);
    entries = new ArrayList<>(Fixtures.entries());
    Collections.swap(entries, 100, 290);
    Fixtures.writeEntries(bundle, entries);
    expect(Reason.ENTRY_MOVED, 100);
  }

  @Test
  void aFileCutAnywhereIsNeverWhole() throws Exception {
    byte[] lines = Fixtures.bytes("bundle/entries.jsonl");
    for (int length : new int[] {0, 1, 50, lines.length / 2, lines.length - 1}) {
      Files.write(bundle.resolve("entries.jsonl"), java.util.Arrays.copyOf(lines, length));
      assertInstanceOf(Invalid.class, verifier.verify(bundle));
    }
    expect(Reason.ENTRY_ALTERED, 299); // the last cut took only the newline
  }

  @Test
  void aLineLongerThanAnEntryCanBeIsNamed() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    entries.set(20, new byte[1_000_000]);
    Fixtures.writeEntries(bundle, entries);
    expect(Reason.ENTRY_ALTERED, 20);
  }

  @Test
  void alteredTilesAreToldFromAlteredEntries() throws Exception {
    Path tile = bundle.resolve("tile/0/000");
    byte[] hashes = Files.readAllBytes(tile);
    hashes[32 * 9]++;
    Files.write(tile, hashes);
    expect(Reason.TILES_ALTERED, 9);
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    entries.remove(3);
    Fixtures.writeEntries(bundle, entries);
    expect(Reason.ROOT_MISMATCH);
  }

  @Test
  void keysDecideWhoseLogItIs() throws Exception {
    verifier = new BundleVerifier(new TrustedKeys(Fixtures.key(2), List.of()), true);
    expect(Reason.NOT_SIGNED_BY_LOG);
    verifier = new BundleVerifier(Fixtures.keys(), false);
    try (LogSigner log = Fixtures.logSigner()) {
      String text = Fixtures.text("bundle/checkpoint");
      String elsewhere =
          text.substring(0, text.indexOf("\n\n") + 1).replace(Fixtures.ORIGIN, "elsewhere/1");
      Files.write(bundle.resolve("checkpoint"), log.sign(elsewhere).toBytes());
    }
    expect(Reason.OTHER_ORIGIN);
    Files.writeString(bundle.resolve("checkpoint"), "hello");
    expect(Reason.CHECKPOINT_MALFORMED);
    String bent = Fixtures.text("bundle/checkpoint").replace("\n300\n", "\n299\n");
    Files.writeString(bundle.resolve("checkpoint"), bent);
    expect(Reason.BAD_SIGNATURE);
  }

  @Test
  void withoutAnOutsideCosignatureNothingPassesUnlessToldSo() throws Exception {
    TrustedKeys alone = new TrustedKeys(Fixtures.key(0), List.of());
    verifier = new BundleVerifier(alone, false);
    expect(Reason.UNWITNESSED);
    verifier = new BundleVerifier(alone, true);
    Verified verified = assertInstanceOf(Verified.class, verifier.verify(bundle));
    assertEquals(List.of(), verified.witnessedBy());
  }

  @Test
  void anOlderCheckpointMustBeContinued() throws Exception {
    byte[] five = Fixtures.bytes("checkpoint-5");
    byte[] all = Fixtures.bytes("checkpoint-300");
    assertInstanceOf(Verified.class, verifier.verifySince(bundle, five));
    assertInstanceOf(Verified.class, verifier.verifySince(bundle, all));
    assertInstanceOf(Verified.class, verifier.verifySince(bundle, sign(List.of()).toBytes()));
    expect(Reason.SINCE_REFUSED, verifier.verifySince(bundle, new byte[0]));
  }

  @Test
  void aPastRewrittenAndSignedAnewIsAFork() throws Exception {
    List<byte[]> rewritten = new ArrayList<>(Fixtures.entries());
    rewritten.set(2, "{}".getBytes(StandardCharsets.UTF_8));
    Path forged = temp.resolve("forged");
    BundleWriter.writeDirectory(forged, sign(rewritten), rewritten.iterator());
    assertInstanceOf(Verified.class, verifier.verify(forged)); // nothing else can tell
    for (String kept : List.of("checkpoint-5", "checkpoint-300")) {
      expect(Reason.FORKED, verifier.verifySince(forged, Fixtures.bytes(kept)));
    }
  }

  @Test
  void aLogRestoredToAnOlderStateIsRolledBack() throws Exception {
    List<byte[]> shorter = Fixtures.entries().subList(0, 200);
    Path restored = temp.resolve("restored");
    BundleWriter.writeDirectory(restored, sign(shorter), shorter.iterator());
    expect(Reason.ROLLED_BACK, verifier.verifySince(restored, Fixtures.bytes("checkpoint-300")));
    assertInstanceOf(
        Verified.class, verifier.verifySince(restored, Fixtures.bytes("checkpoint-5")));
  }

  @Test
  void everySingleBitIsDetected() throws Exception {
    List<byte[]> entries = Fixtures.entries().subList(0, 3);
    Path small = temp.resolve("small");
    BundleWriter.writeDirectory(small, sign(entries), entries.iterator());
    for (String name : List.of("checkpoint", "entries.jsonl", "tile/0/000.p/3")) {
      Path file = small.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      for (int i = 0; i < bytes.length; i++) {
        for (int bit = 0; bit < 8; bit++) {
          bytes[i] ^= (byte) (1 << bit);
          Files.write(file, bytes);
          assertInstanceOf(Invalid.class, verifier.verify(small), name + " byte " + i);
          bytes[i] ^= (byte) (1 << bit);
        }
      }
      Files.write(file, bytes);
    }
    assertInstanceOf(Verified.class, verifier.verify(small));
  }

  @Test
  void membersMissingOrInExcessAreRefused() throws Exception {
    for (String name : List.of("checkpoint", "entries.jsonl", "tile/0/000", "tile/0/001.p/44")) {
      byte[] contents = Files.readAllBytes(bundle.resolve(name));
      Files.delete(bundle.resolve(name));
      expect(Reason.BUNDLE_MALFORMED);
      Files.write(bundle.resolve(name), contents);
    }
    Path more = Files.writeString(bundle.resolve("notes.html"), "<b>all is well</b>");
    expect(Reason.BUNDLE_MALFORMED);
    Files.delete(more);
    Path link = Files.createSymbolicLink(bundle.resolve("README.txt"), Path.of("/etc/hostname"));
    expect(Reason.BUNDLE_MALFORMED);
    Files.delete(link);
    Files.delete(bundle.resolve("tile/0/000"));
    Files.createSymbolicLink(bundle.resolve("tile/0/000"), Fixtures.path("bundle/tile/0/000"));
    expect(Reason.BUNDLE_MALFORMED);
    Files.delete(bundle.resolve("tile/0/000"));
  }

  @Test
  void nothingThereIsAnEnvironmentErrorNotAVerdict() {
    assertThrows(IOException.class, () -> verifier.verify(temp.resolve("absent")));
  }
}
