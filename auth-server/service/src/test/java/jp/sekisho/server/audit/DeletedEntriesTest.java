package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries deleted between their COMMIT and their integration: the log halts and stays halted. */
class DeletedEntriesTest {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");
  private static final String GONE = "was committed and is gone from the database";

  @TempDir Path directory;

  private static void write(OpenStorage storage, int entries) {
    for (int i = 0; i < entries; i++) {
      EntryReceipt _ = storage.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()));
    }
  }

  private static int execute(OpenStorage storage, String sql) {
    return storage.database.writer().<Integer, RuntimeException>sequence(h -> h.execute(sql));
  }

  private static void delete(OpenStorage storage, long number) {
    assertEquals(1, execute(storage, "delete from audit_pending where number = " + number));
  }

  /** Deletes each entry of that type in the transaction that commits it. */
  private static void deleteAll(OpenStorage storage, String type) {
    int _ =
        execute(
            storage,
            "create trigger t after insert on audit_pending"
                + " when instr(cast(new.body as text), '"
                + type
                + "') begin delete from audit_pending where entry_id = new.entry_id; end");
  }

  private static void refused(String why, OpenStorage storage) {
    LogIntegrityException refused =
        assertThrows(LogIntegrityException.class, storage.logs::integrateNow);
    assertTrue(String.valueOf(refused.getMessage()).contains(why), refused.getMessage());
  }

  @Test
  void runningServiceHaltsAndChangesNothingMore() throws Exception {
    CompletableFuture<LogIntegrityException> broken = new CompletableFuture<>();
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage.logs.start(broken::complete);
      write(storage, 3);
      deleteAll(storage, "session.resumed");
      write(storage, 1);
      String why = String.valueOf(broken.get(10, TimeUnit.SECONDS).getMessage());
      assertTrue(why.contains("log mayor: entry 3 " + GONE), why);
      assertThrows(LogIntegrityException.class, () -> write(storage, 1));
    }
  }

  @Test
  void newestEntryDeletedWhileNobodyRunsIsMissedAtTheNextStart() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 2);
      storage.logs.integrateNow();
      write(storage, 2); // and then the process dies
      delete(storage, 3);
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      refused("log mayor: entry 3 " + GONE, storage);
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(LogIntegrityException.class, () -> write(storage, 1)); // cannot fill the place
      refused("log mayor: entry 3 " + GONE, storage);
    }
  }

  @Test
  void entryDeletedAmongOthersLeavesAHole() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      write(storage, 3);
      delete(storage, 1);
      refused("entry 1 of log mayor is missing", storage);
    }
  }

  /** Its number is not given to the next one of the same COMMIT (ADR 0012). */
  @Test
  void entryDeletedInItsOwnCommitLeavesAHole() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      deleteAll(storage, "session.resumed");
      EntryReceipt _ =
          storage.transactions.write(c -> {
            EntryReceipt _ = c.record(CLERK, new SessionEvent.Resumed());
            return c.record(CLERK, new SessionEvent.Ended("logout"));
          });
      refused("entry 0 of log mayor is missing", storage);
      int _ = execute(storage, "drop trigger t");
    }
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      refused("entry 0 of log mayor is missing", storage);
    }
  }

  @Test
  void entryOfAnotherProcessIsMissedByTheOneThatNumbers() {
    try (OpenStorage service = OpenStorage.sqlite(directory)) {
      service.logs.integrateNow();
      try (OpenStorage console = OpenStorage.sqlite(directory)) {
        write(console, 1);
        delete(console, 0);
      }
      refused("log mayor: entry 0 " + GONE, service);
    }
  }

  @Test
  void processThatDoesNotNumberMissesItsOwn() {
    try (OpenStorage service = OpenStorage.sqlite(directory)) {
      service.logs.integrateNow(); // holds the lock from now on
      try (OpenStorage console = OpenStorage.sqlite(directory)) {
        write(console, 2);
        delete(console, 1);
        refused("log mayor: entry 1 " + GONE, console);
      }
    }
  }

  @Test
  void entryRolledBackIsMissedByNobody() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              storage.transactions.write(c -> {
                EntryReceipt _ = c.record(CLERK, new SessionEvent.Resumed());
                throw new IllegalArgumentException("for a reason of its own");
              }));
      write(storage, 1);
      storage.logs.integrateNow();
      assertEquals(0, storage.logs.newest("mayor").index());
    }
  }
}
