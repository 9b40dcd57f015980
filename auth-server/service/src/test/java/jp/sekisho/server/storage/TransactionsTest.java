package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LogEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units on SQLite: durable together with their entry, apart from their batch mates. */
class TransactionsTest {
  @TempDir Path directory;

  private static EntryReceipt add(Change change, String organ) {
    change.handle().execute("insert into organ (id, name) values (?, ?)", organ, organ);
    return change.record(Entry.Subject.NONE, new ServiceEvent.Stopped());
  }

  private static List<String> organs(OpenStorage storage) {
    return storage.transactions.read(
        h -> h.createQuery("select id from organ order by id").mapTo(String.class).list());
  }

  private static long pending(OpenStorage storage) {
    return storage.transactions.read(
        h -> h.createQuery("select count(*) from audit_pending").mapTo(Long.class).one());
  }

  @Test
  void callerReturnsAfterTheCommitSoThatAnotherConnectionSeesRowAndEntry() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage.transactions.write(c -> add(c, "a"));
      try (OpenStorage other = OpenStorage.sqlite(directory)) {
        assertEquals(List.of("a"), organs(other));
        assertEquals(1, pending(other));
      }
    }
  }

  @Test
  void nobodySeesAUnitBeforeItsCommit() throws Exception {
    CountDownLatch written = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (OpenStorage storage = OpenStorage.sqlite(directory);
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<EntryReceipt> writer =
          threads.submit(() ->
              storage.transactions.write(c -> {
                EntryReceipt receipt = add(c, "a");
                written.countDown();
                go.await();
                return receipt;
              }));
      written.await();
      assertEquals(List.of(), organs(storage));
      assertFalse(writer.isDone());
      go.countDown();
      writer.get();
      assertEquals(List.of("a"), organs(storage));
    }
  }

  @Test
  void failingUnitDoesNotHarmItsBatchMates() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (OpenStorage storage = OpenStorage.sqlite(directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<EntryReceipt> first =
          threads.submit(() ->
              storage.transactions.write(c -> {
                begun.countDown();
                go.await();
                return add(c, "first");
              }));
      begun.await();
      // These queue behind the first and share the next COMMIT.
      List<Future<EntryReceipt>> others = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int n = i;
        others.add(
            threads.submit(() ->
                storage.transactions.write(c -> {
                  EntryReceipt receipt = add(c, "o" + n);
                  if (n % 4 == 1) {
                    throw new IOException("unit " + n);
                  }
                  return receipt;
                })));
      }
      go.countDown();
      first.get();
      for (int i = 0; i < 20; i++) {
        Future<EntryReceipt> other = others.get(i);
        if (i % 4 == 1) {
          ExecutionException failed = assertThrows(ExecutionException.class, other::get);
          IOException cause = assertInstanceOf(IOException.class, failed.getCause());
          assertEquals("unit " + i, cause.getMessage());
        } else {
          other.get();
        }
      }
      assertEquals(16, organs(storage).size());
      assertEquals(16, pending(storage));
    }
  }

  @Test
  void whenSqliteEndsTheTransactionWhileAnEntryIsNumberedNoUnitOfTheBatchStays() throws Exception {
    AtomicBoolean armed = new AtomicBoolean();
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try (OpenStorage storage =
            OpenStorage.sqlite(directory, source -> EndedTransaction.of(source, armed));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<EntryReceipt> first =
          threads.submit(() ->
              storage.transactions.write(c -> {
                begun.countDown();
                go.await();
                return add(c, "first");
              }));
      begun.await();
      List<Transactions.Unit<EntryReceipt, Exception>> units =
          List.of(
              c -> add(c, "before"),
              c -> {
                armed.set(true); // the first entry of its log in this batch
                return c.record(
                    new Entry.Subject("mayor", null, null, null, null), new ServiceEvent.Stopped());
              },
              c -> add(c, "after"));
      List<Future<EntryReceipt>> others = new ArrayList<>();
      for (Transactions.Unit<EntryReceipt, Exception> unit : units) {
        others.add(threads.submit(() -> storage.transactions.write(unit)));
        storage.awaitQueued(others);
      }
      go.countDown();
      EntryReceipt _ = first.get();
      for (Future<EntryReceipt> other : others) {
        ExecutionException failed = assertThrows(ExecutionException.class, other::get);
        assertInstanceOf(StorageException.class, failed.getCause());
      }
      assertFalse(armed.get(), "the transaction was ended");
      assertEquals(List.of("first"), organs(storage));
      assertEquals(1, pending(storage));
      storage.transactions.write(c -> add(c, "later"));
      assertEquals(List.of("first", "later"), organs(storage));
    }
  }

  @Test
  void unitWithoutEntryFailsAndIsRolledBack() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(
          IllegalStateException.class,
          () ->
              storage.transactions.write(
                  c -> c.handle().execute("insert into organ (id, name) values ('a', 'a')")));
      assertEquals(List.of(), organs(storage));
    }
  }

  @Test
  void unitDeclaredUnchangedIsRolledBackAndReturnsItsResult() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      String result =
          storage.transactions.write(c -> {
            c.handle().execute("insert into organ (id, name) values ('a', 'a')");
            c.unchanged();
            return "seen";
          });
      assertEquals("seen", result);
      assertEquals(List.of(), organs(storage));
    }
  }

  @Test
  void entryOver16KiBFailsTheUnit() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              storage.transactions.write(c -> {
                add(c, "a");
                return c.record(
                    Entry.Subject.NONE, new LogEvent.Exported("x".repeat(16 * 1024), 1, "t"));
              }));
      assertEquals(List.of(), organs(storage));
      assertEquals(0, pending(storage));
    }
  }

  @Test
  void entryThatIsNotCanonicalFailsTheUnit() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              storage.transactions.write(
                  c -> c.record(Entry.Subject.NONE, new LogEvent.Exported("か\u3099", 1, "t"))));
      assertEquals(0, pending(storage));
    }
  }

  @Test
  void entryForAnUnknownOrganFailsTheUnit() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(
          IllegalArgumentException.class,
          () ->
              storage.transactions.write(
                  c -> c.record(Entry.Subject.person("nobody", "S1"), new ServiceEvent.Stopped())));
    }
  }

  @Test
  void readingAndWritingInsideAUnitAreRefusedRatherThanDeadlocking() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(
          IllegalStateException.class,
          () -> storage.transactions.write(_ -> storage.transactions.write(c -> add(c, "a"))));
      assertThrows(
          IllegalStateException.class, () -> storage.transactions.write(_ -> organs(storage)));
    }
  }

  @Test
  void readingCannotChangeAnything() {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      assertThrows(
          StorageException.class,
          () ->
              storage.transactions.read(
                  h -> h.execute("insert into organ (id, name) values ('a', 'a')")));
    }
  }

  /** The command line beside a running service is such another process. */
  @Test
  void twoWritersOfOneFileBothGetThrough() throws Exception {
    long each = 40;
    try (OpenStorage one = OpenStorage.sqlite(directory);
        OpenStorage two = OpenStorage.sqlite(directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EntryReceipt>> all = new ArrayList<>();
      for (int i = 0; i < each; i++) {
        String id = "x" + i;
        all.add(threads.submit(() -> one.transactions.write(c -> add(c, "one-" + id))));
        all.add(threads.submit(() -> two.transactions.write(c -> add(c, "two-" + id))));
      }
      for (Future<EntryReceipt> write : all) {
        write.get();
      }
      assertEquals(2 * each, organs(one).size());
      assertEquals(2 * each, pending(one));
    }
  }

  @Test
  void changeAndEntryCommitOrVanishTogetherWhicheverJdbcCallFails() {
    Faults faults = new Faults();
    int survived = 0;
    int failed = 0;
    try (OpenStorage storage = OpenStorage.failing(directory, faults)) {
      for (int n = 1; survived < 2; n++) {
        String organ = "o" + n;
        faults.arm(n);
        boolean acknowledged;
        try {
          storage.transactions.write(c -> add(c, organ));
          acknowledged = true;
        } catch (StorageException e) {
          acknowledged = false;
        }
        survived += faults.met() ? 0 : 1;
        failed += acknowledged ? 0 : 1;
        faults.arm(0);
        long entries = pending(storage);
        assertEquals(acknowledged, organs(storage).contains(organ), "fault " + n);
        assertEquals(organs(storage).size(), entries, "fault " + n);
        assertTrue(n < 100, "the fault is met at last");
      }
    }
    assertTrue(failed >= 8, "faults were met: " + failed);
  }

  @Test
  void closedStorageRefuses() {
    OpenStorage storage = OpenStorage.sqlite(directory);
    storage.close();
    assertThrows(StorageException.class, () -> storage.transactions.write(c -> add(c, "a")));
  }

  @Test
  void databaseAndKeysAreForTheirOwnerOnly() throws Exception {
    try (OpenStorage storage = OpenStorage.sqlite(directory)) {
      storage.transactions.write(c -> add(c, "a"));
      for (String file : List.of("sekisho.db", "sekisho.db-wal", "keys/log-mayor.key")) {
        assertEquals(
            "rw-------",
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file))),
            file);
      }
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("keys"))));
    }
  }

  @Test
  void databaseOpenToOthersIsRefused() throws Exception {
    OpenStorage.sqlite(directory).close();
    Files.setPosixFilePermissions(
        directory.resolve("sekisho.db"), PosixFilePermissions.fromString("rw-r-----"));
    assertThrows(StorageException.class, () -> OpenStorage.sqlite(directory));
  }
}
