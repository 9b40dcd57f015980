package jp.sekisho.server.storage;

import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import org.jdbi.v3.core.Handle;

/** Where {@link Change#record} leaves entries; the audit log implements it. Thread-safe. */
public interface EntryJournal {
  /**
   * An entry inserted in a transaction.
   *
   * @param number its place in its log, from 0, if the transaction is committed
   */
  record Appended(EntryReceipt receipt, long number) {}

  /** Inserts the entry in the transaction of {@code handle}. */
  Appended append(Handle handle, Instant now, Entry.Subject subject, AuditEvent event);

  /** As {@link #append(Handle, Instant, Entry.Subject, AuditEvent)}, for a terminal's record. */
  Appended append(Handle handle, Instant now, Entry.Subject subject, DeviceRecord record);

  /** Hears of a unit's entries after the durable COMMIT; must return at once. */
  void committed(List<Appended> entries);
}
