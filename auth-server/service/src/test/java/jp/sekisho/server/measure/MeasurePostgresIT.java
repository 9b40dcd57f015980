package jp.sekisho.server.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.MeasureEvent;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.server.measure.Measure.Approval;
import jp.sekisho.server.measure.Measure.Said;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.OpenStorage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of a measure on a real PostgreSQL: the SQL is the same, the types are not. */
@Tag("pg")
final class MeasurePostgresIT {
  private static final Entry.Subject MAYOR = new Entry.Subject("mayor", null, null, null, null);
  private static final String ID = Base64Url.encode(new byte[16]);

  @TempDir private Path dir;

  private static void unit(OpenStorage storage, BiConsumer<Change, EntryReceipt> work) {
    storage.transactions.write(change -> {
      work.accept(change, change.record(MAYOR, new MeasureEvent.Reviewed(ID, "E-0001")));
      return null;
    });
  }

  @Test
  void rowsKeepTheirSealFromRequestToEnd() throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start();
        OpenStorage storage =
            OpenStorage.postgresql(server.getJdbcUrl("postgres", "postgres"), dir)) {
      var _ =
          storage
              .database
              .writer()
              .write(handle ->
                  handle.execute("insert into organ (id, name) values ('mayor', '市長部局')"));
      MeasureRepository rows = new MeasureRepository(storage.seal);
      Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      LocalDate day = LocalDate.of(2026, 11, 22);
      ExceptionalMeasure text =
          new ExceptionalMeasure(
              ID, "E-0001", "mayor", "300001", List.of(), "0101", null, "更新まで", "点検する", null, day,
              day, day, null);
      int seq = storage.transactions.read(rows::next);
      assertEquals(1, seq);
      Measure asked = Measure.requested(text, seq, now);
      unit(storage, (change, entry) -> rows.insert(change, entry, asked));
      byte[] bytes = {1, 2};
      Measure permitted =
          asked.permitted(now, "400001", new Approval("t", bytes, bytes, new byte[] {3}));
      unit(storage, (change, entry) -> rows.update(change, entry, permitted));
      Measure told = permitted.told(day);
      unit(storage, (change, entry) -> rows.update(change, entry, told));
      Measure ended =
          told.reviewed(new Said(now, "300002", "確認")).ended(new Said(now, "300001", "戻した"));
      assertEquals(1, storage.transactions.read(rows::waiting).sound().size());
      assertEquals(1, storage.transactions.read(rows::permitted).sound().size());
      unit(storage, (change, entry) -> rows.update(change, entry, ended));
      Measure read = storage.transactions.read(handle -> rows.find(handle, ID)).orElseThrow();
      assertEquals(MeasureState.ENDED, read.state());
      assertEquals(text, read.text());
      assertEquals(ended.end(), read.end());
      assertEquals(day, read.told());
      assertArrayEquals(new byte[] {3}, Objects.requireNonNull(read.approval()).spki());
      assertEquals(List.of(), storage.transactions.read(rows::waiting).sound());
      assertEquals(2, storage.transactions.<Integer>read(rows::next));
    }
  }
}
