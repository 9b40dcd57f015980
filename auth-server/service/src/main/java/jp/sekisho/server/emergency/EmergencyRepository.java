package jp.sekisho.server.emergency;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import jp.sekisho.server.emergency.EmergencyCase.Confirmation;
import jp.sekisho.server.emergency.EmergencyCase.End;
import jp.sekisho.server.emergency.EmergencyCase.Report;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code emergency_case}; nobody else writes it. Its rows are compared with the log, so
 * that none is forgotten by deleting it. Thread-safe.
 */
final class EmergencyRepository {
  private static final String TABLE = "emergency_case";
  private static final String SELECT =
      "select id, organ, terminal, person, approvers, fingerprint, why, minutes, opened, arrived,"
          + " ended, cause, people, contents, document, reported, reported_by, confirmed,"
          + " confirmed_by, overdue, entry_id, mac from emergency_case";
  private static final String UNCONFIRMED_FIRST =
      " order by case when confirmed is null then 0 else 1 end, arrived desc, id limit :most";

  /** Looked at for a page's banner; beyond them only the sweep finds a row that was edited. */
  private static final int MOST_COUNTED = 500;

  private final RowSeal seal;

  EmergencyRepository(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * One case.
   *
   * @throws TamperedException when its row was edited or put back
   */
  Optional<EmergencyCase> find(Handle handle, String id) {
    return handle
        .createQuery(SELECT + " where id = :id")
        .bind("id", id)
        .map((row, _) -> read(handle, row))
        .findOne();
  }

  /** Whether there is a row of that id, sound or not. */
  boolean exists(Handle handle, String id) {
    return handle
        .createQuery("select 1 from emergency_case where id = :id")
        .bind("id", id)
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** Those of an organ, unconfirmed ones first, then the newest. */
  SealedRows<EmergencyCase> ofOrgan(Handle handle, String organ, int most) {
    return SealedRows.of(
        handle
            .createQuery(SELECT + " where organ = :organ" + UNCONFIRMED_FIRST)
            .bind("organ", organ)
            .bind("most", most),
        (row, _) -> read(handle, row));
  }

  /** Whether there is none in any organ. */
  boolean isEmpty(Handle handle) {
    return handle
        .createQuery("select 1 from emergency_case limit 1")
        .mapTo(Integer.class)
        .findOne()
        .isEmpty();
  }

  /**
   * How many of an organ nobody confirmed. A row that was edited counts in every organ: whose it
   * is, and whether anybody confirmed it, is what nobody knows of it.
   */
  int unconfirmed(Handle handle, String organ) {
    SealedRows<EmergencyCase> open = unconfirmed(handle, organ, MOST_COUNTED);
    return open.sound().size() + open.tampered().size();
  }

  /**
   * Those of an organ that nobody confirmed, and every row that was edited.
   *
   * @param most rows looked at, of every organ; those that say they are unconfirmed first
   */
  SealedRows<EmergencyCase> unconfirmed(Handle handle, String organ, int most) {
    return SealedRows.of(
        handle.createQuery(SELECT + UNCONFIRMED_FIRST).bind("most", most),
        (row, _) -> read(handle, row),
        one -> one.organ().equals(organ) && one.confirmed() == null);
  }

  /** Those of every organ that are late and not marked so; all that were edited with them. */
  SealedRows<EmergencyCase> late(Handle handle, Instant now) {
    return SealedRows.of(
        handle.createQuery(SELECT + " order by arrived, id"),
        (row, _) -> read(handle, row),
        one -> one.isLate(now) && one.overdue() == null);
  }

  void insert(Change change, EntryReceipt entry, EmergencyCase one) {
    change
        .handle()
        .execute(
            "insert into emergency_case (id, organ, terminal, person, approvers, fingerprint, why,"
                + " minutes, opened, arrived, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            one.id(),
            one.organ(),
            one.terminal(),
            one.person(),
            String.join(" ", one.approvers()),
            one.fingerprint(),
            one.why(),
            one.minutes(),
            one.opened().toEpochMilli(),
            one.arrived().toEpochMilli(),
            entry.entryId(),
            seal.sealNewest(change, entry, TABLE, key(one.id()), columns(one)));
  }

  void update(Change change, EntryReceipt entry, EmergencyCase one) {
    End ended = one.ended();
    Report report = one.report();
    Confirmation confirmed = one.confirmed();
    int updated =
        change
            .handle()
            .execute(
                "update emergency_case set ended = ?, cause = ?, people = ?, contents = ?,"
                    + " document = ?, reported = ?, reported_by = ?, confirmed = ?,"
                    + " confirmed_by = ?, overdue = ?, entry_id = ?, mac = ? where id = ?",
                ended == null ? null : ended.at().toEpochMilli(),
                ended == null ? null : ended.cause(),
                report == null ? null : report.people(),
                report == null ? null : report.contents(),
                report == null ? null : report.document(),
                report == null ? null : report.at().toEpochMilli(),
                report == null ? null : report.by(),
                confirmed == null ? null : confirmed.at().toEpochMilli(),
                confirmed == null ? null : confirmed.by(),
                millis(one.overdue()),
                entry.entryId(),
                seal.sealNewest(change, entry, TABLE, key(one.id()), columns(one)),
                one.id());
    if (updated != 1) {
      throw new IllegalStateException("the row of an emergency is gone");
    }
  }

  private EmergencyCase read(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Instant ended = time(row, "ended");
    Instant reported = time(row, "reported");
    Instant confirmed = time(row, "confirmed");
    EmergencyCase one =
        new EmergencyCase(
            id,
            row.getString("organ"),
            row.getString("terminal"),
            row.getString("person"),
            List.of(row.getString("approvers").split(" ", -1)),
            row.getString("fingerprint"),
            row.getString("why"),
            row.getInt("minutes"),
            Instant.ofEpochMilli(row.getLong("opened")),
            Instant.ofEpochMilli(row.getLong("arrived")),
            ended == null ? null : new End(ended, text(row, "cause")),
            reported == null
                ? null
                : new Report(
                    text(row, "people"),
                    text(row, "contents"),
                    text(row, "document"),
                    reported,
                    text(row, "reported_by")),
            confirmed == null ? null : new Confirmation(confirmed, text(row, "confirmed_by")),
            time(row, "overdue"));
    if (!seal.verifyNewest(
        handle, row.getBytes("mac"), TABLE, key(id), row.getBytes("entry_id"), columns(one))) {
      throw new TamperedException(TABLE, id);
    }
    return one;
  }

  private static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable Long millis(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli();
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object[] columns(EmergencyCase one) {
    End ended = one.ended();
    Report report = one.report();
    Confirmation confirmed = one.confirmed();
    return new @Nullable Object[] {
      one.id(),
      one.organ(),
      one.terminal(),
      one.person(),
      String.join(" ", one.approvers()),
      one.fingerprint(),
      one.why(),
      one.minutes(),
      one.opened(),
      one.arrived(),
      ended == null ? null : ended.at(),
      ended == null ? null : ended.cause(),
      report == null ? null : report.people(),
      report == null ? null : report.contents(),
      report == null ? null : report.document(),
      report == null ? null : report.at(),
      report == null ? null : report.by(),
      confirmed == null ? null : confirmed.at(),
      confirmed == null ? null : confirmed.by(),
      one.overdue()
    };
  }
}
