package jp.sekisho.audit.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles of a log whose first entries were deleted after their term. */
class DeletedEntriesTest {
  @TempDir private Path temp;

  private static TrustedKeys keys() throws FormatException {
    return new TrustedKeys(Fixtures.key(0), List.of());
  }

  /** A bundle without its first {@code missing} entries, that says {@code minimum}. */
  private Verification verify(int missing, SignedNote minimum) throws Exception {
    Path bundle = Files.createTempFile(temp, "bundle", ".zip");
    Frontier tree = Frontier.empty();
    for (Hash leaf : Fixtures.leaves()) {
      tree = tree.append(leaf);
    }
    try (LogSigner log = Fixtures.logSigner();
        OutputStream out = Files.newOutputStream(bundle)) {
      BundleWriter.writeZip(
          out,
          Checkpoint.of(Fixtures.ORIGIN, tree).sign(log),
          Optional.of(
              new BundleWriter.Deleted(minimum, Fixtures.leaves().subList(0, missing).iterator())),
          Fixtures.entries().subList(missing, Fixtures.SIZE).iterator());
    }
    return new BundleVerifier(keys(), true).verify(bundle);
  }

  private static SignedNote minimum(long index) throws FormatException {
    try (LogSigner log = Fixtures.logSigner()) {
      return new Minimum(Fixtures.ORIGIN, index).sign(log);
    }
  }

  @Test
  void whatTheSignedMinimumCoversVerifiesByItsHashes() throws Exception {
    Verified verified = assertInstanceOf(Verified.class, verify(256, minimum(256)));
    assertEquals(256, verified.deletedBelow());
    assertEquals(Fixtures.SIZE, verified.size());
  }

  @Test
  void moreMissingThanTheMinimumCoversIsMissing() throws Exception {
    Invalid invalid = assertInstanceOf(Invalid.class, verify(257, minimum(256)));
    assertEquals(Reason.ENTRY_MISSING, invalid.reason());
    assertEquals(256, invalid.entryIndex().getAsLong());
    invalid = assertInstanceOf(Invalid.class, verify(256, minimum(0)));
    assertEquals(Reason.ENTRY_MISSING, invalid.reason());
    assertEquals(0, invalid.entryIndex().getAsLong());
  }

  @Test
  void aMinimumThatSomebodyElseSignedIsRefused() throws Exception {
    SignedNote forged;
    try (LogSigner other = LogSigner.of(Fixtures.ORIGIN, new byte[32])) {
      forged = new Minimum(Fixtures.ORIGIN, 256).sign(other);
    }
    assertEquals(
        Reason.MINIMUM_REFUSED, assertInstanceOf(Invalid.class, verify(256, forged)).reason());
    SignedNote elsewhere;
    try (LogSigner log = Fixtures.logSigner()) {
      elsewhere = new Minimum("audit.example/log/other/1", 256).sign(log);
    }
    assertEquals(
        Reason.MINIMUM_REFUSED, assertInstanceOf(Invalid.class, verify(256, elsewhere)).reason());
  }

  @Test
  void noCheckpointIsAMinimumAndTheOtherWayRound() throws Exception {
    assertInstanceOf(CheckpointOpening.Refused.class, keys().open(minimum(256)));
    try (LogSigner log = Fixtures.logSigner()) {
      byte[] checkpoint = Checkpoint.of(Fixtures.ORIGIN, Frontier.empty()).sign(log).toBytes();
      assertThrows(FormatException.class, () -> Minimum.open(checkpoint, Fixtures.key(0)));
      for (String text :
          new String[] {
            "sekisho/log-minimum/v1\norigin a\nminimum 7\n",
            "sekisho/log-minimum/v1\norigin a\nminimum 0256\n",
            "sekisho/log-minimum/v1\norigin a\nminimum 256\nmore\n"
          }) {
        byte[] note = log.sign(text).toBytes();
        assertThrows(FormatException.class, () -> Minimum.claimed(note), text);
      }
    }
    List.of(-256L, 1L)
        .forEach(
            index -> assertThrows(IllegalArgumentException.class, () -> new Minimum("a", index)));
  }
}
