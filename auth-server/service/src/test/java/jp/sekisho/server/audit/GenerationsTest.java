package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.server.audit.Resumption.Outcome;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that lost entries go on in another generation, and only those. */
class GenerationsTest {
  @TempDir Path directory;

  private OpenStorage open() {
    return OpenStorage.sqlite(directory);
  }

  private static void execute(OpenStorage storage, String sql) {
    int changed =
        storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
    assertTrue(changed > 0, sql);
  }

  @Test
  void restoredDatabaseGoesOnInTheNextGeneration() throws Exception {
    Restores.restoredDatabaseGoesOnInTheNextGeneration(this::open, directory);
  }

  /** Restored twice to a time before the second generation, which then is nowhere any more. */
  @Test
  void aGenerationThatIsLostForGoodStopsNoLaterDeletion() throws Exception {
    SettableClock clock = new SettableClock(Terms.START);
    List<List<java.util.Map<String, Object>>> backup;
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      var _ = Restores.write(storage, 300);
      storage.logs.integrateNow();
      backup = Restores.backup(storage);
      var _ = Restores.write(storage, 1);
      storage.logs.integrateNow();
    }
    for (int number = 2; number <= 4; number++) {
      try (OpenStorage storage = open()) {
        Restores.restore(storage, backup);
      }
      var _ = Restores.opened(this::open, "mayor");
      try (OpenStorage storage = open()) {
        storage.logs.integrateNow();
        assertEquals(number, storage.logs.generation("mayor"));
      }
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      assertEquals(List.of("mayor@1", "mayor@3", "mayor@4"), storage.logs.generations("mayor"));
      clock.advance(Duration.ofDays(366 * 8));
      int _ = Terms.live(storage, clock);
      Retentions retentions = Terms.retentions(storage, clock);
      assertEquals(256, retentions.prune("mayor"));
      Files.delete(directory.resolve("keys/log-mayor.retention"));
      assertEquals(30, retentions.setYears(Terms.ORGAN, "mayor", 30, "総情第7号").years());
    }
  }

  @Test
  void nothingIsResumedWhileAServiceNumbers() {
    try (OpenStorage service = open()) {
      service.logs.integrateNow();
      try (OpenStorage console = open()) {
        assertTrue(
            Resumption.begin(
                    console.database,
                    console.keys,
                    console.seal,
                    InstantSource.system(),
                    Duration.ZERO)
                .isEmpty());
      }
    }
  }

  /** As after kill -9 of the service: PostgreSQL's part of its lock is free a moment later. */
  @Test
  void whoResumesWaitsForTheLockOfAServiceThatIsGone() throws Exception {
    try (OpenStorage console = open()) {
      AtomicBoolean begun = new AtomicBoolean();
      Thread resuming =
          Thread.ofPlatform()
              .unstarted(() -> {
                Optional<Resumption> resumption =
                    Resumption.begin(
                        console.database,
                        console.keys,
                        console.seal,
                        InstantSource.system(),
                        Duration.ofMinutes(1));
                begun.set(resumption.isPresent());
                resumption.ifPresent(Resumption::close);
              });
      try (SequencerLock killed = new SequencerLock(console.database, console.keys)) {
        assertTrue(killed.tryAcquire());
        resuming.start();
        while (resuming.getState() != Thread.State.TIMED_WAITING && resuming.isAlive()) {
          Thread.onSpinWait();
        }
      }
      resuming.join();
      assertTrue(begun.get());
    }
  }

  @Test
  void aWholeLogIsLeftAloneAlsoWithEntriesNotYetSigned() {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
    }
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      assertInstanceOf(Outcome.Whole.class, Restores.resume(storage, "mayor", List.of()));
      storage.logs.integrateNow();
      assertEquals(4, storage.logs.newest("mayor").index());
    }
  }

  /** Keys restored with the database: nobody here knows; what a terminal kept does. */
  @Test
  void aCheckpointThatATerminalKeptTellsOfTheRestore() throws Exception {
    SignedNote kept;
    List<List<java.util.Map<String, Object>>> backup;
    byte[] last;
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      storage.logs.integrateNow();
      backup = Restores.backup(storage);
      last = Files.readAllBytes(storage.keys.resolve("log-mayor.last"));
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      kept =
          SignedNote.parse(
              storage.logs.newest("mayor").checkpoint().getBytes(StandardCharsets.UTF_8));
    }
    try (OpenStorage storage = open()) {
      Restores.restore(storage, backup);
    }
    Files.write(directory.resolve("keys/log-mayor.last"), last);
    Files.write(directory.resolve("keys/log-mayor.committed"), new byte[8]);
    try (OpenStorage storage = open()) {
      assertInstanceOf(Outcome.Whole.class, Restores.resume(storage, "mayor", List.of()));
      try (LogSigner stranger = LogSigner.of("auth.city.example/log/mayor/1", new byte[32])) {
        Frontier tree = Frontier.empty().append(Hash.of(new byte[32]));
        SignedNote forged = Checkpoint.of("auth.city.example/log/mayor/1", tree).sign(stranger);
        assertEquals(
            new Outcome.Refused("mayor", Resumption.Reason.FOREIGN_CHECKPOINT),
            Restores.resume(storage, "mayor", List.of(forged)));
      }
      Outcome.Opened opened =
          assertInstanceOf(Outcome.Opened.class, Restores.resume(storage, "mayor", List.of(kept)));
      assertEquals(List.of(5L, 2L), List.of(opened.known(), opened.held()));
      assertInstanceOf(Outcome.Whole.class, Restores.resume(storage, "system", List.of(kept)));
    }
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals(5L, Restores.entry(storage, "mayor", 0).data().get("known"));
    }
  }

  /** Anybody can add signature lines to a checkpoint; entry 0, which holds it, has its limit. */
  @Test
  void aCheckpointWithManyLinesOfOthersResumesTheLogAllTheSame() throws Exception {
    SignedNote kept;
    List<List<java.util.Map<String, Object>>> backup;
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      storage.logs.integrateNow();
      backup = Restores.backup(storage);
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      StringBuilder note = new StringBuilder(storage.logs.newest("mayor").checkpoint());
      String line = "— witness.example " + "QUJD".repeat(3000) + "\n";
      for (int i = 0; i < 5; i++) {
        note.append(line);
      }
      kept = SignedNote.parse(note.toString().getBytes(StandardCharsets.UTF_8));
    }
    try (OpenStorage storage = open()) {
      Restores.restore(storage, backup);
    }
    // As the attempt of before left it.
    Files.write(directory.resolve("keys/log-mayor.last"), kept.toBytes());
    try (OpenStorage storage = open()) {
      Outcome.Opened opened =
          assertInstanceOf(Outcome.Opened.class, Restores.resume(storage, "mayor", List.of(kept)));
      assertEquals(5L, opened.known());
    }
    assertEquals(
        1,
        SignedNote.parse(Files.readAllBytes(directory.resolve("keys/log-mayor.last")))
            .signatures()
            .size());
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals(5L, Restores.entry(storage, "mayor", 0).data().get("known"));
    }
  }

  /** Nobody noticed the restore until the log had grown past what the terminal kept. */
  @Test
  void aLogThatGrewOverWhatItLostIsClosedByTheCheckpointOfATerminal() throws Exception {
    SignedNote kept;
    List<List<java.util.Map<String, Object>>> backup;
    byte[] last;
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      storage.logs.integrateNow();
      backup = Restores.backup(storage);
      last = Files.readAllBytes(storage.keys.resolve("log-mayor.last"));
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      kept =
          SignedNote.parse(
              storage.logs.newest("mayor").checkpoint().getBytes(StandardCharsets.UTF_8));
    }
    try (OpenStorage storage = open()) {
      Restores.restore(storage, backup);
    }
    Files.write(directory.resolve("keys/log-mayor.last"), last);
    Files.write(directory.resolve("keys/log-mayor.committed"), new byte[8]);
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 6);
      storage.logs.integrateNow();
    }
    try (OpenStorage storage = open()) {
      assertInstanceOf(Outcome.Whole.class, Restores.resume(storage, "mayor", List.of()));
      Outcome.Opened opened =
          assertInstanceOf(Outcome.Opened.class, Restores.resume(storage, "mayor", List.of(kept)));
      assertEquals(List.of(5L, -1L), List.of(opened.known(), opened.held()));
    }
    interrupt("mayor@2");
    Outcome.Opened again = Restores.opened(this::open, "mayor");
    assertEquals(
        List.of(5L, -1L, 0L, 0L),
        List.of(again.known(), again.held(), again.carried(), again.foreign()));
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals(-1L, Restores.entry(storage, "mayor", 0).data().get("held"));
      Restores.verifies(storage, "mayor@1", 8, directory);
    }
  }

  @Test
  void entriesAroundADeletedOneAreCarriedAndForeignRowsAreNot() throws Exception {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      storage.logs.integrateNow();
      var _ = Restores.write(storage, 4);
      execute(storage, "delete from audit_pending where number = 3");
      execute(storage, "update audit_pending set body = x'7b7d' where number = 4");
    }
    try (OpenStorage storage = open()) {
      assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    }
    Outcome.Opened opened = Restores.opened(this::open, "mayor");
    assertEquals(
        List.of(2L, 2L, 2L, 1L),
        List.of(opened.known(), opened.held(), opened.carried(), opened.foreign()));
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      Restores.verifies(storage, "mayor", 3, directory);
    }
  }

  /** An entry of the first generation has a good seal, but not for the second. */
  @Test
  void anEntryOfOneGenerationCannotBePutIntoAnother() {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 4);
      storage.logs.integrateNow();
      var _ = Restores.write(storage, 1);
      execute(storage, "delete from audit_pending");
    }
    var _ = Restores.opened(this::open, "mayor");
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals(0, storage.logs.newest("mayor").index());
      execute(
          storage,
          "insert into audit_pending (log, number, entry_id, body, created, mac)"
              + " select 'mayor@2', 1, x'000102030405060708090a0b0c0d0e0f', body, created, mac from audit_entry"
              + " where log = 'mayor' and idx = 1");
      LogIntegrityException refused =
          assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
      assertTrue(String.valueOf(refused.getMessage()).contains("edited"), refused.getMessage());
    }
  }

  /** As a crash leaves an opening before the key file has its name. */
  private void interrupt(String log) throws Exception {
    Path keys = directory.resolve("keys");
    Files.move(keys.resolve("log-" + log + ".key"), keys.resolve("log-" + log + ".seed"));
    Files.delete(keys.resolve("log-" + log + ".committed"));
  }

  @Test
  void anOpeningThatWasInterruptedIsFinishedOnce() throws Exception {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      execute(storage, "delete from audit_pending where number = 1");
    }
    var _ = Restores.opened(this::open, "mayor");
    interrupt("mayor@2");
    try (OpenStorage storage = open()) {
      assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    }
    var _ = Restores.opened(this::open, "mayor");
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals("log.generation-opened", Restores.entry(storage, "mayor", 0).type());
      assertEquals(1, storage.logs.newest("mayor").index(), "entry 0 was carried behind it");
    }
  }

  /** Another node went on writing while the generation was closed. */
  @Test
  void entriesThatCameTooLateForAClosedGenerationAreCarriedToo() throws Exception {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      storage.logs.integrateNow();
      var _ = Restores.write(storage, 2);
      execute(storage, "delete from audit_pending where number = 2");
      // Else the late process would be refused by what it knows to be committed.
      Files.write(storage.keys.resolve("log-mayor.committed"), new byte[8]);
      try (OpenStorage late = open()) {
        storage.logs.close();
        var _ = Restores.resume(storage, "mayor", List.of());
        var _ = Restores.write(late, 1);
      }
    }
    try (OpenStorage storage = open()) {
      assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    }
    Outcome.Opened opened = Restores.opened(this::open, "mayor");
    assertEquals(3, opened.carried(), "the one too late, and both that were pending in the second");
    try (OpenStorage storage = open()) {
      storage.logs.integrateNow();
      assertEquals("auth.city.example/log/mayor/3", storage.logs.newest("mayor").logOrigin());
    }
  }

  @Test
  void rowsOfANextGenerationThatNobodyHereWroteStopTheResumption() throws Exception {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 2);
      execute(storage, "delete from audit_pending where number = 1");
      execute(
          storage,
          "insert into audit_log_state select 'mayor@2', 2, origin, size, epoch, frontier,"
              + " checkpoint from audit_log_state where log = 'mayor'");
    }
    try (OpenStorage storage = open()) {
      assertEquals(
          new Outcome.Refused("mayor", Resumption.Reason.FOREIGN_GENERATION),
          Restores.resume(storage, "mayor", List.of()));
    }
  }

  @Test
  void aBackupWhoseSignedEntriesWereEditedIsNotResumed() {
    try (OpenStorage storage = open()) {
      var _ = Restores.write(storage, 3);
      storage.logs.integrateNow();
      execute(storage, "update audit_entry set body = x'7b7d' where idx = 1");
      assertThrows(LogIntegrityException.class, () -> resumeClosed(storage));
    }
  }

  private static void resumeClosed(OpenStorage storage) {
    storage.logs.close();
    var _ = Restores.resume(storage, "mayor", List.of());
  }
}
