package jp.sekisho.server.audit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import jp.sekisho.server.storage.Faults;
import jp.sekisho.server.storage.MemoryDirectory;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** As {@link CrashMatrixTest}, on PostgreSQL. */
@Tag("pg")
class CrashMatrixPostgresIT {
  private static final String[] UNIT_AND_PASS = {
    "lock table audit_turn",
    "insert into organ",
    "insert into audit_pending",
    "commit",
    "select 1",
    "insert into audit_entry",
    "delete from audit_pending",
    "update audit_log_state set size",
    "move log-mayor.last.new",
    "update audit_log_state set checkpoint"
  };

  private static EmbeddedPostgres server;

  @TempDir(factory = MemoryDirectory.class)
  Path directory;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private CrashMatrix matrix() throws SQLException {
    String name = "t" + Integer.toHexString(directory.hashCode());
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      boolean _ = statement.execute("create database " + name);
    }
    String url = server.getJdbcUrl("postgres", name);
    return new CrashMatrix(faults -> OpenStorage.failing(url, directory, faults));
  }

  @ParameterizedTest
  @EnumSource
  void serviceThatGoesOnAfterAFailedCallLosesAndRepeatsNothing(Faults.How how) throws Exception {
    try (CrashMatrix matrix = matrix()) {
      CrashMatrixTest.requireAll(matrix.failures(how), UNIT_AND_PASS);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("torture")
  void serviceThatEndsAtACallLosesAndRepeatsNothing(Faults.How how) throws Exception {
    try (CrashMatrix matrix = matrix()) {
      CrashMatrixTest.requireAll(matrix.ends(how), UNIT_AND_PASS);
    }
  }

  @ParameterizedTest
  @EnumSource
  @Tag("torture")
  void serviceThatEndsAtACallOfItsRecoveryLosesAndRepeatsNothing(Faults.How how) throws Exception {
    try (CrashMatrix matrix = matrix()) {
      CrashMatrixTest.requireAll(
          matrix.endsInRecovery(how),
          "read log-mayor.key",
          "read log-mayor.last",
          "move log-mayor.last.new",
          "insert into audit_entry",
          "commit",
          "update audit_log_state set checkpoint");
    }
  }
}
