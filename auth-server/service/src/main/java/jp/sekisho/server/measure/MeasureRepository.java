package jp.sekisho.server.measure;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
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
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The table {@code exceptional_measure}; nobody else writes it. Thread-safe. */
final class MeasureRepository {
  private static final String TABLE = "exceptional_measure";
  private static final String SELECT = "select * from exceptional_measure";

  private final RowSeal seal;

  MeasureRepository(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * The measure of that id.
   *
   * @throws TamperedException when its row cannot be believed; let it pass
   */
  Optional<Measure> find(Handle handle, String id) {
    return handle
        .createQuery(SELECT + " where id = :id")
        .bind("id", id)
        .map((row, _) -> read(handle, row))
        .findFirst();
  }

  /** The measure of that number; throws as {@link #find}. */
  Optional<Measure> numbered(Handle handle, String organ, String number) {
    return handle
        .createQuery(SELECT + " where organ = :organ and seq = :seq")
        .bind("organ", organ)
        .bind("seq", Integer.parseInt(number.substring(2)))
        .map((row, _) -> read(handle, row))
        .findFirst()
        .filter(measure -> measure.number().equals(number));
  }

  /** Those of an organ, newest first. */
  SealedRows<Measure> ofOrgan(Handle handle, String organ, int most) {
    return SealedRows.of(
        handle
            .createQuery(SELECT + " where organ = :organ order by seq desc limit :most")
            .bind("organ", organ)
            .bind("most", most),
        (row, _) -> read(handle, row));
  }

  /** Those that were permitted and not ended, of every organ. */
  SealedRows<Measure> permitted(Handle handle) {
    return SealedRows.of(
        handle.createQuery(SELECT + " where state in ('permitted', 'renewed') order by seq"),
        (row, _) -> read(handle, row));
  }

  /** All that time alone may change; all that were edited with them, whatever they say now. */
  SealedRows<Measure> waiting(Handle handle) {
    return SealedRows.of(
        handle.createQuery(SELECT + " order by seq"),
        (row, _) -> read(handle, row),
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

  /** The digits of the next number; numbers are one row in the whole installation. */
  int next(Handle handle) {
    return handle
            .createQuery("select coalesce(max(seq), 0) from exceptional_measure")
            .mapTo(Integer.class)
            .one()
        + 1;
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
            seal(change, entry, measure));
  }

  void update(Change change, EntryReceipt entry, Measure measure) {
    Decision decision = measure.decision();
    Approval approval = measure.approval();
    Said review = measure.review();
    Said end = measure.end();
    int updated =
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
                seal(change, entry, measure),
                measure.id());
    if (updated != 1) {
      throw new IllegalStateException("the row of a measure is gone");
    }
  }

  private byte[] seal(Change change, EntryReceipt entry, Measure measure) {
    return seal.sealNewest(change, entry, TABLE, key(measure.id()), columns(measure));
  }

  private Measure read(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Measure measure;
    try {
      measure =
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
    } catch (MalformedException | DateTimeException | IllegalArgumentException e) {
      throw new TamperedException(TABLE, id);
    }
    boolean itself =
        measure.id().equals(id)
            && measure.organ().equals(row.getString("organ"))
            && measure.text().askedBy().equals(row.getString("asker"));
    if (!itself
        || !seal.verifyNewest(
            handle,
            row.getBytes("mac"),
            TABLE,
            key(id),
            row.getBytes("entry_id"),
            columns(measure))) {
      throw new TamperedException(TABLE, id);
    }
    return measure;
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

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object[] columns(Measure measure) {
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
