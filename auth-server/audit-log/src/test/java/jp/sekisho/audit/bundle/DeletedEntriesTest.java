package jp.sekisho.audit.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipFile;
import jp.sekisho.audit.Fixtures;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.CosignedCopy;
import jp.sekisho.audit.copy.Deletion;
import jp.sekisho.audit.copy.LogCopy;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bundles of a log whose first entries were deleted after their term.
 *
 * <p>Over 400 lines because each way to lie about a deletion is a case over the same made-up log.
 */
class DeletedEntriesTest {
  private static final String BEFORE = "2019-11-21T15:00:00Z";
  private static final String AT = "2026-11-22T18:00:00.000Z";

  @TempDir private Path temp;

  private static TrustedKeys keys() throws FormatException {
    return new TrustedKeys(Fixtures.key(0), List.of());
  }

  /** A bundle without its first {@code missing} entries, that says {@code minimum}. */
  private Verification verify(int missing, SignedNote minimum) throws Exception {
    return new BundleVerifier(keys(), true)
        .verify(bundle(missing, minimum, pruned(256, BEFORE, 7, AT)));
  }

  /** The fixtures' entries and {@code more}, without the first {@code missing}. */
  private Path bundle(int missing, SignedNote minimum, String... more) throws Exception {
    return bundle(missing, minimum, Optional.empty(), more);
  }

  private Path bundle(int missing, SignedNote minimum, Optional<SignedNote> aged, String... more)
      throws Exception {
    Path bundle = Files.createTempFile(temp, "bundle", ".zip");
    List<byte[]> entries = entries(more);
    List<Hash> leaves = entries.stream().map(Rfc6962::leaf).toList();
    try (LogSigner log = Fixtures.logSigner();
        OutputStream out = Files.newOutputStream(bundle)) {
      BundleWriter.writeZip(
          out,
          checkpoint(entries).sign(log),
          Optional.of(new BundleWriter.Deleted(minimum, leaves.subList(0, missing).iterator())),
          new BundleWriter.Beside(Optional.empty(), Optional.empty(), aged),
          entries.subList(missing, entries.size()).iterator());
    }
    return bundle;
  }

  private static List<byte[]> entries(String... more) {
    List<byte[]> entries = new ArrayList<>(Fixtures.entries());
    for (String line : more) {
      entries.add(line.getBytes(StandardCharsets.UTF_8));
    }
    return entries;
  }

  private static Checkpoint checkpoint(List<byte[]> entries) {
    Frontier tree = Frontier.empty();
    for (byte[] entry : entries) {
      tree = tree.append(Rfc6962.leaf(entry));
    }
    return Checkpoint.of(Fixtures.ORIGIN, tree);
  }

  private static String pruned(long to, String before, long years, String at) {
    return pruned(1, to, before, years, at);
  }

  /** An entry as the service writes it. */
  private static String pruned(long generation, long to, String before, long years, String at) {
    return ("{\"data\":{\"before\":\"%s\",\"from\":0,\"generation\":%d,\"scope\":\"general\",\"to\":%d,"
            + "\"years\":%d},\"entry\":\"e\",\"organ\":\"general\",\"outcome\":\"success\",\"salt\":\"s\","
            + "\"time\":\"%s\",\"type\":\"log.pruned\",\"v\":1}")
        .formatted(before, generation, to, years, at);
  }

  private static String later(String at) {
    return "{\"time\":\"%s\",\"type\":\"session.resumed\",\"v\":1}".formatted(at);
  }

  private static Reason refused(Verification outcome) {
    return assertInstanceOf(Invalid.class, outcome).reason();
  }

  private Verification verified(String... more) throws Exception {
    return new BundleVerifier(keys(), true).verify(bundle(256, minimum(256), more));
  }

  @Test
  void aDeletionThatNoEntryTellsIsNone() throws Exception {
    assertEquals(Reason.DELETION_UNRECORDED, refused(verified()));
    assertEquals(
        Reason.DELETION_UNRECORDED, refused(verified(pruned(512, BEFORE, 7, AT))), "another index");
    assertEquals(
        Reason.DELETION_UNRECORDED,
        refused(verified(pruned(2, 256, BEFORE, 7, AT))),
        "another generation");
    assertEquals(
        Reason.DELETION_UNRECORDED,
        refused(verified(pruned(256, BEFORE, 7, AT).replace("\"general\"", "\"assembly\""))),
        "another log");
    assertEquals(
        Reason.DELETION_UNRECORDED,
        refused(
            verified(pruned(256, BEFORE, 7, AT).replace("\"entry\"", "\"device\":{},\"entry\""))),
        "a terminal wrote it");
  }

  @Test
  void theEntryMustComeAfterTheTermItNames() throws Exception {
    Verified good = assertInstanceOf(Verified.class, verified(pruned(256, BEFORE, 7, AT)));
    Deletion deletion = good.deletion();
    assertEquals(Fixtures.SIZE, deletion == null ? -1 : deletion.entry().index());
    assertEquals(
        Reason.DELETION_EARLY, refused(verified(pruned(256, BEFORE, 8, AT))), "of eight years");
    assertEquals(
        Reason.DELETION_EARLY, refused(verified(pruned(256, AT, 0, AT))), "no term at all");
  }

  /** Whoever sets the clock of the server forward is contradicted by what follows. */
  @Test
  void entriesBehindItTellThatItsClockWasAhead() throws Exception {
    String ahead = pruned(256, "2027-11-21T15:00:00Z", 7, "2034-11-22T00:00:00Z");
    assertInstanceOf(Verified.class, verified(ahead, later("2034-11-22T00:00:01Z")));
    assertEquals(Reason.DELETION_EARLY, refused(verified(ahead, later("2026-11-22T00:00:00Z"))));
  }

  /** A witness has a clock of its own, and so has whoever kept an older checkpoint. */
  @Test
  void theWitnesssClockTellsThatTheLogsWasAhead() throws Exception {
    String[] ahead = {pruned(256, "2027-11-21T15:00:00Z", 7, "2034-11-22T00:00:00Z")};
    Path bundle = bundle(256, minimum(256), Optional.of(seen(256, "2027-11-21T14:00:00Z")), ahead);
    Instant now = Instant.parse("2026-11-22T00:00:00Z");
    byte[] cosigned = cosigned(checkpoint(entries(ahead)), now);
    CopyVerifier verifier = new CopyVerifier(Fixtures.keys(), false);
    try (LogCopy copy = BundleCopy.open(bundle)) {
      assertEquals(
          Reason.DELETION_EARLY, refused(verifier.verify(CosignedCopy.of(copy, cosigned))));
    }
    byte[] then = cosigned(checkpoint(entries(ahead)), Instant.parse("2034-11-22T00:00:00Z"));
    try (LogCopy copy = BundleCopy.open(bundle)) {
      assertInstanceOf(Verified.class, verifier.verify(CosignedCopy.of(copy, then)));
    }
  }

  @Test
  void whatCameAfterAnEarlierCheckpointWasNotWrittenBeforeIt() throws Exception {
    String[] told = {pruned(256, BEFORE, 7, AT)};
    Path bundle = bundle(256, minimum(256), told);
    for (int size : new int[] {200, 256}) {
      byte[] earlier =
          cosigned(
              checkpoint(Fixtures.entries().subList(0, size)),
              Instant.parse("2020-04-01T00:00:00Z"));
      try (LogCopy copy = BundleCopy.open(bundle)) {
        Verification outcome = new CopyVerifier(Fixtures.keys(), true).verifySince(copy, earlier);
        if (size < 256) {
          assertEquals(Reason.DELETION_EARLY, refused(outcome));
        } else {
          assertInstanceOf(Verified.class, outcome);
        }
      }
    }
  }

  /** The entry of a deletion in a closed generation stands in a later one. */
  @Test
  void aClosedGenerationIsTakenWithAProofFromALaterOne() throws Exception {
    String entry = pruned(256, BEFORE, 7, AT);
    Path bundle = bundle(256, minimum(256));
    for (String origin :
        List.of("audit.example/log/general/2", "audit.example/log/assembly/2", "x/log/general/2")) {
      Deletion told =
          Deletion.proved(origin, 7, entry.getBytes(StandardCharsets.UTF_8), List.of())
              .orElseThrow();
      try (LogCopy copy = BundleCopy.open(bundle)) {
        Verification outcome =
            new CopyVerifier(keys(), true, List.of(told), List.of()).verify(copy);
        if (origin.startsWith("audit.example/log/general")) {
          assertInstanceOf(Verified.class, outcome);
        } else {
          assertEquals(Reason.DELETION_UNRECORDED, refused(outcome), origin);
        }
      }
    }
  }

  private static byte[] cosigned(Checkpoint checkpoint, Instant at) throws FormatException {
    try (LogSigner log = Fixtures.logSigner();
        WitnessSigner witness = Fixtures.witnessSigner()) {
      SignedNote note = checkpoint.sign(log);
      return note.with(witness.cosign(note, at)).toBytes();
    }
  }

  private static SignedNote minimum(long index) throws FormatException {
    try (LogSigner log = Fixtures.logSigner()) {
      return new Minimum(Fixtures.ORIGIN, index).sign(log);
    }
  }

  /** The first entries as the witness saw them. */
  private static SignedNote seen(int size, String at) throws FormatException {
    return SignedNote.parse(
        cosigned(checkpoint(Fixtures.entries().subList(0, size)), Instant.parse(at)));
  }

  private Verification witnessed(Optional<SignedNote> aged, boolean unwitnessed, String... more)
      throws Exception {
    byte[] now = cosigned(checkpoint(entries(more)), Instant.parse(AT).plusSeconds(5));
    try (LogCopy copy = BundleCopy.open(bundle(256, minimum(256), aged, more))) {
      return new CopyVerifier(Fixtures.keys(), unwitnessed).verify(CosignedCopy.of(copy, now));
    }
  }

  /** Whoever has the log's key can write any "before": yesterday's entries as those of 2019. */
  @Test
  void aDeletionIsNotBelievedUntilSomebodyOutsideBearsItsAgeOut() throws Exception {
    String told = pruned(256, BEFORE, 7, AT);
    SignedNote forked;
    SignedNote stranger;
    Instant then = Instant.parse("2019-11-21T14:00:00Z");
    try (LogSigner log = Fixtures.logSigner();
        WitnessSigner witness = WitnessSigner.of("elsewhere", new byte[32])) {
      SignedNote note = checkpoint(Fixtures.entries().subList(0, 256)).sign(log);
      stranger = note.with(witness.cosign(note, then));
      forked = SignedNote.parse(cosigned(checkpoint(Fixtures.entries().subList(1, 257)), then));
    }
    for (Optional<SignedNote> aged :
        List.of(
            Optional.<SignedNote>empty(),
            Optional.of(seen(256, "2026-11-21T00:00:00Z")),
            Optional.of(seen(256, "2019-12-22T15:00:01Z")),
            Optional.of(seen(255, "2019-11-21T14:00:00Z")),
            Optional.of(stranger))) {
      Invalid invalid = assertInstanceOf(Invalid.class, witnessed(aged, false, told));
      assertEquals(Reason.DELETION_UNWITNESSED, invalid.reason());
      assertEquals(Fixtures.SIZE, invalid.entryIndex().getAsLong());
      Verified allowed = assertInstanceOf(Verified.class, witnessed(aged, true, told));
      assertNull(allowed.age(), "only the log itself says so");
    }
    assertEquals(Reason.FORKED, refused(witnessed(Optional.of(forked), true, told)));
    Optional<SignedNote> good = Optional.of(seen(290, "2019-11-21T14:00:00Z"));
    Verified verified = assertInstanceOf(Verified.class, witnessed(good, false, told));
    assertEquals(new Verification.Seen(290, then, Fixtures.key(1).name()), verified.age());
    try (ZipFile zip = new ZipFile(bundle(256, minimum(256), good, told).toFile())) {
      assertArrayEquals(
          good.get().toBytes(), zip.getInputStream(zip.getEntry("aged")).readAllBytes());
    }
    try (LogCopy copy = BundleCopy.open(bundle(256, minimum(256), told))) {
      byte[] now = cosigned(checkpoint(entries(told)), Instant.parse(AT));
      Verification kept =
          new CopyVerifier(Fixtures.keys(), false)
              .verifySince(CosignedCopy.of(copy, now), good.get().toBytes());
      assertInstanceOf(Verified.class, kept, "what the auditor kept will do as well");
    }
  }

  private static String kept(String type, String data) {
    return ("{\"data\":{%s,\"scope\":\"general\"},\"outcome\":\"success\","
            + "\"time\":\"2026-11-21T10:00:00.000Z\",\"type\":\"%s\",\"v\":1}")
        .formatted(data, type);
  }

  @Test
  void nothingIsDeletedWhileALegalHoldOfTheLogStands() throws Exception {
    String set = kept("log.hold-set", "\"hold\":\"0011223344556677\"");
    String lifted = kept("log.hold-lifted", "\"hold\":\"0011223344556677\"");
    String other = kept("log.hold-lifted", "\"hold\":\"7766554433221100\"");
    String told = pruned(256, BEFORE, 7, AT);
    assertEquals(Reason.DELETION_HELD, refused(verified(set, told)));
    assertEquals(Reason.DELETION_HELD, refused(verified(set, other, told)));
    assertEquals(Reason.DELETION_HELD, refused(verified(set, told, lifted)), "lifted afterwards");
    assertEquals(
        Reason.DELETION_HELD,
        refused(verified(set, pruned(0, BEFORE, 7, AT), lifted, told)),
        "an earlier deletion");
    assertInstanceOf(Verified.class, verified(set, lifted, told));
    assertInstanceOf(Verified.class, verified(told, set));
    assertInstanceOf(
        Verified.class, verified(set.replace("\"general\"", "\"assembly\""), told), "elsewhere");
    assertInstanceOf(
        Verified.class,
        verified(set.replace("{\"data\"", "{\"device\":{},\"data\""), told),
        "a terminal wrote it");
  }

  @Test
  void aTermThatTheLogWasGivenIsNotUndercut() throws Exception {
    String century = kept("log.retention-set", "\"before\":7,\"years\":100");
    String seven = kept("log.retention-set", "\"before\":100,\"years\":7");
    String told = pruned(256, BEFORE, 7, AT);
    Invalid invalid = assertInstanceOf(Invalid.class, verified(century, told));
    assertEquals(Reason.DELETION_EARLY, invalid.reason());
    assertEquals(Fixtures.SIZE + 1, invalid.entryIndex().getAsLong());
    assertInstanceOf(Verified.class, verified(century, seven, told));
    assertInstanceOf(Verified.class, verified(told, century));
  }

  /** One party whose clock is wrong, or who lies, does not cancel an honest one. */
  @Test
  void aWitnessWhoseClockIsAheadDoesNotSpeakOverAnother() throws Exception {
    String[] ahead = {pruned(256, "2027-11-21T15:00:00Z", 7, "2034-11-22T00:00:00Z")};
    Path bundle = bundle(256, minimum(256), ahead);
    Instant now = Instant.parse("2026-11-22T00:00:00Z");
    Instant then = Instant.parse("2034-11-22T00:00:00Z");
    try (LogSigner log = Fixtures.logSigner();
        WitnessSigner one = Fixtures.witnessSigner();
        WitnessSigner other = WitnessSigner.of("elsewhere", new byte[32])) {
      SignedNote note = checkpoint(entries(ahead)).sign(log);
      TrustedKeys both =
          new TrustedKeys(log.verifierKey(), List.of(one.verifierKey(), other.verifierKey()));
      for (SignedNote cosigned :
          List.of(
              note.with(one.cosign(note, now)).with(other.cosign(note, then)),
              note.with(one.cosign(note, now)).with(one.cosign(note, then)))) {
        try (LogCopy copy = BundleCopy.open(bundle)) {
          Verification outcome =
              new CopyVerifier(both, true).verify(CosignedCopy.of(copy, cosigned.toBytes()));
          assertEquals(Reason.DELETION_EARLY, refused(outcome));
        }
      }
    }
  }

  @Test
  void whatTheSignedMinimumCoversVerifiesByItsHashes() throws Exception {
    Verified verified = assertInstanceOf(Verified.class, verify(256, minimum(256)));
    assertEquals(256, verified.deletedBelow());
    assertEquals(Fixtures.SIZE + 1, verified.size());
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

  /** Whoever has the log's key can sign any time: it must not end the verifier. */
  @Test
  void aTimeNobodyCanReckonWithIsNone() throws Exception {
    for (String time :
        new String[] {"+1000000000-12-31T23:59:59Z", "-1000000000-01-01T00:00:00Z"}) {
      Path bundle = bundle(256, minimum(256), pruned(256, time, 7, AT));
      assertEquals(
          Reason.DELETION_UNRECORDED, refused(new BundleVerifier(keys(), true).verify(bundle)));
      bundle = bundle(256, minimum(256), pruned(256, BEFORE, 7, time));
      assertEquals(
          Reason.DELETION_UNRECORDED, refused(new BundleVerifier(keys(), true).verify(bundle)));
    }
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
