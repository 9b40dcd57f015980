package jp.sekisho.server.emergency;

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
import jp.sekisho.server.storage.SealedTable;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code emergency_case}; nobody else writes it. Its rows are compared with the log, so
 * that none is forgotten by deleting it. Thread-safe.
 */
final class EmergencyRepository {
  private static final String UNCONFIRMED_FIRST =
      "order by case when confirmed is null then 0 else 1 end, arrived desc, id limit :most";

  /** Looked at for a page's banner; beyond them only the sweep finds a row that was edited. */
  private static final int MOST_COUNTED = 500;

  private final SealedTable<EmergencyCase> table;

  EmergencyRepository(RowSeal seal) {
    this.table = new SealedTable<>(seal, "emergency_case", new Case());
  }

  /** One case; throws as {@link SealedTable#find}. */
  Optional<EmergencyCase> find(Handle handle, String id) {
    return table.find(handle, id);
  }

  /** Whether there is a row of that id, sound or not. */
  boolean exists(Handle handle, String id) {
    return table.exists(handle, id);
  }

  /** Those of an organ, unconfirmed ones first, then the newest. */
  SealedRows<EmergencyCase> ofOrgan(Handle handle, String organ, int most) {
    return table.all(
        handle,
        table
            .select(handle, "where organ = :organ " + UNCONFIRMED_FIRST)
            .bind("organ", organ)
            .bind("most", most));
  }

  /** Whether there is none in any organ. */
  boolean isEmpty(Handle handle) {
    return table.isEmpty(handle);
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
    return table.all(
        handle,
        table.select(handle, UNCONFIRMED_FIRST).bind("most", most),
        one -> one.organ().equals(organ) && one.confirmed() == null);
  }

  /** Those of every organ that are late and not marked so; all that were edited with them. */
  SealedRows<EmergencyCase> late(Handle handle, Instant now) {
    return table.all(
        handle,
        table.select(handle, "order by arrived, id"),
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
            table.seal(change, entry, one));
  }

  void update(Change change, EntryReceipt entry, EmergencyCase one) {
    End ended = one.ended();
    Report report = one.report();
    Confirmation confirmed = one.confirmed();
    table.updated(
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
                table.seal(change, entry, one),
                one.id()));
  }

  /** A row of the table. */
  private static final class Case implements SealedTable.Shape<EmergencyCase> {
    @Override
    public EmergencyCase read(ResultSet row) throws SQLException {
      Instant ended = time(row, "ended");
      Instant reported = time(row, "reported");
      Instant confirmed = time(row, "confirmed");
      return new EmergencyCase(
          row.getString("id"),
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
    }

    @Override
    public String id(EmergencyCase one) {
      return one.id();
    }

    @Override
    public @Nullable Object[] columns(EmergencyCase one) {
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
}
