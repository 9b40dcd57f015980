package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.copy.Verification.Verified;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.note.WitnessSigner;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.audit.witness.Witness;
import jp.sekisho.audit.witness.WitnessFolder;
import jp.sekisho.audit.witness.WitnessServer;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.config.BackupList;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.PrivateFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What witnesses saw is kept for as long as the entries are, and shows their age afterwards. */
class PastCheckpointsTest {
  private static final Instant NOON = Instant.parse("2026-04-01T12:00:00Z");

  @TempDir Path directory;

  private static SignedNote note(int size) throws Exception {
    Frontier tree = Frontier.empty();
    for (int i = 0; i < size; i++) {
      tree = tree.append(Rfc6962.leaf(new byte[] {(byte) i}));
    }
    try (LogSigner log = LogSigner.of("a.example/log/mayor/1", new byte[32])) {
      return Checkpoint.of("a.example/log/mayor/1", tree).sign(log);
    }
  }

  private static SignedNote cosigned(SignedNote note, String name) throws Exception {
    try (WitnessSigner witness = WitnessSigner.of(name, new byte[32])) {
      return note.with(witness.cosign(note, NOON));
    }
  }

  private String file() throws Exception {
    return Files.readString(directory.resolve("keys/log-mayor.past"));
  }

  private static String line(Instant at, SignedNote note) {
    return at + " " + Base64.getEncoder().encodeToString(note.toBytes()) + "\n";
  }

  @Test
  void oneADayIsKeptUntilWhatItCoversIsDeleted() throws Exception {
    Path keys = directory.resolve("keys");
    PrivateFiles.createDirectory(keys);
    PastCheckpoints past = new PastCheckpoints(keys);
    SignedNote first = cosigned(note(3), "one");
    past.keep("mayor", first, NOON, 0);
    past.keep("mayor", cosigned(note(4), "one"), NOON.plusSeconds(5), 0);
    assertEquals(line(NOON, first), file());
    SignedNote both = cosigned(first, "two");
    past.keep("mayor", both, NOON.plusSeconds(6), 0);
    assertEquals(line(NOON, both), file(), "the same one with another cosignature");
    Instant next = NOON.plus(Duration.ofDays(1));
    SignedNote second = cosigned(note(9), "one");
    new PastCheckpoints(keys).keep("mayor", second, next, 0);
    assertEquals(line(NOON, both) + line(next, second), file());
    Files.writeString(keys.resolve("log-mayor.past"), file() + "torn");
    assertEquals(second, past.covering("mayor", 4, 9).map(n -> second).orElseThrow());
    assertEquals(
        new String(both.toBytes(), StandardCharsets.UTF_8),
        new String(past.covering("mayor", 3, 9).orElseThrow().toBytes(), StandardCharsets.UTF_8));
    assertEquals(true, past.covering("mayor", 4, 8).isEmpty());
    Instant later = next.plus(Duration.ofDays(1));
    SignedNote third = cosigned(note(10), "one");
    new PastCheckpoints(keys).keep("mayor", third, later, 4);
    assertEquals(line(next, second) + line(later, third), file());
  }

  @Test
  void aPrunedLogVerifiesByWhatItsWitnessSawAndNotOnItsOwnWord() throws Exception {
    SettableClock clock = new SettableClock(Terms.START);
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      VerifierKey key =
          WitnessFolder.create(directory.resolve("w"), "kansa.example", new SecureRandom());
      try (WitnessFolder folder = WitnessFolder.open(directory.resolve("w"));
          WitnessServer server =
              WitnessServer.start(
                  new Witness(folder, List.of(storage.logs.verifierKey("mayor")), clock),
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  line -> {})) {
        URI url = URI.create("http://127.0.0.1:" + server.address().getPort());
        Cosignatures cosignatures =
            new Cosignatures(
                storage.logs, storage.transactions, List.of(new OutsideWitness(key, url)), clock);
        var _ = Restores.write(storage, 600);
        storage.logs.integrateNow();
        assertEquals(true, cosignatures.ask("mayor"));
        clock.advance(Duration.ofDays(366 * 8));
        int _ = Terms.live(storage, clock);
        assertEquals(512, Terms.retentions(storage, clock).prune("mayor"));
        Verified verified =
            assertInstanceOf(Verified.class, verify(storage, cosignatures, key, false));
        assertEquals(new Verification.Seen(600, Terms.START, "kansa.example"), verified.age());
        assertEquals(true, storage.logs.agedNote("mayor").isPresent(), "also as it is served");
        BackupList.requireNames(directory, storage.keys);
        Files.delete(storage.keys.resolve("log-mayor.past"));
        Invalid invalid =
            assertInstanceOf(Invalid.class, verify(storage, cosignatures, key, false));
        assertEquals(Reason.DELETION_UNWITNESSED, invalid.reason());
        assertEquals(OptionalLong.of(611), invalid.entryIndex());
        assertNull(
            assertInstanceOf(Verified.class, verify(storage, cosignatures, key, true)).age());
      }
    }
  }

  private Verification verify(
      OpenStorage storage, Cosignatures cosignatures, VerifierKey witness, boolean unwitnessed)
      throws Exception {
    Path zip = Files.createTempFile(directory, "pruned", ".zip");
    try (OutputStream out = Files.newOutputStream(zip)) {
      cosignatures.bundle("mayor").writeZip(out);
    }
    TrustedKeys keys = new TrustedKeys(storage.logs.verifierKey("mayor"), List.of(witness));
    return new BundleVerifier(keys, unwitnessed).verify(zip);
  }
}
