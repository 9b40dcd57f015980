package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.tile.EntryTilePath;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;

/** What tests of retention share, on either database. */
final class Terms {
  static final Instant START = Instant.parse("2026-04-01T00:00:00Z");
  static final Entry.Subject ORGAN = new Entry.Subject("mayor", null, null, null, null);

  private static final int MONTH = 11;

  private Terms() {}

  static Retentions retentions(OpenStorage storage, SettableClock clock) {
    return retentions(storage, clock, Optional.empty());
  }

  static Retentions retentions(OpenStorage storage, SettableClock clock, Optional<Instant> open) {
    return retentions(storage, clock, open, Optional.empty());
  }

  /**
   * @param seen when a witness saw the logs last
   */
  static Retentions retentions(
      OpenStorage storage, SettableClock clock, Optional<Instant> open, Optional<Instant> seen) {
    return new Retentions(
        storage.database,
        storage.keys,
        storage.seal,
        storage.logs,
        storage.transactions,
        clock,
        (handle, organ) -> open,
        () -> seen);
  }

  /** A month in which the log is written to, as bears out what time it is; ends now. */
  static int live(OpenStorage storage, SettableClock clock) {
    for (int i = 0; i < MONTH; i++) {
      clock.advance(Duration.ofDays(3));
      var _ = Restores.write(storage, 1);
    }
    storage.logs.integrateNow();
    return MONTH;
  }

  /** One entry now. */
  private static void entry(OpenStorage storage) {
    var _ = Restores.write(storage, 1);
    storage.logs.integrateNow();
  }

  /** What is pruned is gone, signed for and logged; what is left and its proofs stay whole. */
  static void prunesWhatIsDueAndNothingElse(
      Restores.Opening opening, SettableClock clock, Path directory) throws Exception {
    String before;
    try (OpenStorage storage = opening.open()) {
      var _ = Restores.write(storage, 600);
      clock.advance(Duration.ofDays(3));
      var _ = Restores.write(storage, 40);
      storage.logs.integrateNow();
      before = storage.logs.newest("mayor").checkpoint();
      Retentions retentions = retentions(storage, clock);
      assertEquals(0, retentions.prune("mayor"));
      clock.advance(Duration.between(clock.instant(), Instant.parse("2033-02-20T00:00:00Z")));
      int more = live(storage, clock) + 2;
      clock.advance(
          Duration.between(
              clock.instant(),
              Instant.parse("2033-04-01T14:59:59Z"))); // the day of the term ends a second later
      entry(storage);
      assertEquals(0, retentions.prune("mayor"));
      clock.advance(Duration.ofSeconds(2));
      entry(storage);
      assertEquals(512, retentions.prune("mayor"));
      assertEquals(0, retentions.prune("mayor"));
      Entry pruned = Restores.entry(storage, "mayor", 640 + more);
      assertEquals("log.pruned", pruned.type());
      assertEquals(512L, pruned.data().get("to"));
      assertEquals(
          0L,
          storage.database.<Long>read(handle ->
              handle
                  .createQuery(
                      "select count(*) from audit_entry where log = 'mayor' and idx < 512"
                          + " and (length(body) > 0 or person is not null)")
                  .mapTo(Long.class)
                  .one()));
      assertEquals(512, storage.logs.page("mayor", null, 513, 10).getLast().index());
      assertEquals(List.of(), storage.logs.entries("mayor", List.of(3L)));
      assertTrue(storage.logs.tile("mayor", new EntryTilePath(1, 256)).isEmpty());
      assertTrue(storage.logs.tile("mayor", new EntryTilePath(2, 129 + more)).isPresent());
      assertTrue(storage.logs.tile("mayor", new HashTilePath(0, 1, 256)).isPresent());
      assertEquals(
          129 + more, storage.logs.bundle("mayor").size() - storage.logs.bundle("mayor").first());
    }
    // The next start reads the whole log again, and proofs reach back over what is gone.
    try (OpenStorage storage = opening.open()) {
      var _ = Restores.write(storage, 1);
      storage.logs.integrateNow();
      assertTrue(storage.logs.continuation("mayor", 300).isPresent());
      assertEquals(512, verified(storage, before, directory).deletedBelow());
    }
  }

  static Verification.Verified verified(OpenStorage storage, String earlier, Path directory)
      throws Exception {
    Path bundle = Files.createTempFile(directory, "pruned", ".zip");
    try (OutputStream out = Files.newOutputStream(bundle)) {
      storage.logs.bundle("mayor").writeZip(out);
    }
    TrustedKeys keys = new TrustedKeys(storage.logs.verifierKey("mayor"), List.of());
    return assertInstanceOf(
        Verification.Verified.class,
        new BundleVerifier(keys, true)
            .verifySince(bundle, earlier.getBytes(StandardCharsets.UTF_8)));
  }

  static void refusesToStart(Restores.Opening opening) {
    try (OpenStorage storage = opening.open()) {
      assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    }
  }
}
