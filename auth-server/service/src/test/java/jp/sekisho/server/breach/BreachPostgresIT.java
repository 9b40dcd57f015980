package jp.sekisho.server.breach;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.BiConsumer;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.event.BreachEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.breach.BreachCase.Closing;
import jp.sekisho.server.breach.BreachCase.Made;
import jp.sekisho.server.breach.BreachCase.Origin;
import jp.sekisho.server.breach.BreachCase.Told;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of a case on a real PostgreSQL: the SQL is the same, the types are not. */
@Tag("pg")
final class BreachPostgresIT {
  private static final Entry.Subject MAYOR = new Entry.Subject("mayor", null, null, null, null);
  private static final String ID = Base64Url.encode(new byte[16]);

  @TempDir private Path dir;

  private static void unit(OpenStorage storage, BiConsumer<Change, EntryReceipt> work) {
    storage.transactions.write(change -> {
      work.accept(change, change.record(MAYOR, new BreachEvent.Closed(ID, "B-0001", "reported")));
      return null;
    });
  }

  @Test
  void rowsKeepTheirSealFromOpeningToEnd() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
            OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), dir)) {
      var _ =
          storage
              .database
              .writer()
              .write(handle ->
                  handle.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
      BreachRepository rows = new BreachRepository(storage.seal);
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      LocalDate day = LocalDate.of(2026, 11, 22);
      BreachItems items = new BreachItems("概要", "", "", "原因\n続き", "", "", "", "", "");
      int seq = storage.transactions.read(rows::next);
      assertEquals(1, seq);
      BreachCase opened =
          new BreachCase(
              ID,
              "mayor",
              seq,
              "300001",
              now,
              now,
              List.of(BreachKind.SYSTEM, BreachKind.MALICE),
              new Origin("medium", "M-0007"),
              items,
              null,
              null,
              null,
              Told.NOTHING);
      unit(storage, (change, entry) -> rows.insert(change, entry, opened));
      assertEquals(List.of(opened), storage.transactions.read(rows::open).sound());
      Made made = new Made(day, "受付第7号", "300001", now);
      BreachCase told = opened.told(Report.PRELIMINARY, day).reported(made, null);
      unit(storage, (change, entry) -> rows.update(change, entry, told));
      assertEquals(told, storage.transactions.read(handle -> rows.find(handle, ID)).orElseThrow());
      BreachCase closed = told.reported(null, made).closed(new Closing(now, "300001", "済み"));
      unit(storage, (change, entry) -> rows.update(change, entry, closed));
      assertEquals(
          List.of(closed),
          storage.transactions.read(handle -> rows.ofOrgan(handle, "mayor", 10)).sound());
      assertEquals(List.of(), storage.transactions.read(rows::open).sound());
    }
  }
}
