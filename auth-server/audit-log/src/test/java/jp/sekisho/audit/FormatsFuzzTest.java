package jp.sekisho.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.proof.OfflineProof;
import jp.sekisho.audit.proof.ProofCheck;
import jp.sekisho.audit.published.FolderFiles;
import jp.sekisho.audit.published.PublishedCopy;
import jp.sekisho.audit.tile.EntryBundle;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.witness.WitnessRequest;

/** Bytes from anywhere: a parser refuses them or gives back exactly the same bytes. */
class FormatsFuzzTest {
  @FuzzTest
  void note(byte[] bytes) {
    try {
      SignedNote note = SignedNote.parse(bytes);
      assertArrayEquals(bytes, note.toBytes());
      note.open(List.of(Fixtures.key(0), Fixtures.key(1)));
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.NOTE_MALFORMED, refused.code());
    }
  }

  @FuzzTest
  void checkpoint(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    try {
      assertEquals(text, Checkpoint.parse(text).text());
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.CHECKPOINT_MALFORMED, refused.code());
    }
  }

  @FuzzTest
  void vkey(FuzzedDataProvider data) {
    String text = data.consumeRemainingAsString();
    try {
      assertEquals(text, VerifierKey.parse(text).toString());
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.KEY_MALFORMED, refused.code());
    }
  }

  @FuzzTest
  void tilePath(FuzzedDataProvider data) {
    String path = data.consumeRemainingAsString();
    try {
      assertEquals(path, TilePath.parse(path).path());
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.TILE_PATH_MALFORMED, refused.code());
    }
  }

  @FuzzTest
  void entryBundle(FuzzedDataProvider data) {
    int width = data.consumeInt(1, 256);
    byte[] contents = data.consumeRemainingAsBytes();
    try {
      assertArrayEquals(contents, EntryBundle.encode(EntryBundle.decode(contents, width)));
    } catch (FormatException refused) {
      assertEquals(FormatException.Code.ENTRY_BUNDLE_MALFORMED, refused.code());
    }
  }

  @FuzzTest
  void proof(byte[] bytes) {
    try {
      OfflineProof proof = OfflineProof.parse(bytes);
      assertArrayEquals(bytes, proof.toBytes());
      byte[] entry = proof.entry().orElse(new byte[0]);
      if (new ProofCheck(Fixtures.keys(), true).check(proof, entry) instanceof Verified) {
        assertArrayEquals(Fixtures.entries().get((int) proof.index()), entry);
      }
    } catch (FormatException refused) {
      assertTrue(
          refused.code() == FormatException.Code.PROOF_MALFORMED
              || refused.code() == FormatException.Code.NOTE_MALFORMED);
    }
  }

  @FuzzTest
  void witnessRequest(byte[] bytes) {
    try {
      assertArrayEquals(bytes, WitnessRequest.parse(bytes).toBytes());
    } catch (FormatException refused) {
      assertTrue(
          refused.code() == FormatException.Code.REQUEST_MALFORMED
              || refused.code() == FormatException.Code.NOTE_MALFORMED
              || refused.code() == FormatException.Code.CHECKPOINT_MALFORMED);
    }
  }

  @FuzzTest
  void publishedEntries(byte[] bytes) throws IOException, FormatException {
    Path folder = Files.createTempDirectory("sekisho-fuzz");
    Path tile = folder.resolve("tile/entries/000.p/5");
    try {
      Files.createDirectories(folder.resolve("tile/entries/000.p"));
      Files.write(folder.resolve("checkpoint"), Fixtures.bytes("checkpoint-5"));
      Files.write(tile, bytes);
      Verification outcome =
          new CopyVerifier(Fixtures.keys(), true)
              .verify(new PublishedCopy(FolderFiles.open(folder)));
      assertFalse(outcome instanceof Verified); // there are no tiles of hashes
    } finally {
      for (String name :
          List.of("tile/entries/000.p/5", "tile/entries/000.p", "tile/entries", "tile")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder.resolve("checkpoint"));
      Files.delete(folder);
    }
  }

  @FuzzTest
  void zip(byte[] bytes) throws IOException, FormatException {
    Path file = Files.createTempFile("sekisho-fuzz", ".zip");
    try {
      Verification outcome =
          new BundleVerifier(Fixtures.keys(), true).verify(Files.write(file, bytes));
      if (outcome instanceof Verified verified) { // only what was signed ever verifies
        assertEquals(Fixtures.naiveRoot(Fixtures.leaves()), verified.root());
      }
    } finally {
      Files.delete(file);
    }
  }
}
