package jp.sekisho.audit.published;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.tile.EntryBundle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attack table on a published folder: what is said of each, and of which entry. */
class PublishedCopyTest {
  @TempDir private Path temp;
  private Path folder;

  @BeforeEach
  void publish() throws Exception {
    folder = publish("log", Fixtures.entries());
  }

  private Path publish(String name, List<byte[]> entries) throws Exception {
    Path to = temp.resolve(name);
    try (LogSigner log = Fixtures.logSigner()) {
      FolderWriter.write(to, entries.iterator(), log);
    }
    return to;
  }

  private Verification verify() throws IOException, jp.sekisho.audit.FormatException {
    return new CopyVerifier(Fixtures.keys(), true)
        .verify(new PublishedCopy(FolderFiles.open(folder)));
  }

  private void expect(Reason reason, OptionalLong index) throws Exception {
    Invalid invalid = assertInstanceOf(Invalid.class, verify());
    assertEquals(reason, invalid.reason(), invalid.detail());
    assertEquals(index, invalid.entryIndex(), invalid.detail());
  }

  private void expect(Reason reason, long index) throws Exception {
    expect(reason, OptionalLong.of(index));
  }

  /** Puts entries where the signed ones were, tiles and checkpoint staying. */
  private void replaceEntries(List<byte[]> entries) throws IOException {
    for (int first = 0; first < 300; first += 256) {
      String name = first == 0 ? "tile/entries/000" : "tile/entries/001.p/44";
      List<byte[]> tile =
          entries.subList(Math.min(first, entries.size()), Math.min(first + 256, entries.size()));
      if (tile.isEmpty()) {
        Files.delete(folder.resolve(name));
      } else {
        Files.write(folder.resolve(name), EntryBundle.encode(tile));
      }
    }
  }

  @Test
  void whatIsWrittenIsWhatAnIndependentProgramWrote() throws Exception {
    assertArrayEquals(Fixtures.bytes("bundle/tile/0/000"), bytes("tile/0/000"));
    assertArrayEquals(Fixtures.bytes("bundle/tile/0/001.p/44"), bytes("tile/0/001.p/44"));
    assertArrayEquals(Fixtures.bytes("tile-1-000.p-1.bin"), bytes("tile/1/000.p/1"));
    assertArrayEquals(Fixtures.bytes("entries-001.p-44.bin"), bytes("tile/entries/001.p/44"));
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(
          List.of(
              "checkpoint",
              "tile/0/000",
              "tile/0/001.p/44",
              "tile/1/000.p/1",
              "tile/entries/000",
              "tile/entries/001.p/44"),
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .sorted()
              .toList());
    }
    Verified verified = assertInstanceOf(Verified.class, verify());
    assertEquals(Fixtures.naiveRoot(Fixtures.leaves()), verified.root());
  }

  private byte[] bytes(String name) throws IOException {
    return Files.readAllBytes(folder.resolve(name));
  }

  @Test
  void everySizeAroundATileCanBePublishedAndVerified() throws Exception {
    for (int size : new int[] {0, 1, 2, 255, 256, 257}) {
      folder = publish("of" + size, Fixtures.entries().subList(0, size));
      assertEquals(size, assertInstanceOf(Verified.class, verify()).size());
    }
    assertThrows(FileAlreadyExistsException.class, () -> publish("log", List.of()));
  }

  @Test
  void aBitFlippedAnywhereIsNoticed() throws Exception {
    folder = publish("small", Fixtures.entries().subList(0, 3));
    for (String name : List.of("checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3")) {
      byte[] good = bytes(name);
      for (int i = 0; i < good.length; i++) {
        for (int bit = 0; bit < 8; bit++) {
          byte[] bent = good.clone();
          bent[i] ^= (byte) (1 << bit);
          Files.write(folder.resolve(name), bent);
          Invalid invalid = assertInstanceOf(Invalid.class, verify(), name + " byte " + i);
          if (name.contains("entries")) {
            // The length of an entry is bent or its bytes are: either way this is the entry.
            assertEquals(OptionalLong.of(entryAt(good, i)), invalid.entryIndex(), "byte " + i);
          }
        }
      }
      Files.write(folder.resolve(name), good);
    }
    assertInstanceOf(Verified.class, verify());
  }

  /** Returns which entry of a tile the byte belongs to. */
  private static long entryAt(byte[] tile, int at) {
    int entry = 0;
    int begin = 0;
    while (true) {
      int length = (Byte.toUnsignedInt(tile[begin]) << 8) | Byte.toUnsignedInt(tile[begin + 1]);
      int end = begin + 2 + length;
      if (at < end) {
        return entry;
      }
      begin = end;
      entry++;
    }
  }

  @Test
  void aBitFlippedInAnUpperTileIsNoticed() throws Exception {
    byte[] upper = bytes("tile/1/000.p/1");
    upper[31] ^= 1;
    Files.write(folder.resolve("tile/1/000.p/1"), upper);
    expect(Reason.TILES_ALTERED, 0);
    Files.delete(folder.resolve("tile/1/000.p/1"));
    expect(Reason.TILES_ALTERED, 0);
  }

  @Test
  void changedEntriesAreNamed() throws Exception {
    for (int index : new int[] {0, 137, 255, 256, 299}) {
      List<byte[]> entries = new ArrayList<>(Fixtures.entries());
      entries.set(index, "{}".getBytes(StandardCharsets.UTF_8));
      replaceEntries(entries);
      expect(Reason.ENTRY_ALTERED, index);
    }
  }

  @Test
  void deletedEntriesAreNamed() throws Exception {
    for (int index : new int[] {0, 137, 255, 256, 298}) {
      List<byte[]> entries = new ArrayList<>(Fixtures.entries());
      entries.remove(index);
      replaceEntries(entries);
      expect(Reason.ENTRY_MISSING, index);
    }
  }

  @Test
  void swappedEntriesAreNamed() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    Collections.swap(entries, 100, 290);
    replaceEntries(entries);
    expect(Reason.ENTRY_MOVED, 100);
  }

  @Test
  void insertedEntriesAreNamed() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    entries.add(290, new byte[] {'{', '}'});
    replaceEntries(entries);
    expect(Reason.ENTRY_INSERTED, 290);
    entries = new ArrayList<>(Fixtures.entries());
    entries.add(new byte[0]); // behind the last: the tile is longer than its name says
    replaceEntries(entries);
    expect(Reason.ENTRY_ALTERED, 299);
  }

  @Test
  void aTailCutOffIsToldFromAGap() throws Exception {
    for (int kept : new int[] {299, 257, 256, 255, 100, 1}) {
      folder = publish("cut" + kept, Fixtures.entries());
      replaceEntries(Fixtures.entries().subList(0, kept));
      expect(Reason.TRUNCATED, kept);
    }
    folder = publish("gap", Fixtures.entries());
    Files.delete(folder.resolve("tile/entries/000"));
    expect(Reason.ENTRY_MISSING, 0);
  }

  @Test
  void whatIsMissingIsNamedEvenWhereTheTilesAreMissingToo() throws Exception {
    Files.delete(folder.resolve("tile/entries/001.p/44"));
    Files.delete(folder.resolve("tile/0/001.p/44"));
    expect(Reason.TRUNCATED, 256);
    folder = publish("gap", Fixtures.entries());
    Files.delete(folder.resolve("tile/entries/000"));
    Files.delete(folder.resolve("tile/0/000"));
    expect(Reason.ENTRY_MISSING, 0);
  }

  @Test
  void missingTilesOfGoodEntriesAreNamed() throws Exception {
    Files.delete(folder.resolve("tile/0/001.p/44"));
    expect(Reason.TILES_ALTERED, 256);
    byte[] first = bytes("tile/0/000");
    Files.write(folder.resolve("tile/0/000"), Arrays.copyOf(first, first.length + 1));
    expect(Reason.TILES_ALTERED, 0);
  }

  @Test
  void bothChangedHidesThePlaceNotTheFact() throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    entries.set(7, "{}".getBytes(StandardCharsets.UTF_8));
    Path forged = publish("forged", entries);
    Files.copy(folder.resolve("checkpoint"), temp.resolve("signed"));
    folder = forged;
    Files.delete(folder.resolve("checkpoint"));
    expect(Reason.BUNDLE_MALFORMED, OptionalLong.empty());
    Files.copy(temp.resolve("signed"), folder.resolve("checkpoint"));
    expect(Reason.ROOT_MISMATCH, OptionalLong.empty());
  }

  @Test
  void aForgedCheckpointIsRefused() throws Exception {
    String bent = Fixtures.text("checkpoint-300").replace("\n300\n", "\n299\n");
    Files.writeString(folder.resolve("checkpoint"), bent);
    expect(Reason.BAD_SIGNATURE, OptionalLong.empty());
    try (LogSigner other = LogSigner.of(Fixtures.ORIGIN, new byte[32])) {
      Checkpoint forged = Checkpoint.parse(bent.substring(0, bent.indexOf("\n\n") + 1));
      Files.write(folder.resolve("checkpoint"), forged.sign(other).toBytes());
    }
    expect(Reason.NOT_SIGNED_BY_LOG, OptionalLong.empty());
  }

  @Test
  void aLogRewrittenWithTheStolenKeyIsCaughtByAnEarlierCheckpointAndByTheWitness()
      throws Exception {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    entries.set(2, "{}".getBytes(StandardCharsets.UTF_8));
    folder = publish("rewritten", entries);
    assertInstanceOf(Verified.class, verify()); // nothing else can tell
    CopyVerifier strict = new CopyVerifier(Fixtures.keys(), false);
    CopyVerifier lax = new CopyVerifier(Fixtures.keys(), true);
    PublishedCopy copy = new PublishedCopy(FolderFiles.open(folder));
    assertReason(Reason.UNWITNESSED, strict.verify(copy));
    assertReason(Reason.FORKED, lax.verifySince(copy, Fixtures.bytes("checkpoint-5")));
    assertReason(Reason.FORKED, lax.verifySince(copy, Fixtures.bytes("checkpoint-300")));
    // The witness's line cannot be carried over either.
    String honest = Fixtures.text("checkpoint-300");
    String line = honest.substring(honest.indexOf("— witness"));
    Files.writeString(
        folder.resolve("checkpoint"), Files.readString(folder.resolve("checkpoint")) + line);
    assertReason(Reason.BAD_SIGNATURE, strict.verify(copy));
  }

  @Test
  void aLogRolledBackIsCaughtByAnEarlierCheckpoint() throws Exception {
    folder = publish("restored", Fixtures.entries().subList(0, 200));
    CopyVerifier lax = new CopyVerifier(Fixtures.keys(), true);
    PublishedCopy copy = new PublishedCopy(FolderFiles.open(folder));
    assertReason(Reason.ROLLED_BACK, lax.verifySince(copy, Fixtures.bytes("checkpoint-300")));
    assertInstanceOf(Verified.class, lax.verifySince(copy, Fixtures.bytes("checkpoint-5")));
  }

  private static void assertReason(Reason reason, Verification outcome) {
    Invalid invalid = assertInstanceOf(Invalid.class, outcome);
    assertEquals(reason, invalid.reason(), invalid.detail());
  }

  @Test
  void aLogThatHasGoneOnStillVerifiesUnderAnOlderCheckpoint() throws Exception {
    Path older = folder;
    folder =
        publish(
            "newer", Stream.generate(Fixtures::entries).limit(2).flatMap(List::stream).toList());
    Files.delete(folder.resolve("checkpoint"));
    // A log may drop a partial tile only when the full one is there: that of level 1 is not yet.
    for (String name : List.of("checkpoint", "tile/1/000.p/1")) {
      Files.copy(older.resolve(name), folder.resolve(name));
    }
    assertEquals(300, assertInstanceOf(Verified.class, verify()).size());
  }

  @Test
  void aLinkIsNoFile() throws Exception {
    Path tile = folder.resolve("tile/entries/001.p/44");
    Path elsewhere = Files.move(tile, temp.resolve("elsewhere"));
    Files.createSymbolicLink(tile, elsewhere);
    expect(Reason.TRUNCATED, 256);
  }
}
