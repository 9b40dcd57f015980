package jp.sekisho.server.measure;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.server.measure.Measure.Approval;
import jp.sekisho.server.measure.Measure.Decision;
import jp.sekisho.server.measure.Measure.Said;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.SealedTable;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code exceptional_measure}; nobody else writes it. Thread-safe. */
final class MeasureRepository {
  private final SealedTable<Measure> table;

  MeasureRepository(RowSeal seal) {
    this.table = new SealedTable<>(seal, "exceptional_measure", new Row());
  }

  /** The measure of that id; throws as {@link SealedTable#find}. */
  Optional<Measure> find(Handle handle, String id) {
    return table.find(handle, id);
  }

  /** The measure of that number; throws as {@link #find}. */
  Optional<Measure> numbered(Handle handle, String organ, String number) {
    return table
        .one(
            handle,
            table
                .select(handle, "where organ = :organ and seq = :seq")
                .bind("organ", organ)
                .bind("seq", Integer.parseInt(number.substring(2))))
        .filter(measure -> measure.number().equals(number));
  }

  /** Those of an organ, newest first. */
  SealedRows<Measure> ofOrgan(Handle handle, String organ, int most) {
    return table.all(
        handle,
        table
            .select(handle, "where organ = :organ order by seq desc limit :most")
            .bind("organ", organ)
            .bind("most", most));
  }

  /** Those that were permitted and not ended, of every organ. */
  SealedRows<Measure> permitted(Handle handle) {
    return table.all(
        handle, table.select(handle, "where state in ('permitted', 'renewed') order by seq"));
  }

  /** All that time alone may change; all that were edited with them, whatever they say now. */
  SealedRows<Measure> waiting(Handle handle) {
    return table.all(
        handle,
        table.select(handle, "order by seq"),
        one -> one.state() == MeasureState.REQUESTED || one.isPermitted());
  }

  /** How many of a person's wait for the CISO. */
  int undecided(Handle handle, String organ, String asker) {
    return handle
        .createQuery(
            "select count(*) from exceptional_measure"
                + " where organ = :organ and asker = :asker and state = 'requested'")
        .bind("organ", organ)
        .bind("asker", asker)
        .mapTo(Integer.class)
        .one();
  }

  /** The digits of the next number. */
  int next(Handle handle) {
    return table.next(handle);
  }

  void insert(Change change, EntryReceipt entry, Measure measure) {
    change
        .handle()
        .execute(
            "insert into exceptional_measure (id, organ, seq, asker, text, created, state,"
                + " entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            measure.id(),
            measure.organ(),
            measure.seq(),
            measure.text().askedBy(),
            measure.text().bytes(),
            measure.created().toEpochMilli(),
            measure.state().text(),
            entry.entryId(),
            table.seal(change, entry, measure));
  }

  void update(Change change, EntryReceipt entry, Measure measure) {
    Decision decision = measure.decision();
    Approval approval = measure.approval();
    Said review = measure.review();
    Said end = measure.end();
    table.updated(
        change
            .handle()
            .execute(
                """
                update exceptional_measure set state = ?, decided = ?, decided_by = ?,
                  decision_note = ?, transaction_id = ?, statement = ?, signature = ?, spki = ?,
                  reviewed = ?, reviewed_by = ?, finding = ?, ended = ?, ended_by = ?,
                  end_note = ?, told = ?, entry_id = ?, mac = ? where id = ?
                """,
                measure.state().text(),
                decision == null ? null : decision.at().toEpochMilli(),
                decision == null ? null : decision.by(),
                decision == null ? null : decision.note(),
                approval == null ? null : approval.transaction(),
                approval == null ? null : approval.statement(),
                approval == null ? null : approval.signature(),
                approval == null ? null : approval.spki(),
                review == null ? null : review.at().toEpochMilli(),
                review == null ? null : review.by(),
                review == null ? null : review.note(),
                end == null ? null : end.at().toEpochMilli(),
                end == null ? null : end.by(),
                end == null ? null : end.note(),
                text(measure.told()),
                entry.entryId(),
                table.seal(change, entry, measure),
                measure.id()));
  }

  /** A row of the table. */
  private static final class Row implements SealedTable.Shape<Measure> {
    @Override
    public Measure read(ResultSet row) throws SQLException, MalformedException {
      Measure measure =
          new Measure(
              ExceptionalMeasure.parse(row.getBytes("text")),
              row.getInt("seq"),
              Instant.ofEpochMilli(row.getLong("created")),
              MeasureState.parse(row.getString("state")),
              decision(row),
              approval(row),
              said(row, "reviewed", "finding"),
              said(row, "ended", "end_note"),
              day(row.getString("told")));
      // What rows are looked for by stands beside the text that says it.
      if (!measure.organ().equals(row.getString("organ"))
          || !measure.text().askedBy().equals(row.getString("asker"))) {
        throw new IllegalArgumentException("columns that are not the text's");
      }
      return measure;
    }

    @Override
    public String id(Measure measure) {
      return measure.id();
    }

    @Override
    public @Nullable Object[] columns(Measure measure) {
      Decision decision = measure.decision();
      Approval approval = measure.approval();
      Said review = measure.review();
      Said end = measure.end();
      return new @Nullable Object[] {
        measure.id(),
        measure.organ(),
        measure.seq(),
        measure.text().askedBy(),
        measure.text().bytes(),
        measure.created(),
        measure.state().text(),
        decision == null ? null : decision.at(),
        decision == null ? null : decision.by(),
        decision == null ? null : decision.note(),
        approval == null ? null : approval.transaction(),
        approval == null ? null : approval.statement(),
        approval == null ? null : approval.signature(),
        approval == null ? null : approval.spki(),
        review == null ? null : review.at(),
        review == null ? null : review.by(),
        review == null ? null : review.note(),
        end == null ? null : end.at(),
        end == null ? null : end.by(),
        end == null ? null : end.note(),
        text(measure.told())
      };
    }
  }

  private static @Nullable Decision decision(ResultSet row) throws SQLException {
    String by = row.getString("decided_by");
    return by == null
        ? null
        : new Decision(
            Instant.ofEpochMilli(row.getLong("decided")), by, row.getString("decision_note"));
  }

  private static @Nullable Approval approval(ResultSet row) throws SQLException {
    String transaction = row.getString("transaction_id");
    return transaction == null
        ? null
        : new Approval(
            transaction,
            row.getBytes("statement"),
            row.getBytes("signature"),
            row.getBytes("spki"));
  }

  private static @Nullable Said said(ResultSet row, String step, String note) throws SQLException {
    String by = row.getString(step + "_by");
    return by == null
        ? null
        : new Said(Instant.ofEpochMilli(row.getLong(step)), by, row.getString(note));
  }

  private static @Nullable LocalDate day(@Nullable String text) {
    return text == null ? null : LocalDate.parse(text);
  }

  private static @Nullable String text(@Nullable LocalDate day) {
    return day == null ? null : day.toString();
  }
}
