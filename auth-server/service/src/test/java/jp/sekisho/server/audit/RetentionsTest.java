package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

  /** Entries of a log as {@link #old} leaves it. */
  private static final int OLD = 611;

  /** A log of 600 entries whose term was over long ago, and some of the last month. */
  private OpenStorage old() {
    OpenStorage storage = ahead();
    assertEquals(OLD - 600, Terms.live(storage, clock));
    return storage;
  }

  /** A log whose clock says that it is eight years later. */
  private OpenStorage ahead() {
    OpenStorage storage = open();
    var _ = Restores.write(storage, 600);
    storage.logs.integrateNow();
    clock.advance(Duration.ofDays(366 * 8));
    return storage;
  }

  private static List<String> refusals(OpenStorage storage) {
    storage.logs.integrateNow();
    return storage.logs.page("mayor", null, Long.MAX_VALUE, 50).stream()
        .map(row -> ((LogRow.Intact) row).entry())
        .filter(entry -> entry.type().equals("log.prune-refused"))
        .map(entry -> entry.reason() + " " + entry.data().get("cause"))
        .toList();
  }

  /** Attack: the clock of a console command, or of a server with an empty battery, says 2034. */
  @Test
  void aClockThatTheLogsDoNotBearOutDeletesNothing() {
    try (OpenStorage storage = ahead()) {
      Retentions retentions = Terms.retentions(storage, clock);
      assertEquals(0, retentions.prune("mayor"));
      assertEquals(
          List.of("CLOCK_DOUBTFUL clock"), refusals(storage), "and its own entry helps not");
      assertEquals(0, retentions.prune("mayor"));
      assertEquals(1, refusals(storage).size(), "once a day");
      clock.advance(Duration.ofDays(29));
      var _ = Restores.write(storage, 1);
      storage.logs.integrateNow();
      assertEquals(0, retentions.prune("mayor"), "two days are no month");
      clock.advance(Duration.ofDays(-29 - 366 * 8)); // put right
      assertEquals(0, retentions.prune("mayor"));
      clock.advance(Duration.ofDays(366 * 8));
      int _ = Terms.live(storage, clock);
      assertEquals(512, retentions.prune("mayor"));
    }
  }

  /** Where witnesses are asked, the last time one of them saw the log counts too. */
  @Test
  void aClockFarAheadOfTheWitnessesDeletesNothing() {
    try (OpenStorage storage = old()) {
      assertEquals(
          0,
          Terms.retentions(storage, clock, Optional.empty(), Optional.of(Instant.EPOCH))
              .prune("mayor"),
          "none ever saw it");
      Instant weeks = clock.instant().minus(Duration.ofDays(5));
      assertEquals(
          512,
          Terms.retentions(storage, clock, Optional.empty(), Optional.of(weeks)).prune("mayor"));
      assertEquals(List.of("CLOCK_DOUBTFUL clock"), refusals(storage));
    }
  }

  /** Attack: the file is deleted, so that the term is the default and the holds are gone. */
  @Test
  void withoutItsFileNothingIsDeletedUntilTheTermIsSetAnewAndHoldsComeBackFromTheLog()
      throws Exception {
    try (OpenStorage storage = old()) {
      Retentions retentions = Terms.retentions(storage, clock);
      Retention.Hold first = retentions.hold(Terms.ORGAN, "mayor", "監査第12号").orElseThrow();
      Files.delete(directory.resolve("keys/log-mayor.retention"));
      assertTrue(retentions.of("mayor").isEmpty());
      assertEquals(0, retentions.prune("mayor"));
      assertEquals(List.of("STATE_TAMPERED retention-missing"), refusals(storage));
      Retention.Hold second = retentions.hold(Terms.ORGAN, "mayor", "監査第13号").orElseThrow();
      assertTrue(retentions.of("mayor").isEmpty(), "a hold sets no term");
      assertTrue(retentions.lift(Terms.ORGAN, "mayor", first.id(), "監査第34号"));
      assertFalse(retentions.lift(Terms.ORGAN, "mayor", first.id(), "監査第34号"));
      Retention anew = retentions.setYears(Terms.ORGAN, "mayor", 7, "総情第7号");
      assertEquals(List.of(second.id()), anew.holds().stream().map(Retention.Hold::id).toList());
      assertEquals(0, retentions.prune("mayor"));
      assertTrue(retentions.lift(Terms.ORGAN, "mayor", second.id(), "監査第34号"));
      assertEquals(512, retentions.prune("mayor"));
    }
  }

  /** Attack: an older file is put back, from before the hold. */
  @Test
  void aHoldThatOnlyTheLogHasKeepsEverything() throws Exception {
    try (OpenStorage storage = old()) {
      Path file = directory.resolve("keys/log-mayor.retention");
      byte[] before = Files.readAllBytes(file);
      Retentions retentions = Terms.retentions(storage, clock);
      Retention.Hold hold = retentions.hold(Terms.ORGAN, "mayor", "監査第12号").orElseThrow();
      byte[] with = Files.readAllBytes(file);
      Files.write(file, before);
      assertEquals(0, retentions.prune("mayor"));
      assertEquals(List.of("STATE_TAMPERED hold-missing"), refusals(storage));
      Files.write(file, with);
      assertTrue(retentions.lift(Terms.ORGAN, "mayor", hold.id(), "監査第34号"));
      assertEquals(512, retentions.prune("mayor"));
    }
  }

  /** The newer file is nowhere any more: the log's own entry tells the number to lift. */
  @Test
  void aHoldThatOnlyTheLogHasIsLiftedByItsNumber() throws Exception {
    try (OpenStorage storage = old()) {
      Path file = directory.resolve("keys/log-mayor.retention");
      Retentions retentions = Terms.retentions(storage, clock);
      Retention.Hold stays = retentions.hold(Terms.ORGAN, "mayor", "監査第11号").orElseThrow();
      byte[] before = Files.readAllBytes(file);
      Retention.Hold hold = retentions.hold(Terms.ORGAN, "mayor", "監査第12号").orElseThrow();
      Files.write(file, before);
      assertFalse(retentions.lift(Terms.ORGAN, "mayor", "0000000000000000", "監査第34号"));
      assertTrue(retentions.lift(Terms.ORGAN, "mayor", hold.id(), "監査第34号"));
      assertFalse(retentions.lift(Terms.ORGAN, "mayor", hold.id(), "監査第34号"));
      assertEquals(List.of(stays), retentions.of("mayor").orElseThrow().holds());
      assertEquals(0, retentions.prune("mayor"));
      assertTrue(retentions.lift(Terms.ORGAN, "mayor", stays.id(), "監査第34号"));
      assertEquals(512, retentions.prune("mayor"));
      assertEquals(List.of(), refusals(storage));
    }
  }

  /** Attack: with the file put back, the one entry that tells of the hold is broken for a while. */
  @Test
  void aHoldIsNotHiddenByBreakingItsEntry() throws Exception {
    try (OpenStorage storage = old()) {
      Path file = directory.resolve("keys/log-mayor.retention");
      byte[] before = Files.readAllBytes(file);
      Retentions retentions = Terms.retentions(storage, clock);
      Retention.Hold _ = retentions.hold(Terms.ORGAN, "mayor", "監査第12号").orElseThrow();
      storage.logs.integrateNow();
      Files.write(file, before);
      execute(
          storage,
          "update audit_entry set body ="
              + " cast(replace(cast(body as text), 'log.hold-set', 'log.hold-sat') as blob)"
              + " where log = 'mayor' and idx = "
              + OLD);
      assertThrows(TamperedException.class, () -> retentions.prune("mayor"));
      assertEquals(0, storage.logs.bundle("mayor").first());
    }
  }

  /** Attack: an older file is put back, from before the longer term. */
  @Test
  void aTermThatOnlyTheLogHasKeepsEverything() throws Exception {
    try (OpenStorage storage = old()) {
      Path file = directory.resolve("keys/log-mayor.retention");
      byte[] before = Files.readAllBytes(file);
      Retentions retentions = Terms.retentions(storage, clock);
      assertEquals(30, retentions.setYears(Terms.ORGAN, "mayor", 30, "総情第7号").years());
      Files.write(file, before);
      assertEquals(0, retentions.prune("mayor"));
      assertEquals(List.of("STATE_TAMPERED term-short"), refusals(storage));
      assertEquals(7, retentions.setYears(Terms.ORGAN, "mayor", 7, "総情第8号").years());
      assertEquals(512, retentions.prune("mayor"));
    }
  }

  @Test
  void theLogIsNeverWithoutItsFile() throws Exception {
    try (OpenStorage storage = open()) {
      assertEquals(7, Terms.retentions(storage, clock).of("mayor").orElseThrow().years());
      Files.delete(directory.resolve("keys/log-mayor.retention"));
    }
    try (OpenStorage storage = open()) {
      assertTrue(Terms.retentions(storage, clock).of("mayor").isEmpty(), "made with the log only");
    }
  }

  @Test
  void prunesWhatIsDueAndNothingElse() throws Exception {
    Terms.prunesWhatIsDueAndNothingElse(this::open, clock, directory);
  }

  @Test
  void aHoldKeepsEverythingUntilItIsLiftedAndBothAreEntries() {
    try (OpenStorage storage = old()) {
      Retentions retentions = Terms.retentions(storage, clock);
      Retention.Hold hold = retentions.hold(Terms.ORGAN, "mayor", "監査第12号").orElseThrow();
      assertEquals(0, retentions.prune("mayor"));
      assertEquals(0, Terms.retentions(storage, clock).prune("mayor"), "after a restart");
      assertFalse(retentions.lift(Terms.ORGAN, "mayor", "0000000000000000", "監査第34号"));
      assertTrue(retentions.lift(Terms.ORGAN, "mayor", hold.id(), "監査第34号"));
      assertEquals(512, retentions.prune("mayor"));
      storage.logs.integrateNow();
      assertEquals("log.hold-set", Restores.entry(storage, "mayor", OLD).type());
      assertEquals("log.hold-lifted", Restores.entry(storage, "mayor", OLD + 1).type());
      assertEquals("log.pruned", Restores.entry(storage, "mayor", OLD + 2).type());
      assertThrows(
          IllegalArgumentException.class, () -> retentions.hold(Terms.ORGAN, "mayor", "two words"));
      for (String personal : List.of("山田花代", "123456789018", "1234-5678-9018")) {
        assertThrows(
            IllegalArgumentException.class,
            () -> retentions.hold(Terms.ORGAN, "mayor", personal),
            personal);
      }
    }
  }

  @Test
  void aTermHasAFloorOfOneYearAndIsAnEntry() {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 256);
      storage.logs.integrateNow();
      Retentions retentions = Terms.retentions(storage, clock);
      assertEquals(7, retentions.of("mayor").orElseThrow().years());
      assertThrows(
          IllegalArgumentException.class,
          () -> retentions.setYears(Terms.ORGAN, "mayor", 0, "a-1"));
      assertThrows(
          IllegalArgumentException.class, () -> retentions.setYears(Terms.ORGAN, "mayor", 1, ""));
      assertEquals(1, retentions.setYears(Terms.ORGAN, "mayor", 1, "a-1").years());
      clock.advance(Duration.ofDays(331));
      int _ = Terms.live(storage, clock); // 364 days
      assertEquals(0, retentions.prune("mayor"));
      clock.advance(Duration.ofDays(2));
      var _ = Restores.write(storage, 1);
      storage.logs.integrateNow();
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
      assertEquals(OLD + 1, storage.logs.bundle("mayor@1").size());
      assertEquals(512, storage.logs.bundle("mayor@1").first());
      Restores.verifies(storage, "mayor@1", OLD + 1, directory);
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
              Retention.Hold hold = own.hold(Terms.ORGAN, "mayor", "監査第12号").orElseThrow();
              assertTrue(own.lift(Terms.ORGAN, "mayor", hold.id(), "監査第34号"));
              long _ = own.prune("mayor");
            }));
      }
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
      assertEquals(List.of(), Terms.retentions(storage, clock).of("mayor").orElseThrow().holds());
      assertEquals(0, Terms.retentions(storage, clock).prune("mayor"));
      assertEquals(512, storage.logs.bundle("mayor").first());
    }
  }
}
