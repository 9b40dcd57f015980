package jp.sekisho.server.audit;

import java.time.Instant;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;

/**
 * The seal of an entry from its COMMIT to its first checkpoint: made for the row of {@code
 * audit_pending} and carried along into {@code audit_entry}. Its columns, a format on disk: log,
 * number (the index), body, created.
 */
final class EntrySeal {
  private static final String TABLE = "audit_pending";

  private EntrySeal() {}

  /**
   * @param created milliseconds UTC
   */
  static byte[] seal(RowSeal seal, EntryReceipt entry, long number, byte[] body, long created) {
    return seal.seal(TABLE, entry, entry.log(), number, body, Instant.ofEpochMilli(created));
  }

  /** Whether the pending row is as this service wrote it, for this log. */
  static boolean isIntact(RowSeal seal, String log, LogTables.Pending row) {
    return verify(seal, log, row.number(), row.entryId(), row.body(), row.created(), row.mac());
  }

  /** Whether the entry is the pending row that was written for this log and index. */
  static boolean isIntact(RowSeal seal, String log, LogTables.Integrated row) {
    return verify(seal, log, row.index(), row.entryId(), row.body(), row.created(), row.mac());
  }

  private static boolean verify(
      RowSeal seal,
      String log,
      long number,
      byte[] entryId,
      byte[] body,
      long created,
      byte[] mac) {
    return seal.verify(mac, TABLE, entryId, log, number, body, Instant.ofEpochMilli(created));
  }
}
