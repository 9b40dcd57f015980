package jp.sekisho.server.session;

import java.util.Map;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.TerminalObserver;

/**
 * What terminals report, as far as it touches sessions; always inside the unit that records the
 * report.
 *
 * <p>A record of a start under another boot than a session's ends the session, also when the record
 * comes late from a spool: then one login too many is asked for, never one too few.
 */
public final class TerminalWatch implements TerminalObserver {
  private final Sessions sessions;

  public TerminalWatch(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void onRecord(Change change, Terminal terminal, DeviceRecord record, EntryReceipt entry) {
    String id = terminal.id();
    switch (record.type()) {
      case "agent.card-removed" -> departed(change, id, record, Cause.CARD_REMOVED);
      case "agent.seat-lost" -> departed(change, id, record, Cause.SEAT_LOST);
      case "agent.answered" -> answered(change, id, record, entry);
      case "agent.stopped" ->
          sessions.suspendOfTerminal(change, id, Cause.TERMINAL_STOPPED, session -> true);
      case "agent.started" ->
          sessions.endOfTerminal(
              change, id, Cause.REBOOT, session -> !session.boot().equals(record.boot()));
      default -> {
        // Other records, and those of newer agents, leave sessions as they are.
      }
    }
  }

  /** Only an approval leaves the session as it is; the others make or resume one themselves. */
  private void answered(Change change, String terminal, DeviceRecord record, EntryReceipt entry) {
    if (Purpose.APPROVE.text().equals(record.data().get("purpose"))
        && record.data().get("transaction") instanceof String transaction) {
      sessions.watchedUnder(change, entry, terminal, transaction);
    }
  }

  /** A record that names no transaction is taken for all of the terminal: fail closed. */
  private void departed(Change change, String terminal, DeviceRecord record, Cause cause) {
    Map<String, Object> data = record.data();
    if (data.get("transaction") instanceof String transaction) {
      sessions.cardDeparted(transaction);
      sessions.suspendOfTerminal(
          change, terminal, cause, session -> session.transaction().equals(transaction));
    } else {
      sessions.suspendOfTerminal(change, terminal, cause, session -> true);
    }
  }

  @Override
  public void onSilent(Change change, Terminal terminal) {
    sessions.suspendOfTerminal(change, terminal.id(), Cause.TERMINAL_SILENT, session -> true);
  }

  @Override
  public void onRevoked(Change change, Terminal terminal) {
    sessions.endOfTerminal(change, terminal.id(), Cause.REVOKED, session -> true);
  }
}
