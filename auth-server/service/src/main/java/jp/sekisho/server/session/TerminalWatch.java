package jp.sekisho.server.session;

import java.util.List;
import jp.sekisho.protocol.event.DeviceRecord;
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
      case "agent.unwatched" -> departed(change, id, record, Cause.SEAT_LOST);
      case "agent.stopped" ->
          sessions.suspendOfTerminal(change, id, Cause.TERMINAL_STOPPED, session -> true);
      case "agent.started" -> {
        sessions.endOfTerminal(
            change, id, Cause.REBOOT, session -> !session.boot().equals(record.boot()));
        // Killed and started again within one boot: it watches no card until one answers again.
        sessions.suspendOfTerminal(change, id, Cause.TERMINAL_STOPPED, session -> true);
      }
      default -> {
        // Other records, and those of newer agents, leave sessions as they are.
      }
    }
  }

  /** A record that names no transactions is taken for all of the terminal: fail closed. */
  private void departed(Change change, String terminal, DeviceRecord record, Cause cause) {
    if (record.data().get("transactions") instanceof List<?> transactions) {
      for (Object transaction : transactions) {
        if (transaction instanceof String id) {
          sessions.cardDeparted(id);
        }
      }
      sessions.suspendOfTerminal(
          change, terminal, cause, session -> transactions.contains(session.transaction()));
    } else {
      sessions.suspendOfTerminal(change, terminal, cause, session -> true);
    }
  }

  @Override
  public void onSilent(Change change, String terminal) {
    sessions.suspendOfTerminal(change, terminal, Cause.TERMINAL_SILENT, session -> true);
  }

  @Override
  public void onRevoked(Change change, Terminal terminal) {
    sessions.endOfTerminal(change, terminal.id(), Cause.REVOKED, session -> true);
  }

  @Override
  public void onServiceRevoked(Change change, String service) {
    sessions.endOfService(change, service);
  }
}
