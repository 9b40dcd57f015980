package jp.sekisho.server.grant;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The tables {@code deputy} and {@code absence}; nobody else writes them. Reading throws {@link
 * TamperedException}: whoever decides by a list must have all of it. Thread-safe.
 */
final class DeputyRepository {
  private static final String DEPUTY = "deputy";
  private static final String ABSENCE = "absence";

  private final RowSeal seal;

  DeputyRepository(RowSeal seal) {
    this.seal = seal;
  }

  /** All of an organ, by division and rank; those taken out too. */
  List<Deputy> deputies(Handle handle, String organ) {
    return handle
        .createQuery(
            "select id, organ, division, person, place, valid_from, valid_until, reference,"
                + " removed, entry_id, mac from deputy where organ = :organ"
                + " order by division, place, valid_from, id")
        .bind("organ", organ)
        .map((row, _) -> deputy(handle, row))
        .list();
  }

  /** Those of an organ that end after {@code since}, by their start. */
  List<Absence> absences(Handle handle, String organ, Instant since) {
    return handle
        .createQuery(
            "select id, organ, person, starts, ends, said_by, cut_short, entry_id, mac from absence"
                + " where organ = :organ and ends > :since order by starts, id")
        .bind("organ", organ)
        .bind("since", since.toEpochMilli())
        .map((row, _) -> absence(handle, row))
        .list();
  }

  void insert(Change change, EntryReceipt entry, Deputy deputy) {
    change
        .handle()
        .execute(
            "insert into deputy (id, organ, division, person, place, valid_from, valid_until,"
                + " reference, removed, entry_id, mac) values (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
            deputy.id(),
            deputy.organ(),
            deputy.division(),
            deputy.person(),
            deputy.rank(),
            deputy.validity().from().toString(),
            deputy.validity().until().toString(),
            deputy.reference(),
            entry.entryId(),
            seal.sealNewest(change, entry, DEPUTY, key(deputy.id()), columns(deputy)));
  }

  void update(Change change, EntryReceipt entry, Deputy deputy) {
    one(
        change
            .handle()
            .execute(
                "update deputy set removed = ?, entry_id = ?, mac = ? where id = ?",
                deputy.removed() ? 1 : 0,
                entry.entryId(),
                seal.sealNewest(change, entry, DEPUTY, key(deputy.id()), columns(deputy)),
                deputy.id()));
  }

  void insert(Change change, EntryReceipt entry, Absence absence) {
    change
        .handle()
        .execute(
            "insert into absence (id, organ, person, starts, ends, said_by, cut_short, entry_id, mac)"
                + " values (?, ?, ?, ?, ?, ?, 0, ?, ?)",
            absence.id(),
            absence.organ(),
            absence.person(),
            absence.start().toEpochMilli(),
            absence.end().toEpochMilli(),
            absence.by(),
            entry.entryId(),
            seal.sealNewest(change, entry, ABSENCE, key(absence.id()), columns(absence)));
  }

  void update(Change change, EntryReceipt entry, Absence absence) {
    one(
        change
            .handle()
            .execute(
                "update absence set cut_short = ?, entry_id = ?, mac = ? where id = ?",
                absence.over() ? 1 : 0,
                entry.entryId(),
                seal.sealNewest(change, entry, ABSENCE, key(absence.id()), columns(absence)),
                absence.id()));
  }

  private static void one(int updated) {
    if (updated != 1) {
      throw new IllegalStateException("the row of a deputy or absence is gone");
    }
  }

  private Deputy deputy(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Deputy deputy;
    try {
      deputy =
          new Deputy(
              id,
              row.getString("organ"),
              row.getString("division"),
              row.getString("person"),
              row.getInt("place"),
              new Validity(
                  LocalDate.parse(row.getString("valid_from")),
                  LocalDate.parse(row.getString("valid_until"))),
              row.getString("reference"),
              row.getInt("removed") != 0);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new TamperedException(DEPUTY, id);
    }
    return sound(handle, row, DEPUTY, id, columns(deputy), deputy);
  }

  private Absence absence(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Absence absence =
        new Absence(
            id,
            row.getString("organ"),
            row.getString("person"),
            Instant.ofEpochMilli(row.getLong("starts")),
            Instant.ofEpochMilli(row.getLong("ends")),
            row.getString("said_by"),
            row.getInt("cut_short") != 0);
    return sound(handle, row, ABSENCE, id, columns(absence), absence);
  }

  private <T> T sound(
      Handle handle, ResultSet row, String table, String id, @Nullable Object[] columns, T read)
      throws SQLException {
    if (!seal.verifyNewest(
        handle, row.getBytes("mac"), table, key(id), row.getBytes("entry_id"), columns)) {
      throw new TamperedException(table, id);
    }
    return read;
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable Object[] columns(Deputy deputy) {
    return new @Nullable Object[] {
      deputy.id(),
      deputy.organ(),
      deputy.division(),
      deputy.person(),
      deputy.rank(),
      deputy.validity().from().toString(),
      deputy.validity().until().toString(),
      deputy.reference(),
      deputy.removed()
    };
  }

  private static @Nullable Object[] columns(Absence absence) {
    return new @Nullable Object[] {
      absence.id(),
      absence.organ(),
      absence.person(),
      absence.start(),
      absence.end(),
      absence.by(),
      absence.over()
    };
  }
}
