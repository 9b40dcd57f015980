package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import jp.sekisho.server.storage.RowSeal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the sequencer does after a crash and with a database that is not the one it signed. */
class SequencerTest {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");

  @TempDir Path directory;

  private static void write(OpenStorage storage, int entries) {
    for (int i = 0; i < entries; i++) {
      EntryReceipt _ = storage.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()));
    }
  }

  private static List<Integration.Numbered> integrateOnly(OpenStorage storage) {
    Integration integration = new Integration(new RowSeal(new byte[RowSeal.KEY_BYTES]));
    LogState state = storage.database.read(h -> LogTables.state(h, "mayor")).orElseThrow();
    return storage.database.writer().sequence(h -> integration.run(h, "mayor", state.frontier()));
  }

  private static String checkpoint(OpenStorage storage) {
    return storage.logs.newest("mayor").checkpoint();
  }

  private static void execute(OpenStorage storage, String sql, Object... values) {
    int changed = storage.database.writer().sequence(h -> h.execute(sql, values));
    assertEquals(1, changed);
  }

  private void copyDatabase(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("sekisho.db")).toList()) {
        Files.copy(
            file,
            to.resolve(file.getFileName()),
            StandardCopyOption.REPLACE_EXISTING,
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** Attack: the state row is set back as soon as it is written. */
  @Test
  void anEntryThatTheCheckpointDoesNotCoverIsNotToldAsPublished() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      storage.logs.integrateNow();
      int _ =
          storage
              .database
              .writer()
              .<Integer, RuntimeException>sequence(h ->
                  h.execute(
                      "create trigger back after update of size on audit_log_state"
                          + " when new.size > old.size begin update audit_log_state"
                          + " set size = old.size, frontier = old.frontier"
                          + " where log = old.log; end"));
      EntryReceipt receipt =
          storage.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()));
      CompletableFuture<Published> told = storage.logs.published(receipt).toCompletableFuture();
      try {
        storage.logs.integrateNow();
      } catch (RuntimeException e) {
        // It may be noticed at once as well.
      }
      assertFalse(
          told.isDone() && !told.isCompletedExceptionally(),
          "acknowledged under a checkpoint that lacks it");
    }
  }

  @Test
  void keepsTheOrderOfInsertion() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 5);
      assertEquals(
          List.of(0L, 1L, 2L, 3L, 4L),
          integrateOnly(storage).stream().map(Integration.Numbered::index).toList());
    }
  }

  @Test
  void signsAfterACrashBetweenCommitAndSignatureWhatItWouldHaveSigned() throws Exception {
    Path twin = directory.resolve("twin");
    Path first = directory.resolve("first");
    Files.createDirectory(first);
    try (OpenStorage storage = OpenStorage.sqlite(first)) {
      write(storage, 3);
      integrateOnly(storage); // and then the process dies
      assertEquals(-1, storage.logs.newest("mayor").index());
    }
    copyDatabase(first, twin);
    Files.createDirectory(twin.resolve("keys"));
    Files.setPosixFilePermissions(
        twin.resolve("keys"), Files.getPosixFilePermissions(first.resolve("keys")));
    try (Stream<Path> keys = Files.list(first.resolve("keys"))) {
      for (Path key : keys.toList()) {
        Files.copy(
            key,
            twin.resolve("keys").resolve(key.getFileName()),
            StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    String signed;
    try (OpenStorage storage = OpenStorage.sqlite(first)) {
      storage.logs.integrateNow();
      signed = checkpoint(storage);
      assertEquals(2, storage.logs.newest("mayor").index());
    }
    try (OpenStorage storage = OpenStorage.sqlite(twin)) {
      storage.logs.integrateNow();
      assertEquals(signed, checkpoint(storage));
    }
  }

  @Test
  void publishesAfterACrashBetweenSignatureAndPublication() {
    String signed;
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      String empty = checkpoint(storage);
      write(storage, 2);
      storage.logs.integrateNow();
      signed = checkpoint(storage);
      execute(storage, "update audit_log_state set checkpoint = ? where log = 'mayor'", empty);
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage.logs.integrateNow();
      assertEquals(signed, checkpoint(storage));
    }
  }

  @Test
  void refusesADatabaseThatWentBackInTime() throws Exception {
    Path old = directory.resolve("old");
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      storage.logs.integrateNow();
    }
    copyDatabase(directory, old);
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      storage.logs.integrateNow();
    }
    copyDatabase(old, directory);
    String last = Files.readString(directory.resolve("keys/log-mayor.last"));
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      LogIntegrityException refused =
          assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
      assertTrue(String.valueOf(refused.getMessage()).contains("rolled back"));
      assertEquals(last, Files.readString(directory.resolve("keys/log-mayor.last")));
    }
  }

  @Test
  void namesTheEntryThatWasEdited() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 4);
      storage.logs.integrateNow();
      execute(
          storage,
          "update audit_entry set body = ? where log = 'mayor' and idx = 2",
          (Object) "{}".getBytes(StandardCharsets.UTF_8));
      assertEquals(new LogRow.Tampered(2), storage.logs.page("mayor", null, 3, 1).get(0));
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      LogIntegrityException refused =
          assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
      assertTrue(String.valueOf(refused.getMessage()).contains("log mayor: entry 2"));
    }
  }

  @Test
  void namesTheEntryThatIsMissing() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 3);
      storage.logs.integrateNow();
      execute(storage, "delete from audit_entry where log = 'mayor' and idx = 1");
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      LogIntegrityException refused =
          assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
      assertTrue(String.valueOf(refused.getMessage()).contains("entry 1 is missing"));
    }
  }

  @Test
  void refusesAPendingRowThatWasEdited() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      execute(
          storage,
          "update audit_pending set body = ?",
          (Object) "{}".getBytes(StandardCharsets.UTF_8));
      assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
      assertEquals(-1, storage.logs.newest("mayor").index());
    }
  }

  @Test
  void refusesToGoOnWithoutTheLastCheckpoint() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 1);
      storage.logs.integrateNow();
    }
    Files.writeString(directory.resolve("keys/log-mayor.last"), "");
    assertThrows(LogIntegrityException.class, () -> OpenStorage.sqlite(directory));
  }

  @Test
  void commitsByCompareAndSetOnSizeAndEpoch() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      LogState before = storage.database.read(h -> LogTables.state(h, "mayor")).orElseThrow();
      write(storage, 1);
      integrateOnly(storage);
      assertFalse(
          storage
              .database
              .writer()
              .<Boolean, RuntimeException>sequence(
                  h -> LogTables.compareAndSet(h, before, before.frontier())));
    }
  }

  @Test
  void onlyOneProcessNumbersAndTheOtherSeesItsEntriesPublished() throws Exception {
    try (OpenStorage service = OpenStorage.sqlite(directory).start();
        OpenStorage console = OpenStorage.sqlite(directory)) {
      EntryReceipt receipt =
          console.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()));
      console.logs.integrateNow(); // waits for the service, which polls
      assertEquals(
          0,
          service
              .logs
              .published(receipt)
              .toCompletableFuture()
              .orTimeout(5, TimeUnit.SECONDS)
              .get()
              .index());
    }
  }

  /** As a command at the console does, right after the service was killed. */
  @Test
  void whoWaitsForAnotherProcessNumbersItselfOnceThatOneIsGone() {
    try (Between console = new Between(directory, "select distinct log from audit_pending");
        SequencerLock killed =
            new SequencerLock(console.storage().database, console.storage().keys)) {
      assertTrue(killed.tryAcquire());
      write(console.storage(), 1);
      AuditLogs logs = console.storage().logs;
      long published =
          console.during(
              killed::close,
              () -> {
                logs.integrateNow();
                return logs.newest("mayor").index();
              });
      assertEquals(0, published);
    }
  }

  @Test
  void anErrorHaltsTheLogAndIsNotSilent() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      Waiting waiting = new Waiting(Duration.ofMinutes(1));
      Sequencer sequencer =
          new Sequencer(
              storage.database,
              storage.keys,
              storage.seal,
              storage.pending.committed(),
              storage.pending.newest(),
              waiting,
              _ -> {});
      EntryReceipt receipt = new EntryReceipt(new byte[EntryReceipt.ID_BYTES], "mayor");
      CompletableFuture<Published> told = waiting.add(receipt).toCompletableFuture();
      CompletableFuture<LogIntegrityException> broken = new CompletableFuture<>();
      try (SequencerLoop loop =
          new SequencerLoop(
              new SequencerLock(storage.database, storage.keys),
              sequencer,
              _ -> {
                throw new StackOverflowError("for a reason of its own");
              },
              waiting)) {
        loop.start(broken::complete);
        assertInstanceOf(StackOverflowError.class, broken.get(10, TimeUnit.SECONDS).getCause());
        assertFalse(loop.isWell());
        assertTrue(told.isCompletedExceptionally());
      }
    }
  }

  @Test
  void everyCheckpointContinuesTheOneBefore() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      long size = 0;
      AuditLogs.Signed before = storage.logs.signed("mayor");
      for (int round = 1; round <= 5; round++) {
        write(storage, round);
        storage.logs.integrateNow();
        AuditLogs.Signed now = storage.logs.signed("mayor");
        assertTrue(
            storage
                .logs
                .proof(now, before.size())
                .proves(
                    before.checkpoint().checkpoint().root(), now.checkpoint().checkpoint().root()));
        before = now;
        LogState state = storage.database.read(h -> LogTables.state(h, "mayor")).orElseThrow();
        size += round;
        assertEquals(size, state.size());
        assertEquals(size, state.publishedSize());
      }
      assertTrue(storage.logs.isPublishing());
    }
  }
}
