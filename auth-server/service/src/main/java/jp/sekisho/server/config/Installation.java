package jp.sekisho.server.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * An opened data directory. The service and console commands beside it open the same one; only one
 * of them numbers log entries ({@link AuditLogs#start}, {@link AuditLogs#integrateNow}).
 * Thread-safe.
 *
 * @param clock the one clock of this process
 */
public record Installation(
    DataDirectory directory,
    ServiceConfig config,
    Database database,
    RowSeal seal,
    AuditLogs logs,
    Transactions transactions,
    Clock clock)
    implements AutoCloseable {
  private static final int PASSWORD_BYTES = 1024;

  /**
   * Opens what {@code init} made.
   *
   * @throws IOException when the directory is no installation, is open to other users, or its
   *     settings are invalid
   * @throws StorageException when the database cannot be opened
   */
  public static Installation open(DataDirectory directory, Clock clock) throws IOException {
    return open(directory, settings(directory), clock);
  }

  /**
   * The settings of what {@code init} made.
   *
   * @throws IOException as {@link #open(DataDirectory, Clock)}
   */
  public static ServiceConfig settings(DataDirectory directory) throws IOException {
    if (!directory.isInstalled()) {
      throw new IOException(directory.root() + " is not a Sekisho data directory; run init first");
    }
    PrivateFiles.requirePrivate(directory.root());
    PrivateFiles.requirePrivate(directory.keys());
    return ServiceConfig.read(directory.config());
  }

  /** Opens a directory whose settings are known; {@code init} does before it writes them. */
  public static Installation open(DataDirectory directory, ServiceConfig config, Clock clock)
      throws IOException {
    RowSeal seal = seal(directory.rowKey());
    Database database = database(directory, config);
    try {
      PendingEntries pending = new PendingEntries(seal, directory.keys());
      return new Installation(
          directory,
          config,
          database,
          seal,
          new AuditLogs(database, directory.keys(), pending, seal),
          new Transactions(database, pending, clock),
          clock);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  /** The database the settings name. */
  public static Database database(DataDirectory directory, ServiceConfig config)
      throws IOException {
    String url = config.database();
    return url == null
        ? Database.sqlite(directory.database())
        : Database.postgresql(url, password(directory.databasePassword()));
  }

  private static RowSeal seal(Path file) throws IOException {
    byte[] key = PrivateFiles.read(file, RowSeal.KEY_BYTES);
    try {
      return new RowSeal(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static @Nullable String password(Path file) throws IOException {
    return Files.exists(file)
        ? new String(PrivateFiles.read(file, PASSWORD_BYTES), StandardCharsets.UTF_8).strip()
        : null;
  }

  /** The directory of the staff cards' anchors and revocation lists. */
  public Path staffTrust() {
    Path set = config.staffCa();
    return set == null ? directory.staffTrust() : set;
  }

  /** Finishes numbering and writes, then closes the database. */
  @Override
  public void close() {
    logs.close();
    database.close();
  }

  @Override
  public String toString() {
    return "Installation[" + directory.root() + "]";
  }
}
