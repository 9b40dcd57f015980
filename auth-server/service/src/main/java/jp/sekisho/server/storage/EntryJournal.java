package jp.sekisho.server.storage;

import java.time.Instant;
import java.util.Set;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import org.jdbi.v3.core.Handle;

/** Where {@link Change#record} leaves entries; the audit log implements it. Thread-safe. */
public interface EntryJournal {
  /** Inserts the entry in the transaction of {@code handle}. */
  EntryReceipt append(Handle handle, Instant now, Entry.Subject subject, AuditEvent event);

  /** As {@link #append(Handle, Instant, Entry.Subject, AuditEvent)}, for a terminal's record. */
  EntryReceipt append(Handle handle, Instant now, Entry.Subject subject, DeviceRecord record);

  /** Hears, after the durable COMMIT, which logs have new entries; must return at once. */
  void committed(Set<String> logs);
}
