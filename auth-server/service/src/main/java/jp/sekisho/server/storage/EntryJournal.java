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
   * An entry of a transaction.
   *
   * @param number its place in its log, from 0, if the transaction is committed
   */
  record Appended(EntryReceipt receipt, long number) {}

  /**
   * Begins to take the entries of a transaction.
   *
   * @param turn whose connection an entry asks for when it must look at rows: the unit has a
   *     savepoint then, without which SQLite could end the transaction unnoticed
   */
  Entries begin(Turn turn);

  /** Hears of a unit's entries after the durable COMMIT; must return at once. */
  void committed(List<Appended> entries);

  /**
   * The entries of one transaction, of all its units one after another. Used by one thread.
   *
   * <p>Inserted together before the COMMIT ({@link #write}): a round trip to the database for each
   * of them would cost more than all else a unit does. No unit can look for its own entry there.
   */
  interface Entries {
    /** Numbers an entry of the unit that runs. */
    Appended append(Instant now, Entry.Subject subject, AuditEvent event);

    /** As {@link #append(Instant, Entry.Subject, AuditEvent)}, for a terminal's record. */
    Appended append(Instant now, Entry.Subject subject, DeviceRecord record);

    /**
     * Writes into an entry of the unit that runs that it is the newest word about a row.
     *
     * @throws IllegalArgumentException when it would be too long, or is none of this unit's
     */
    void wrote(EntryReceipt entry, String row);

    /** The unit that ran stays: so do its entries. */
    void keep();

    /** The unit that ran is rolled back: its entries never were, their numbers are given again. */
    void undo();

    /** Inserts what was kept; the COMMIT follows. */
    void write(Handle handle);
  }
}
