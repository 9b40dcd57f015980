package jp.sekisho.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
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
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index on a real PostgreSQL, kept by two nodes at once. */
@Tag("pg")
class EntryIndexPostgresIT {
  private static final int ENTRIES = 450;

  @Test
  void twoNodesKeepOneIndexAndEveryEntryIsFoundOnce(@TempDir Path directory) throws Exception {
    SettableClock clock = new SettableClock(Instant.parse("2026-11-20T01:00:00Z"));
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
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
