package jp.sekisho.server.grant;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;

/** The table {@code series_confirmation}; nobody else writes it. Thread-safe. */
final class ConfirmationRepository {
  private static final String TABLE = "series_confirmation";

  private final RowSeal seal;

  ConfirmationRepository(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * Those of a series, oldest first.
   *
   * @throws TamperedException when one was edited, put back or is of another series
   */
  List<Confirmation> of(Handle handle, GrantSeries series) {
    return handle
        .createQuery(
            "select id, text, confirmed, confirmed_by, transaction_id, statement, signature, spki,"
                + " entry_id, mac from series_confirmation where series = :series"
                + " order by confirmed, id")
        .bind("series", series.request())
        .map((row, _) -> read(handle, series, row))
        .list();
  }

  void insert(Change change, EntryReceipt entry, Confirmation confirmation) {
    change
        .handle()
        .execute(
            "insert into series_confirmation (id, series, text, confirmed, confirmed_by,"
                + " transaction_id, statement, signature, spki, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            confirmation.id(),
            confirmation.text().series(),
            confirmation.text().bytes(),
            confirmation.at().toEpochMilli(),
            confirmation.by(),
            confirmation.approval().transaction(),
            confirmation.approval().statement(),
            confirmation.approval().signature(),
            confirmation.approval().spki(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, key(confirmation), columns(confirmation)));
  }

  private Confirmation read(Handle handle, GrantSeries series, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Confirmation confirmation;
    try {
      confirmation =
          new Confirmation(
              SeriesConfirmation.parse(row.getBytes("text")),
              Instant.ofEpochMilli(row.getLong("confirmed")),
              row.getString("confirmed_by"),
              new Extension.Approval(
                  row.getString("transaction_id"),
                  row.getBytes("statement"),
                  row.getBytes("signature"),
                  row.getBytes("spki")));
    } catch (MalformedException e) {
      throw new TamperedException(TABLE, id);
    }
    boolean sound =
        confirmation.id().equals(id)
            && confirmation.text().confirms(series, confirmation.month())
            && seal.verifyNewest(
                handle,
                row.getBytes("mac"),
                TABLE,
                key(confirmation),
                row.getBytes("entry_id"),
                columns(confirmation));
    if (!sound) {
      throw new TamperedException(TABLE, id);
    }
    return confirmation;
  }

  private static byte[] key(Confirmation confirmation) {
    return confirmation.id().getBytes(StandardCharsets.UTF_8);
  }

  private static Object[] columns(Confirmation confirmation) {
    return new Object[] {
      confirmation.text().bytes(),
      confirmation.at(),
      confirmation.by(),
      confirmation.approval().transaction(),
      confirmation.approval().statement(),
      confirmation.approval().signature(),
      confirmation.approval().spki()
    };
  }
}
