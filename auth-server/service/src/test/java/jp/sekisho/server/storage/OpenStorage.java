package jp.sekisho.server.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.PendingEntries;
import org.jspecify.annotations.Nullable;

/**
 * A complete storage in a directory, as the service opens it, for tests of any package: database,
 * keys, logs {@code system} and {@code mayor}. The sequencer runs once {@link #start} is called.
 */
public final class OpenStorage implements AutoCloseable {
  private static final Collection<String> LOGS = List.of("mayor", PendingEntries.SYSTEM);
  private static final byte[] SEAL_KEY = new byte[RowSeal.KEY_BYTES];

  public final Database database;
  public final RowSeal seal = new RowSeal(SEAL_KEY);
  public final PendingEntries pending;
  public final AuditLogs logs;
  public final Transactions transactions;
  public final Path keys;

  private final @Nullable FaultyFiles files;

  private OpenStorage(Database database, Path keys, InstantSource clock) {
    this(database, keys, clock, null);
  }

  private OpenStorage(
      Database database, Path keys, InstantSource clock, @Nullable FaultyFiles files) {
    this.database = database;
    this.keys = keys;
    this.files = files;
    try {
      PrivateFiles.createDirectory(keys);
      AuditLogs.create(database, keys, "auth.city.example", LOGS);
    } catch (IOException e) {
      database.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
    pending = new PendingEntries(seal, keys);
    logs = new AuditLogs(database, keys, pending, seal);
    transactions = new Transactions(database, pending, clock);
  }

  /** SQLite in {@code directory}; opens again what an earlier one left there. */
  public static OpenStorage sqlite(Path directory, InstantSource clock) {
    return new OpenStorage(database(directory, source -> source), directory.resolve("keys"), clock);
  }

  private static Database database(Path directory, UnaryOperator<DataSource> wrapped) {
    Path file = directory.resolve("sekisho.db");
    if (Files.exists(file)) {
      return Database.sqlite(file, wrapped, true);
    }
    try {
      PrivateFiles.writeNew(file, Empty.DATABASE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Database.sqlite(file, wrapped, false);
  }

  /** A SQLite database file as all migrations leave it: made once, not for each test. */
  private static final class Empty {
    static final byte[] DATABASE = migrated();

    private static byte[] migrated() {
      try {
        Path directory = Files.createTempDirectory("empty");
        Path file = directory.resolve("sekisho.db");
        Database.sqlite(file).close();
        byte[] database = Files.readAllBytes(file);
        Files.delete(file);
        Files.delete(directory);
        return database;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** As {@link #sqlite(Path, InstantSource)}, with the system's clock. */
  public static OpenStorage sqlite(Path directory) {
    return sqlite(directory, InstantSource.system());
  }

  /** SQLite in {@code directory}, all of its connections wrapped. */
  public static OpenStorage sqlite(Path directory, UnaryOperator<DataSource> wrapped) {
    return new OpenStorage(
        database(directory, wrapped), directory.resolve("keys"), InstantSource.system());
  }

  /**
   * SQLite in {@code directory} whose database and files meet the faults; brought up to date only
   * where it is new, so that opening again is quick.
   */
  public static OpenStorage failing(Path directory, Faults faults) {
    FaultyFiles files = new FaultyFiles(directory, faults);
    return new OpenStorage(
        Database.sqlite(
            directory.resolve("sekisho.db"),
            source -> new FaultyDataSource(source, faults).get(),
            !Files.exists(directory.resolve("keys"))),
        files.of(directory.resolve("keys")),
        InstantSource.system(),
        files);
  }

  /** As {@link #failing(Path, Faults)}, on PostgreSQL. */
  public static OpenStorage failing(String url, Path directory, Faults faults) {
    FaultyFiles files = new FaultyFiles(directory, faults);
    return new OpenStorage(
        Database.postgresql(
            url,
            null,
            source -> new FaultyDataSource(source, faults).get(),
            !Files.exists(directory.resolve("keys"))),
        files.of(directory.resolve("keys")),
        InstantSource.system(),
        files);
  }

  /** A PostgreSQL database, its keys in {@code directory}. */
  public static OpenStorage postgresql(String url, Path directory) {
    return postgresql(url, directory, InstantSource.system());
  }

  /** As {@link #postgresql(String, Path)}, with a clock. */
  public static OpenStorage postgresql(String url, Path directory, InstantSource clock) {
    return new OpenStorage(Database.postgresql(url, null), directory.resolve("keys"), clock);
  }

  /** What the files of a failing storage were replaced by: every checkpoint that was signed. */
  public List<byte[]> replacements() {
    return files == null ? List.of() : files.replacements();
  }

  /** Numbers in the background; a broken log fails the test that waits for it. */
  public OpenStorage start() {
    logs.start(broken -> {
      throw broken;
    });
    return this;
  }

  @Override
  public void close() {
    logs.close();
    database.close();
  }

  /** Waits until all of {@code units} are queued; one that is over already will never be. */
  void awaitQueued(List<? extends Future<?>> units) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (units.size() > database.writer().queued()) {
      assertTrue(units.stream().noneMatch(Future::isDone), "a unit ended before its turn");
      assertTrue(System.nanoTime() < end, "not all units were queued");
      Thread.onSpinWait();
    }
  }
}
