package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry.Subject;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex.Hits;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index on a real PostgreSQL, kept by two nodes at once. */
@Tag("pg")
class EntryIndexPostgresIT {
  private static final int ENTRIES = 450;

  @SuppressWarnings("NullAway.Init") // by start()
  private static EmbeddedPostgres server;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  /** The same on SQLite: {@code EntryIndexTest}. */
  @Test
  void anIndexOfAnEarlierVersionIsMadeAnew() throws Exception {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database earlier");
    }
    String url = server.getJdbcUrl("postgres", "earlier");
    FluentConfiguration migration =
        Flyway.configure()
            .dataSource(url, null, null)
            .locations("classpath:db/migration/postgresql")
            .outOfOrder(true);
    var _ = migration.target("202611221107").load().migrate();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "insert into audit_find (log, idx, time, feature, type, failed)"
              + " values ('mayor', 0, 1, 'login', 'login.refused', 1)");
      statement.execute("insert into audit_find_state (log, size) values ('mayor', 1)");
      var _ = migration.target(MigrationVersion.LATEST).load().migrate();
      try (ResultSet left =
          statement.executeQuery(
              "select size, (select count(*) from audit_find) from audit_find_state")) {
        assertTrue(left.next());
        assertEquals(0, left.getLong(1), "entries that can be found");
        assertEquals(0, left.getLong(2));
      }
    }
  }

  @Test
  void twoNodesKeepOneIndexAndEveryEntryIsFoundOnce(@TempDir Path directory) throws Exception {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-20T01:00:00Z"));
    try (OpenStorage storage =
        OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), directory, clock)) {
      List<Long> wanted = new ArrayList<>();
      for (int i = 0; i < ENTRIES; i++) {
        Subject subject = new Subject("mayor", "S-" + i % 3, null, "T-" + i % 2, null);
        boolean refused = i % 5 == 0;
        var _ =
            storage.transactions.write(change ->
                change.record(
                    subject,
                    refused
                        ? new GrantEvent.Refused("approve", null, Refusal.APPROVAL_OWN)
                        : new SessionEvent.Resumed()));
        clock.advance(Duration.ofMillis(i % 2));
        if (i % 3 == 1 && refused) {
          wanted.addFirst((long) i);
        }
      }
      storage.logs.integrateNow();
      EntryIndex one = new EntryIndex(storage.database, storage.logs);
      EntryIndex other = new EntryIndex(storage.database, storage.logs);
      CompletableFuture<Long> beside =
          CompletableFuture.supplyAsync(() -> other.catchUp("mayor", ENTRIES));
      long _ = one.catchUp("mayor", ENTRIES);
      long _ = beside.get(2, TimeUnit.MINUTES);
      assertEquals(0, one.catchUp("mayor", ENTRIES));
      assertEquals(ENTRIES, one.size("mayor"));
      EntryQuery query = EntryQuery.ALL.withPerson("S-1").withEvent("grant.refused");
      List<Long> found = new ArrayList<>();
      Position at = Position.NEWEST;
      while (at != null) {
        Hits hits = one.find("mayor", List.of(query), _ -> true, at, 7);
        hits.hits().forEach(hit -> found.add(hit.index()));
        at = hits.next();
      }
      assertEquals(wanted, found);
      try (Handle session = storage.database.openSession()) {
        int _ = session.execute("vacuum analyze audit_find"); // as autovacuum would, or not yet
      }
      for (EntryQuery each :
          Walks.queries(
              List.of("S-1"), List.of("T-1"), List.of("grant", "grant.refused"), clock.instant())) {
        for (String plan : Walks.plans(storage, each)) {
          assertTrue(plan.contains("Index Only Scan Backward using audit_find_"), plan);
          assertFalse(plan.contains("Sort"), plan);
        }
      }
    }
  }
}
