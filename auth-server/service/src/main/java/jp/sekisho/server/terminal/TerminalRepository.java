package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The tables {@code terminal} and {@code device_record}. A terminal's row is read only with its
 * seal checked and written only with a new one.
 */
@Singleton
final class TerminalRepository implements Terminals {
  private static final String TABLE = "terminal";

  /** Older records of a key are forgotten here, never in the log; agents resend at most 7 days. */
  private static final int KEPT_RECORDS = 50_000;

  private final RowSeal seal;

  TerminalRepository(RowSeal seal) {
    this.seal = seal;
  }

  /** A record that is in the log. */
  record Known(String hash, EntryReceipt entry) {}

  @Override
  public Optional<Terminal> find(Handle handle, String id) {
    return Sql.first(handle, look(id), row -> read(handle, row));
  }

  static Look look(String id) {
    return new Look("select * from terminal where id = ?", id);
  }

  /** Those of an organ in any state, by id; a row that fails its MAC is left out. */
  List<Terminal> ofOrgan(Handle handle, String organ) {
    return rows(handle).sound().stream().filter(one -> one.organ().equals(organ)).toList();
  }

  /** All terminals, in the order of their ids. */
  List<Terminal> all(Handle handle) {
    return handle
        .createQuery("select * from terminal order by id")
        .map((row, context) -> read(handle, row))
        .list();
  }

  /**
   * All rows.
   *
   * @param sound those that carry their seal
   * @param tampered the others; nothing of them is believed
   */
  record Listed(List<Terminal> sound, List<TamperedException> tampered) {
    Listed {
      sound = List.copyOf(sound);
      tampered = List.copyOf(tampered);
    }
  }

  /** As {@link #all}, with the rows that cannot be believed kept apart. */
  Listed rows(Handle handle) {
    List<Terminal> sound = new ArrayList<>();
    List<TamperedException> tampered = new ArrayList<>();
    handle
        .createQuery("select * from terminal order by id")
        .map((row, context) -> {
          try {
            return Optional.of(read(handle, row));
          } catch (TamperedException e) {
            tampered.add(e);
            return Optional.<Terminal>empty();
          }
        })
        .forEach(found -> found.ifPresent(sound::add));
    return new Listed(sound, tampered);
  }

  /** Whether any terminal has or had this key. */
  boolean knowsKey(Handle handle, byte[] spki) {
    return handle
            .createQuery("select count(*) from terminal where spki = :spki")
            .bind("spki", spki)
            .mapTo(Long.class)
            .one()
        > 0;
  }

  /** Writes the row under the seal of {@code entry}, new or in place of the old one. */
  void save(Change change, Terminal terminal, EntryReceipt entry) {
    int _ =
        change
            .handle()
            .createUpdate(
                """
                insert into terminal (id, organ, state, spki, fingerprint, serial, certificate,
                  not_after, enrolled_at, confirmed_at, last_seq, last_hash, boot, enforcement,
                  fault, silent_since, clock_ahead, entry_id, mac)
                values (:id, :organ, :state, :spki, :fingerprint, :serial, :certificate,
                  :notAfter, :enrolledAt, :confirmedAt, :lastSeq, :lastHash, :boot, :enforcement,
                  :fault, :silentSince, :clockAhead, :entry, :mac)
                on conflict (id) do update set organ = excluded.organ, state = excluded.state,
                  spki = excluded.spki, fingerprint = excluded.fingerprint,
                  serial = excluded.serial, certificate = excluded.certificate,
                  not_after = excluded.not_after, enrolled_at = excluded.enrolled_at,
                  confirmed_at = excluded.confirmed_at, last_seq = excluded.last_seq,
                  last_hash = excluded.last_hash, boot = excluded.boot,
                  enforcement = excluded.enforcement, fault = excluded.fault,
                  silent_since = excluded.silent_since, clock_ahead = excluded.clock_ahead,
                  entry_id = excluded.entry_id, mac = excluded.mac
                """)
            .bind("id", terminal.id())
            .bind("organ", terminal.organ())
            .bind("state", word(terminal.state()))
            .bind("spki", terminal.spki())
            .bind("fingerprint", terminal.fingerprint())
            .bind("serial", terminal.serial())
            .bind("certificate", terminal.certificate())
            .bind("notAfter", terminal.notAfter().toEpochMilli())
            .bind("enrolledAt", terminal.enrolledAt().toEpochMilli())
            .bind("confirmedAt", millis(terminal.confirmedAt()))
            .bind("lastSeq", terminal.lastSeq())
            .bind("lastHash", terminal.lastHash())
            .bind("boot", terminal.boot())
            .bind("enforcement", word(terminal.enforcement()))
            .bind("fault", terminal.fault())
            .bind("silentSince", millis(terminal.silentSince()))
            .bind("clockAhead", terminal.clockAhead())
            .bind("entry", entry.entryId())
            .bind(
                "mac", seal.sealNewest(change, entry, TABLE, key(terminal.id()), columns(terminal)))
            .execute();
  }

  /** The record of a key with that number; empty also when it was forgotten. */
  Optional<Known> record(Handle handle, Terminal terminal, long seq) {
    return handle
        .createQuery(
            "select hash, log, entry_id from device_record"
                + " where fingerprint = :fingerprint and seq = :seq")
        .bind("fingerprint", terminal.fingerprint())
        .bind("seq", seq)
        .map((row, context) ->
            new Known(
                row.getString("hash"),
                new EntryReceipt(row.getBytes("entry_id"), row.getString("log"))))
        .findOne();
  }

  /** Remembers that a record is in the log. */
  void addRecord(Handle handle, Terminal terminal, long seq, Known known) {
    int _ =
        handle
            .createUpdate(
                "insert into device_record (fingerprint, seq, hash, log, entry_id)"
                    + " values (:fingerprint, :seq, :hash, :log, :entry)")
            .bind("fingerprint", terminal.fingerprint())
            .bind("seq", seq)
            .bind("hash", known.hash())
            .bind("log", known.entry().log())
            .bind("entry", known.entry().entryId())
            .execute();
    int _ =
        handle
            .createUpdate(
                "delete from device_record where fingerprint = :fingerprint and seq <= :seq")
            .bind("fingerprint", terminal.fingerprint())
            .bind("seq", seq - KEPT_RECORDS)
            .execute();
  }

  private Terminal read(Handle handle, ResultSet row) throws SQLException {
    String id = row.getString("id");
    Terminal terminal;
    try {
      String enforcement = row.getString("enforcement");
      terminal =
          new Terminal(
              id,
              row.getString("organ"),
              Terminal.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
              row.getBytes("spki"),
              row.getString("fingerprint"),
              row.getString("serial"),
              row.getBytes("certificate"),
              Instant.ofEpochMilli(row.getLong("not_after")),
              Instant.ofEpochMilli(row.getLong("enrolled_at")),
              instant(row, "confirmed_at"),
              row.getLong("last_seq"),
              row.getString("last_hash"),
              row.getString("boot"),
              enforcement == null
                  ? null
                  : Terminal.Enforcement.valueOf(enforcement.toUpperCase(Locale.ROOT)),
              row.getString("fault"),
              instant(row, "silent_since"),
              integer(row, "clock_ahead"));
    } catch (IllegalArgumentException e) {
      throw new TamperedException(TABLE, id);
    }
    if (!seal.verifyNewest(
        handle, row.getBytes("mac"), TABLE, key(id), row.getBytes("entry_id"), columns(terminal))) {
      throw new TamperedException(TABLE, id);
    }
    return terminal;
  }

  private static byte[] key(String id) {
    return id.getBytes(StandardCharsets.UTF_8);
  }

  /** The clock comes last and only where it is off: rows of before the column keep their seal. */
  private static @Nullable Object[] columns(Terminal terminal) {
    List<@Nullable Object> columns = new ArrayList<>();
    columns.add(terminal.id());
    columns.add(terminal.organ());
    columns.add(word(terminal.state()));
    columns.add(terminal.spki());
    columns.add(terminal.fingerprint());
    columns.add(terminal.serial());
    columns.add(terminal.certificate());
    columns.add(terminal.notAfter());
    columns.add(terminal.enrolledAt());
    columns.add(terminal.confirmedAt());
    columns.add(terminal.lastSeq());
    columns.add(terminal.lastHash());
    columns.add(terminal.boot());
    columns.add(word(terminal.enforcement()));
    columns.add(terminal.fault());
    columns.add(terminal.silentSince());
    if (terminal.clockAhead() != null) {
      columns.add(terminal.clockAhead());
    }
    return columns.toArray();
  }

  private static @Nullable String word(@Nullable Enum<?> value) {
    return value == null ? null : value.name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable Long millis(@Nullable Instant time) {
    return time == null ? null : time.toEpochMilli();
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  private static @Nullable Long integer(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }
}
