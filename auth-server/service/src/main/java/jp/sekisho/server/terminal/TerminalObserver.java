package jp.sekisho.server.terminal;

import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;

/**
 * A feature that must act on what happens to terminals, in the same unit: either both are durable
 * or neither is. An exception rolls the unit back, and nothing of the batch is acknowledged.
 */
public interface TerminalObserver {
  /**
   * A new record of a terminal was taken into the log; called once per record, in their order.
   *
   * @param terminal as it was before this record: {@code terminal.boot()} differs from {@code
   *     record.boot()} when the terminal was started anew
   * @param entry the record's own entry
   */
  void onRecord(Change change, Terminal terminal, DeviceRecord record, EntryReceipt entry);

  /**
   * Nothing was heard for three intervals, while this service was up; or its records did not arrive
   * for as long; or its row was tampered with.
   *
   * @param terminal its id: nothing else need be known of it
   */
  void onSilent(Change change, String terminal);

  /** An administrator removed the registration. */
  void onRevoked(Change change, Terminal terminal);

  /** An administrator removed the registration of a relying service. */
  default void onServiceRevoked(Change change, String service) {}
}
