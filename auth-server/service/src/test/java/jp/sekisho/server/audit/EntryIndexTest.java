package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.Entry.Subject;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.event.SessionEvent;
import jp.sekisho.server.audit.EntryHit.Position;
import jp.sekisho.server.audit.EntryIndex.Hits;
import jp.sekisho.server.authn.SettableClock;
import jp.sekisho.server.storage.OpenStorage;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index finds, and at what cost; questions of auditors are in {@code InspectionTest}. */
class EntryIndexTest {
  private static final Instant BEGIN = Instant.parse("2026-11-20T01:00:00Z");
  private static final int ENTRIES = 300;
  private static final List<String> PERSONS = List.of("S-0", "S-9");
  private static final List<String> TERMINALS = List.of("T-0001", "T-0009");
  private static final List<String> EVENTS =
      List.of("login", "login.refused", "grant", "log.viewed");

  private final SettableClock clock = new SettableClock(BEGIN);

  @Test
  void everyCombinationOfConditionsFindsWhatALookAtEachEntryFinds(@TempDir Path directory) {
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      EntryIndex index = filled(storage);
      List<EntryHit> all = find(index, EntryQuery.ALL, 50);
      assertEquals(ENTRIES, all.size());
      for (EntryQuery query :
          Walks.queries(PERSONS, TERMINALS, EVENTS, BEGIN.plus(Duration.ofMinutes(2)))) {
        List<EntryHit> wanted = all.stream().filter(query::accepts).toList();
        assertEquals(wanted, find(index, query, 7), query.toString());
      }
    }
  }

  @Test
  void noCombinationOfConditionsLooksAtRowsThatItDoesNotShow(@TempDir Path directory) {
    try (OpenStorage storage = OpenStorage.sqlite(directory, clock)) {
      EntryIndex _ = filled(storage);
      for (EntryQuery query : Walks.queries(PERSONS, TERMINALS, EVENTS, BEGIN)) {
        for (String plan : Walks.plans(storage, query)) {
          assertTrue(plan.contains("USING COVERING INDEX audit_find_"), query + "\n" + plan);
          assertFalse(plan.contains("TEMP B-TREE"), query + "\n" + plan);
        }
      }
      String rows = Walks.planOfRows(storage);
      assertEquals("SEARCH audit_find USING PRIMARY KEY (log=? AND idx=?)", rows);
    }
  }

  @Test
  void aMarkTellsEveryConditionApart() {
    EntryHit hit = new EntryHit(1, 1, "S-1", "T-0001", "login.refused", true, null);
    long mark = EntryMark.of(hit);
    assertTrue(mark > 0 && mark < 1L << 47, Long.toHexString(mark));
    EntryQuery same = new EntryQuery("S-1", "T-0001", "login.refused", false, null, null);
    assertTrue(EntryMark.Wanted.of(same).accepts(mark));
    assertTrue(EntryMark.Wanted.of(EntryQuery.ALL).accepts(mark));
    assertTrue(EntryMark.Wanted.of(same.withEvent("login")).accepts(mark));
    assertFalse(EntryMark.Wanted.of(same.withPerson("S-2")).accepts(mark));
    assertFalse(EntryMark.Wanted.of(same.withEvent("login.succeeded")).accepts(mark));
    assertFalse(EntryMark.Wanted.of(same.withEvent("grant")).accepts(mark));
    assertFalse(EntryMark.Wanted.of(same.withSuccess(true)).accepts(mark));
  }

  @Test
  void anIndexOfAnEarlierVersionIsMadeAnew(@TempDir Path directory) throws Exception {
    String url = "jdbc:sqlite:" + directory.resolve("old.db");
    var _ = migration(url).target("202611221107").load().migrate();
    try (Connection old = DriverManager.getConnection(url);
        Statement statement = old.createStatement()) {
      statement.execute(
          "insert into audit_find (log, idx, time, feature, type, failed)"
              + " values ('mayor', 0, 1, 'login', 'login.refused', 1)");
      statement.execute("insert into audit_find_state (log, size) values ('mayor', 1)");
      var _ = migration(url).load().migrate();
      try (ResultSet size =
          statement.executeQuery(
              "select size, (select count(*) from audit_find) from audit_find_state")) {
        assertEquals(0, size.getLong(1), "entries that can be found");
        assertEquals(0, size.getLong(2));
      }
    }
  }

  private static FluentConfiguration migration(String url) {
    return Flyway.configure()
        .dataSource(url, null, null)
        .locations("classpath:db/migration/sqlite")
        .outOfOrder(true);
  }

  private EntryIndex filled(OpenStorage storage) {
    Random random = new Random(5);
    for (int i = 0; i < ENTRIES; i++) {
      Subject subject =
          new Subject(
              LogFill.LOG,
              "S-" + random.nextInt(3),
              null,
              random.nextInt(4) == 0 ? null : "T-000" + random.nextInt(3),
              null);
      AuditEvent event = event(random.nextInt(5));
      var _ = storage.transactions.write(change -> change.record(subject, event));
      clock.advance(Duration.ofSeconds(random.nextInt(3))); // equal times as well
    }
    storage.logs.integrateNow();
    EntryIndex index = new EntryIndex(storage.database, storage.logs);
    assertEquals(0, index.catchUp(LogFill.LOG, ENTRIES));
    return index;
  }

  private static AuditEvent event(int kind) {
    return switch (kind) {
      case 0 -> new GrantEvent.Refused("approve", null, Refusal.APPROVAL_OWN);
      case 1 -> new LoginEvent.Refused("AAECAwQFBgcICQoLDA0ODw", Refusal.NOT_ENROLLED);
      case 2 -> new SessionEvent.Ended("logout");
      default -> new SessionEvent.Resumed();
    };
  }

  private static List<EntryHit> find(EntryIndex index, EntryQuery query, int limit) {
    List<EntryHit> found = new ArrayList<>();
    Position at = Position.NEWEST;
    while (at != null) {
      Hits hits = index.find(LogFill.LOG, List.of(query), _ -> true, at, limit);
      found.addAll(hits.hits());
      at = hits.next();
    }
    return found;
  }
}
