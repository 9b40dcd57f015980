package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.event.SessionEvent;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage and logs on a real PostgreSQL. */
@Tag("pg")
class PostgresIT {
  private static final Entry.Subject CLERK = Entry.Subject.person("mayor", "S1001");
  private static EmbeddedPostgres server;

  @TempDir Path directory;
  private String url = "";

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void database() throws SQLException {
    String name = "t" + Integer.toHexString(directory.hashCode());
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    url = server.getJdbcUrl("postgres", name);
  }

  private static EntryReceipt add(Change change, String organ) {
    change.handle().execute("insert into organ (id, name) values (?, ?)", organ, organ);
    return change.record(Entry.Subject.NONE, new ServiceEvent.Stopped());
  }

  private static long count(OpenStorage storage, String table) {
    return storage.transactions.read(
        h -> h.createQuery("select count(*) from " + table).mapTo(Long.class).one());
  }

  @Test
  void unitWithoutEntryFailsAndIsRolledBack() {
    try (OpenStorage storage = OpenStorage.postgresql(url, directory)) {
      assertThrows(
          IllegalStateException.class,
          () ->
              storage.transactions.write(
                  c -> c.handle().execute("insert into organ (id, name) values ('a', 'a')")));
      assertEquals(0, count(storage, "organ"));
    }
  }

  @Test
  void whatAUnitAskedAheadIsLetGoBeforeItChangesAnything() {
    Look drawn = new Look("select random()");
    Look named = new Look("select name from organ where id = ?", "a");
    Sql.RowReader<Double> number = row -> row.getDouble(1);
    Sql.RowReader<String> text = row -> row.getString(1);
    try (OpenStorage storage = OpenStorage.postgresql(url, directory)) {
      storage.transactions.write(c -> add(c, "a"));
      List<Double> all = new ArrayList<>();
      storage.transactions.write(c -> {
        Handle handle = c.handle();
        Sql.ahead(handle, () -> List.of(drawn, named));
        all.add(Sql.first(handle, drawn, number).orElseThrow());
        assertEquals(all, Sql.list(handle, drawn, number), "asked ahead, and not again");
        assertEquals(List.of("a"), Sql.list(handle, named, text));
        assertEquals(List.of(), Sql.list(handle, new Look(named.sql(), "b"), text), "another one");

        int _ = Sql.execute(handle, "update organ set name = ? where id = ?", "b", "a");
        assertEquals(List.of("b"), Sql.list(handle, named, text));
        assertNotEquals(all, Sql.list(handle, drawn, number));

        Sql.ahead(handle, () -> List.of(named));
        handle.execute("update organ set name = ? where id = ?", "c", "a");
        assertEquals(List.of("c"), Sql.list(handle, named, text));

        Sql.ahead(handle, () -> List.of(drawn));
        all.add(Sql.first(handle, drawn, number).orElseThrow());
        return c.record(Entry.Subject.NONE, new ServiceEvent.Stopped());
      });
      storage.transactions.write(c -> {
        assertFalse(all.contains(Sql.first(c.handle(), drawn, number).orElseThrow()));
        return c.record(Entry.Subject.NONE, new ServiceEvent.Stopped());
      });
    }
  }

  @Test
  void readingCannotChangeAnything() {
    try (OpenStorage storage = OpenStorage.postgresql(url, directory)) {
      assertThrows(
          StorageException.class,
          () ->
              storage.transactions.read(
                  h -> h.execute("insert into organ (id, name) values ('a', 'a')")));
    }
  }

  @Test
  void unitsSeeEachOtherAsIfOneAfterAnother() throws Exception {
    int units = 30;
    try (OpenStorage storage = OpenStorage.postgresql(url, directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EntryReceipt>> all = new ArrayList<>();
      for (int i = 0; i < units; i++) {
        all.add(
            threads.submit(() ->
                storage.transactions.write(c -> {
                  // Read, then write what was read: lost updates would repeat a number.
                  long n =
                      c.handle().createQuery("select count(*) from organ").mapTo(Long.class).one();
                  return add(c, "n" + n);
                })));
      }
      for (Future<EntryReceipt> unit : all) {
        unit.get(60, TimeUnit.SECONDS);
      }
      assertEquals(units, count(storage, "organ"));
      assertEquals(units, count(storage, "audit_pending"));
    }
  }

  /** Units that share a COMMIT: all of them wait while the first one, alone in its own, runs. */
  private static List<Future<EntryReceipt>> together(
      OpenStorage storage,
      ExecutorService threads,
      List<Transactions.Unit<EntryReceipt, Exception>> units)
      throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Future<EntryReceipt> first =
        threads.submit(() ->
            storage.transactions.write(c -> {
              begun.countDown();
              go.await();
              return add(c, "first");
            }));
    List<Future<EntryReceipt>> waiting = new ArrayList<>();
    try {
      assertTrue(begun.await(60, TimeUnit.SECONDS), "the first unit never began");
      for (Transactions.Unit<EntryReceipt, Exception> unit : units) {
        waiting.add(threads.submit(() -> storage.transactions.write(unit)));
        storage.awaitQueued(waiting);
      }
    } finally {
      go.countDown(); // or closing the threads would wait for the first one for ever
    }
    EntryReceipt _ = first.get(60, TimeUnit.SECONDS);
    return waiting;
  }

  @Test
  void failingUnitDoesNotHarmThoseThatShareItsCommit() throws Exception {
    try (OpenStorage storage = OpenStorage.postgresql(url, directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EntryReceipt>> units =
          together(
              storage,
              threads,
              List.of(
                  c -> {
                    EntryReceipt _ = add(c, "thrown");
                    throw new IOException("of the unit");
                  },
                  c -> add(c, "a"),
                  c -> add(c, "first"), // there already
                  c -> {
                    try {
                      return add(c, "first");
                    } catch (RuntimeException e) {
                      return c.record(Entry.Subject.NONE, new ServiceEvent.Stopped());
                    }
                  },
                  c -> storage.transactions.write(inner -> add(inner, "nested")),
                  c -> add(c, "b")));
      List<Class<? extends Throwable>> failures = new ArrayList<>();
      for (int i : new int[] {0, 2, 3, 4}) {
        ExecutionException failed =
            assertThrows(ExecutionException.class, () -> units.get(i).get(60, TimeUnit.SECONDS));
        failures.add(Objects.requireNonNull(failed.getCause()).getClass());
      }
      assertEquals(
          List.of(
              IOException.class,
              StorageException.class,
              StorageException.class,
              IllegalStateException.class),
          failures);
      EntryReceipt _ = units.get(1).get(60, TimeUnit.SECONDS);
      EntryReceipt _ = units.get(5).get(60, TimeUnit.SECONDS);
      assertEquals(3, count(storage, "organ"));
      storage.logs.integrateNow();
      assertEquals(2, storage.logs.newest("system").index()); // numbers without a gap
    }
  }

  @Test
  void commitThatFailsIsSaidToEachWhoSharesIt() throws Exception {
    try (OpenStorage storage = OpenStorage.postgresql(url, directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      int _ =
          storage
              .database
              .writer()
              .sequence(
                  h -> h.execute("create table late (n int unique deferrable initially deferred)"));
      List<Future<EntryReceipt>> units =
          together(
              storage,
              threads,
              List.of(
                  c -> add(c, "a"),
                  c -> {
                    c.handle().execute("insert into late (n) values (1), (1)"); // at the COMMIT
                    return add(c, "b");
                  },
                  c -> add(c, "c")));
      for (Future<EntryReceipt> unit : units) {
        ExecutionException failed =
            assertThrows(ExecutionException.class, () -> unit.get(60, TimeUnit.SECONDS));
        assertInstanceOf(StorageException.class, failed.getCause());
      }
      assertEquals(1, count(storage, "organ"));
      assertEquals(1, count(storage, "audit_pending"));
      EntryReceipt _ = storage.transactions.write(c -> add(c, "after"));
      storage.logs.integrateNow();
      assertEquals(1, storage.logs.newest("system").index());
    }
  }

  @Test
  void conflictIsRunAgainEachUnitByItself() throws Exception {
    try (OpenStorage storage = OpenStorage.postgresql(url, directory);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicInteger runs = new AtomicInteger();
      List<Future<EntryReceipt>> units =
          together(
              storage,
              threads,
              List.of(
                  c -> add(c, "a"),
                  c -> {
                    EntryReceipt receipt = add(c, "b");
                    if (runs.incrementAndGet() < 3) {
                      c.handle()
                          .execute("do $$ begin raise exception using errcode = '40001'; end $$");
                    }
                    return receipt;
                  },
                  c -> add(c, "c")));
      for (Future<EntryReceipt> unit : units) {
        EntryReceipt _ = unit.get(60, TimeUnit.SECONDS);
      }
      assertEquals(3, runs.get());
      assertEquals(4, count(storage, "organ"));
      storage.logs.integrateNow();
      assertEquals(3, storage.logs.newest("system").index());
    }
  }

  @Test
  void publishesUnderLoadAndTheBundleVerifies() throws Exception {
    int entries = 200;
    try (OpenStorage storage = OpenStorage.postgresql(url, directory).start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<EntryReceipt>> all = new ArrayList<>();
      for (int i = 0; i < entries; i++) {
        all.add(
            threads.submit(() ->
                storage.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()))));
      }
      for (Future<EntryReceipt> entry : all) {
        storage
            .logs
            .published(entry.get(60, TimeUnit.SECONDS))
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
      }
      assertEquals(entries - 1, storage.logs.newest("mayor").index());
      Path bundle = directory.resolve("bundle.zip");
      try (OutputStream out = Files.newOutputStream(bundle)) {
        storage.logs.bundle("mayor").writeZip(out);
      }
      TrustedKeys keys = new TrustedKeys(storage.logs.verifierKey("mayor"), List.of());
      assertInstanceOf(Verification.Verified.class, new BundleVerifier(keys, true).verify(bundle));
    }
  }

  @Test
  void anotherNodeWaitsForTheOneThatNumbers() throws Exception {
    try (OpenStorage first = OpenStorage.postgresql(url, directory).start();
        OpenStorage second = OpenStorage.postgresql(url, directory).start()) {
      EntryReceipt receipt =
          second.transactions.write(c -> c.record(CLERK, new SessionEvent.Resumed()));
      assertEquals(
          0,
          second.logs.published(receipt).toCompletableFuture().get(10, TimeUnit.SECONDS).index());
      assertEquals(0, first.logs.newest("mayor").index());
    }
  }
}
