package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.protocol.RelyingRecord;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.TamperedException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The tables {@code relying_report} and {@code relying_event}: how far each relying service has
 * reported, and which of its events the log has. Thread-safe.
 */
@Singleton
final class RelyingReports {
  /** How long ids are kept; services compare the last seven days. */
  static final Duration KEPT = Duration.ofDays(9);

  private static final String TABLE = "relying_report";

  private final RowSeal seal;

  RelyingReports(RowSeal seal) {
    this.seal = seal;
  }

  /**
   * Where a service stands.
   *
   * @param spool id of its spool; empty before the first report
   * @param seq highest record held of it
   * @param hash of that record
   * @param silentSince when it was last heard before it fell silent; null while it is heard
   */
  record Standing(
      String service, String spool, long seq, String hash, @Nullable Instant silentSince) {
    /** Before any report. */
    static Standing none(String service) {
      return new Standing(service, "", 0, RelyingRecord.GENESIS, null);
    }

    Standing withSilentSince(@Nullable Instant since) {
      return new Standing(service, spool, seq, hash, since);
    }

    Standing at(String nowSpool, long nowSeq, String nowHash) {
      return new Standing(service, nowSpool, nowSeq, nowHash, silentSince);
    }
  }

  /**
   * @throws TamperedException when its row fails the MAC
   */
  Optional<Standing> find(Handle handle, String service) {
    return handle
        .createQuery("select * from relying_report where service = :service")
        .bind("service", service)
        .map((row, context) -> read(row))
        .findOne();
  }

  /** Those that reported once or were missed. */
  List<String> services(Handle handle) {
    return handle
        .createQuery("select service from relying_report order by service")
        .mapTo(String.class)
        .list();
  }

  void save(Handle handle, Standing standing, EntryReceipt entry) {
    Instant silent = standing.silentSince();
    int _ =
        handle
            .createUpdate(
                """
                insert into relying_report (service, spool, seq, hash, silent_since, entry_id, mac)
                values (:service, :spool, :seq, :hash, :silent, :entry, :mac)
                on conflict (service) do update set spool = excluded.spool, seq = excluded.seq,
                  hash = excluded.hash, silent_since = excluded.silent_since,
                  entry_id = excluded.entry_id, mac = excluded.mac
                """)
            .bind("service", standing.service())
            .bind("spool", standing.spool())
            .bind("seq", standing.seq())
            .bind("hash", standing.hash())
            .bind("silent", silent == null ? null : silent.toEpochMilli())
            .bind("entry", entry.entryId())
            .bind("mac", seal.seal(TABLE, entry, columns(standing)))
            .execute();
  }

  /** Notes an event's id; false when it was there. */
  boolean add(Handle handle, String service, String id, Instant now) {
    return handle
            .createUpdate(
                "insert into relying_event (service, id, at) values (:service, :id, :at)"
                    + " on conflict (service, id) do nothing")
            .bind("service", service)
            .bind("id", id)
            .bind("at", now.toEpochMilli())
            .execute()
        == 1;
  }

  /** Forgets ids older than {@link #KEPT}, as part of a unit that has an entry. */
  void forget(Handle handle, String service, Instant now) {
    int _ =
        handle
            .createUpdate("delete from relying_event where service = :service and at < :limit")
            .bind("service", service)
            .bind("limit", now.minus(KEPT).toEpochMilli())
            .execute();
  }

  /** Those of {@code ids} that the log has not. */
  List<String> missing(Handle handle, String service, List<String> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    Set<String> held =
        new HashSet<>(
            handle
                .createQuery(
                    "select id from relying_event where service = :service and id in (<ids>)")
                .bind("service", service)
                .bindList("ids", ids)
                .mapTo(String.class)
                .list());
    List<String> missing = new ArrayList<>(ids);
    missing.removeIf(held::contains);
    return missing;
  }

  private Standing read(ResultSet row) throws SQLException {
    long silent = row.getLong("silent_since");
    Instant since = row.wasNull() ? null : Instant.ofEpochMilli(silent);
    Standing standing =
        new Standing(
            row.getString("service"),
            row.getString("spool"),
            row.getLong("seq"),
            row.getString("hash"),
            since);
    if (!seal.verify(row.getBytes("mac"), TABLE, row.getBytes("entry_id"), columns(standing))) {
      throw new TamperedException(TABLE, standing.service());
    }
    return standing;
  }

  private static @Nullable Object[] columns(Standing standing) {
    return new @Nullable Object[] {
      standing.service(), standing.spool(), standing.seq(), standing.hash(), standing.silentSince()
    };
  }
}
