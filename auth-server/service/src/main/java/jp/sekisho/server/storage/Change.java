package jp.sekisho.server.storage;

import java.time.Instant;
import jp.sekisho.protocol.event.AuditEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import org.jdbi.v3.core.Handle;

/**
 * One unit of work inside {@link Transactions#write}: the rows to change and the entries that say
 * so. Valid only while the unit runs, on its thread.
 */
public interface Change {
  /** The connection of this unit. Never commit, roll back or keep it. */
  Handle handle();

  /** The one time of this unit, UTC, milliseconds. */
  Instant now();

  /**
   * Adds an entry that becomes durable together with the rows changed here.
   *
   * <p>The log is that of {@code subject.organ()}; without one it is {@code system}.
   *
   * @throws IllegalArgumentException when the entry has no canonical form, exceeds 16 KiB or names
   *     an organ without a log; the unit must fail with it
   */
  EntryReceipt record(Entry.Subject subject, AuditEvent event);

  /** As {@link #record(Entry.Subject, AuditEvent)}, for a terminal's own record. */
  EntryReceipt record(Entry.Subject subject, DeviceRecord record);

  /**
   * Writes into an entry of this unit that it is the newest word about a sealed row; for {@link
   * RowSeal#sealNewest}.
   *
   * @throws IllegalArgumentException when the entry would be too long, or is none of this unit's
   */
  void wrote(EntryReceipt entry, String row);

  /**
   * Declares that nothing was changed: the unit is rolled back and needs no entry.
   *
   * @throws IllegalStateException after {@code record}
   */
  void unchanged();
}
