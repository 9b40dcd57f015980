package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.TamperedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Terms, holds and pruning; R21: at the boundary of the term. */
class RetentionsTest {
  @TempDir Path directory;
  private final SettableClock clock = new SettableClock(Terms.START);

  private OpenStorage open() {
    return OpenStorage.sqlite(directory, clock);
  }

  private static void execute(OpenStorage storage, String sql) {
    int changed =
        storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
    assertTrue(changed > 0, sql);
  }

  /** A log of 600 entries whose term was over long ago. */
  private OpenStorage old() {
    OpenStorage storage = open();
    var _ = Restores.write(storage, 600);
    storage.logs.integrateNow();
    clock.advance(Duration.ofDays(366 * 8));
    return storage;
  }

  @Test
  void prunesWhatIsDueAndNothingElse() throws Exception {
    Terms.prunesWhatIsDueAndNothingElse(this::open, clock, directory);
  }

  @Test
  void aHoldKeepsEverythingUntilItIsLiftedAndBothAreEntries() {
    try (OpenStorage storage = old()) {
      Retentions retentions = Terms.retentions(storage, clock);
      Retention.Hold hold = retentions.hold(Terms.ORGAN, "mayor", "監査第12号");
      assertEquals(0, retentions.prune("mayor"));
      assertEquals(0, Terms.retentions(storage, clock).prune("mayor"), "after a restart");
      assertFalse(retentions.lift(Terms.ORGAN, "mayor", "0000000000000000", "監査第34号"));
      assertTrue(retentions.lift(Terms.ORGAN, "mayor", hold.id(), "監査第34号"));
      assertEquals(512, retentions.prune("mayor"));
      storage.logs.integrateNow();
      assertEquals("log.hold-set", Restores.entry(storage, "mayor", 600).type());
      assertEquals("log.hold-lifted", Restores.entry(storage, "mayor", 601).type());
      assertEquals("log.pruned", Restores.entry(storage, "mayor", 602).type());
      assertThrows(
          IllegalArgumentException.class, () -> retentions.hold(Terms.ORGAN, "mayor", "two words"));
    }
  }

  @Test
  void aTermHasAFloorOfOneYearAndIsAnEntry() {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 256);
      storage.logs.integrateNow();
      Retentions retentions = Terms.retentions(storage, clock);
      assertEquals(7, retentions.of("mayor").years());
      assertThrows(
          IllegalArgumentException.class,
          () -> retentions.setYears(Terms.ORGAN, "mayor", 0, "a-1"));
      assertThrows(
          IllegalArgumentException.class, () -> retentions.setYears(Terms.ORGAN, "mayor", 1, ""));
      assertEquals(1, retentions.setYears(Terms.ORGAN, "mayor", 1, "a-1").years());
      clock.advance(Duration.ofDays(364));
      assertEquals(0, retentions.prune("mayor"));
      clock.advance(Duration.ofDays(2));
      assertEquals(256, retentions.prune("mayor"));
    }
  }

  @Test
  void whatAnOpenExceptionNeedsStays() {
    try (OpenStorage storage = old()) {
      assertEquals(0, Terms.retentions(storage, clock, Optional.of(Terms.START)).prune("mayor"));
      assertEquals(
          512,
          Terms.retentions(storage, clock, Optional.of(Terms.START.plusSeconds(1))).prune("mayor"));
    }
  }

  @Test
  void entriesAgedInTheDatabaseAreNotPruned() {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 256);
      storage.logs.integrateNow();
      execute(storage, "update audit_entry set created = 0");
      assertThrows(TamperedException.class, () -> Terms.retentions(storage, clock).prune("mayor"));
    }
  }

  /** Who can write to the database can delete, but not sign for it. */
  @Test
  void deletingMoreThanWasSignedHaltsTheLog() {
    try (OpenStorage storage = old()) {
      assertEquals(512, Terms.retentions(storage, clock).prune("mayor"));
      execute(storage, "update audit_entry set body = x'' where idx = 512");
    }
    Terms.refusesToStart(this::open);
  }

  @Test
  void aMinimumThatTheLogDidNotSignStopsEverything() throws Exception {
    try (OpenStorage storage = old()) {
      assertEquals(512, Terms.retentions(storage, clock).prune("mayor"));
    }
    Path minimum = directory.resolve("keys/log-mayor.minimum");
    Files.writeString(minimum, Files.readString(minimum).replace("minimum 512", "minimum 768"));
    Terms.refusesToStart(this::open);
  }

  @Test
  void anInterruptedDeletionIsFinishedTheNextTime() {
    try (OpenStorage storage = old()) {
      assertEquals(512, Terms.retentions(storage, clock).prune("mayor"));
      // As a crash leaves it after the signature: the bodies of some are still there.
      execute(storage, "update audit_entry set body = x'7b7d' where idx between 300 and 511");
      assertEquals(0, Terms.retentions(storage, clock).prune("mayor"));
      assertEquals(
          0L,
          storage.database.<Long>read(handle ->
              handle
                  .createQuery(
                      "select count(*) from audit_entry where idx < 512 and length(body) > 0")
                  .mapTo(Long.class)
                  .one()));
    }
  }

  @Test
  void aPrunedLogGoesOnInTheNextGenerationAfterARestore() throws Exception {
    List<List<java.util.Map<String, Object>>> backup;
    try (OpenStorage storage = old()) {
      assertEquals(512, Terms.retentions(storage, clock).prune("mayor"));
      backup = Restores.backup(storage);
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
    }
    try (OpenStorage storage = open()) {
      Restores.restore(storage, backup);
    }
    var _ = Restores.opened(this::open, "mayor");
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals(600, storage.logs.bundle("mayor@1").size());
      assertEquals(512, storage.logs.bundle("mayor@1").first());
      Restores.verifies(storage, "mayor@1", 600, directory);
    }
  }

  /** Service and pages have an object of their own each, and take turns. */
  @Test
  void holdsAndPruningOfOneProcessTakeTurns() throws Exception {
    try (OpenStorage storage = old()) {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            CompletableFuture.runAsync(() -> {
              Retentions own = Terms.retentions(storage, clock);
              Retention.Hold hold = own.hold(Terms.ORGAN, "mayor", "監査第12号");
              assertTrue(own.lift(Terms.ORGAN, "mayor", hold.id(), "監査第34号"));
              long _ = own.prune("mayor");
            }));
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
      assertEquals(List.of(), Terms.retentions(storage, clock).of("mayor").holds());
      assertEquals(0, Terms.retentions(storage, clock).prune("mayor"));
      assertEquals(512, storage.logs.bundle("mayor").first());
    }
  }
}
