package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jp.sekisho.audit.bundle.BundleVerifier;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.event.SessionEvent;
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
