package jp.sekisho.server.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementContextListener;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;

/** The open database: migrated, a pool for reading and one {@link Writer}. Thread-safe. */
public final class Database implements AutoCloseable {
  private static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);
  private static final int SQLITE_READERS = 4;

  /**
   * Of each connection, taken as needed: the upper pages of every index of a log of 30 million
   * entries stay in it, so that a row looked up by one of them costs one page read, not three.
   */
  private static final int SQLITE_CACHE_KIB = 16 * 1024;

  /**
   * Pages in the write-ahead log before they are brought to the file: most commits write the same
   * few again, and those go there once. 16 MiB that a start after a crash reads.
   */
  private static final int SQLITE_WAL_PAGES = 4_000;

  private static final int POSTGRESQL_CONNECTIONS = 16;

  /**
   * A transaction that says nothing else looks at one snapshot and changes nothing: most do, and to
   * say so each time would cost a round trip. Whoever writes says that first.
   */
  private static final String POSTGRESQL_SESSION =
      "SET synchronous_commit TO on;"
          + " SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

  private final Vendor vendor;
  private final HikariDataSource pool;
  private final Jdbi readers;
  private final Writer writer;

  private Database(Vendor vendor, HikariDataSource pool, Writer writer) {
    this.vendor = vendor;
    this.pool = pool;
    this.readers = jdbi(pool);
    this.writer = writer;
  }

  /**
   * Opens and migrates the SQLite file, creating it with mode 0600.
   *
   * @throws StorageException when it cannot be opened, is open to other users or is newer than this
   *     program
   */
  public static Database sqlite(Path file) {
    return sqlite(file, source -> source, true);
  }

  /** As {@link #sqlite(Path)}, with all connections wrapped: tests make them fail. */
  static Database sqlite(Path file, UnaryOperator<DataSource> wrapped, boolean migrating) {
    try {
      if (Files.exists(file)) {
        PrivateFiles.requirePrivate(file);
      } else {
        PrivateFiles.create(file); // SQLite gives -wal and -shm the same mode
      }
    } catch (IOException e) {
      throw new StorageException(String.valueOf(e.getMessage()), e);
    }
    String name = file.toAbsolutePath().toString();
    if (migrating) {
      migrate(Vendor.SQLITE, SqliteConnection.source(name, sqlite()));
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("sqlite-readers");
    config.setDataSource(wrapped.apply(SqliteConnection.source(name, sqlite())));
    config.setConnectionInitSql("PRAGMA query_only = 1");
    config.setMaximumPoolSize(SQLITE_READERS);
    HikariDataSource pool = pool(config);
    DataSource written = wrapped.apply(SqliteConnection.sourceOfOwnTransactions(name, sqlite()));
    Writer writer = new SqliteWriter(jdbi(written));
    return new Database(Vendor.SQLITE, pool, writer);
  }

  /**
   * Opens and migrates a PostgreSQL database.
   *
   * @param url {@code jdbc:postgresql://…}, without a password
   * @param password from a private file; null where the server asks for none
   * @throws StorageException when it cannot be reached or is newer than this program
   */
  public static Database postgresql(String url, @Nullable String password) {
    return postgresql(url, password, source -> source, true);
  }

  /** As {@link #postgresql(String, String)}, with all connections wrapped: tests make them fail. */
  static Database postgresql(
      String url, @Nullable String password, UnaryOperator<DataSource> wrapped, boolean migrating) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(url);
    source.setLogServerErrorDetail(false); // the server's detail is the row with its values
    if (password != null) {
      source.setPassword(password);
    }
    if (migrating) {
      migrate(Vendor.POSTGRESQL, source);
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("postgresql");
    config.setDataSource(wrapped.apply(source));
    config.setConnectionInitSql(POSTGRESQL_SESSION);
    config.setMaximumPoolSize(POSTGRESQL_CONNECTIONS);
    HikariDataSource pool = pool(config);
    return new Database(
        Vendor.POSTGRESQL,
        pool,
        new PostgresWriter(changing(jdbi(pool)), session -> end(pool, session)));
  }

  /**
   * Whose exceptions say no bound value: they end in the log file, and values are what people
   * wrote.
   */
  private static Jdbi jdbi(DataSource source) {
    Jdbi jdbi = Jdbi.create(source);
    jdbi.getConfig(StatementExceptions.class)
        .setMessageRendering(StatementExceptions.MessageRendering.NONE);
    return jdbi;
  }

  /** With it, whatever is not asked by {@link Sql} may change rows that a unit asked ahead. */
  private static Jdbi changing(Jdbi jdbi) {
    jdbi.getConfig(SqlStatements.class)
        .addContextListener(
            new StatementContextListener() {
              @Override
              public void contextCreated(StatementContext statement) {
                UnitScope.keep(null);
              }
            });
    return jdbi;
  }

  private static SQLiteConfig sqlite() {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(Math.toIntExact(BUSY_TIMEOUT.toMillis()));
    config.setCacheSize(-SQLITE_CACHE_KIB); // negative: KiB instead of pages
    config.enforceForeignKeys(true);
    // What a SAVEPOINT may have to put back stays in memory: in a file, every page that a unit
    // changes is written there once more, and a new file is made and removed with each batch.
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, Integer.toString(SQLITE_WAL_PAGES));
    config.setGetGeneratedKeys(false); // asked behind every statement else, and used by none
    return config;
  }

  private static HikariDataSource pool(HikariConfig config) {
    try {
      return new HikariDataSource(config);
    } catch (RuntimeException e) {
      throw new StorageException("the database cannot be opened", e);
    }
  }

  private static void migrate(Vendor vendor, DataSource source) {
    try {
      Flyway.configure(Database.class.getClassLoader())
          .dataSource(source)
          .locations(vendor.migrations())
          .outOfOrder(true) // features number their migrations independently
          .cleanDisabled(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new StorageException("the database cannot be brought up to date", e);
    }
  }

  public Vendor vendor() {
    return vendor;
  }

  /** For {@link Transactions} and the audit log's own numbering; a test keeps others away. */
  public Writer writer() {
    return writer;
  }

  /**
   * Runs {@code query} on one consistent snapshot.
   *
   * @throws StorageException when the database cannot be read
   * @throws IllegalStateException inside a unit
   */
  public <T extends @Nullable Object> T read(Function<Handle, T> query) {
    UnitScope.requireOutside();
    try {
      return readers.<T, RuntimeException>inTransaction(query::apply);
    } catch (JdbiException e) {
      throw new StorageException("the database cannot be read", e);
    }
  }

  /** A connection of its own outside any transaction, for PostgreSQL's session locks only. */
  public Handle openSession() {
    try {
      return readers.open();
    } catch (JdbiException e) {
      throw new StorageException("the database cannot be reached", e);
    }
  }

  /** Closes a session for good, with every lock it has, instead of handing it back to the pool. */
  public void end(Handle session) {
    end(pool, session);
  }

  private static void end(HikariDataSource pool, Handle session) {
    pool.evictConnection(session.getConnection());
    try {
      session.close();
    } catch (JdbiException e) {
      // It finds its connection closed, as it should be.
    }
  }

  /** Finishes the writes already taken, then closes all connections. */
  @Override
  public void close() {
    writer.close();
    pool.close();
  }
}
