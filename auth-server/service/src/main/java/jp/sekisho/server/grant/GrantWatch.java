package jp.sekisho.server.grant;

import java.util.Set;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.grant.DossierRepository.Listed;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.TerminalObserver;

/**
 * What terminals report of uses, as far as it moves an exception: a use whose time is over, or,
 * where no medium has to come back, that its person ended. What was closed for another cause (card
 * out, unplugged, agent stopped) may be opened again within its deadline, so it moves nothing.
 * Terminals move only their own grants.
 */
public final class GrantWatch implements TerminalObserver {
  private static final Set<String> OVER = Set.of("deadline", "end");

  /** What the person did at the terminal; of a medium only its return says that it is over. */
  private static final String ENDED = "ended";

  private static final Set<String> CLOSED = Set.of("export.closed", "clipboard.closed");

  private final DossierRepository dossiers;

  GrantWatch(DossierRepository dossiers) {
    this.dossiers = dossiers;
  }

  @Override
  public void onRecord(Change change, Terminal terminal, DeviceRecord record, EntryReceipt entry) {
    if (CLOSED.contains(record.type())
        && record.data().get("grant") instanceof String id
        && record.data().get("cause") instanceof String cause
        && (OVER.contains(cause) || cause.equals(ENDED))
        && Ids.isId(id)) {
      try {
        closed(change, terminal, id, cause);
      } catch (TamperedException e) {
        // The record itself must still be taken: it is evidence.
        tampered(change, e);
      }
    }
  }

  private void closed(Change change, Terminal terminal, String id, String cause) {
    Dossier dossier = dossiers.find(change.handle(), id).orElse(null);
    Grant grant = dossier == null ? null : dossier.grant();
    if (dossier != null
        && grant != null
        && grant.terminal().equals(terminal.id())
        && grant.state() == GrantState.ACTIVE
        && (OVER.contains(cause) || !dossier.isOfMedium())) {
      EntryReceipt ended = change.record(terminal.subject(), new GrantEvent.Ended(id, cause));
      dossiers.update(change, ended, grant.ended(dossier.used(), change.now()));
    }
  }

  @Override
  public void onSilent(Change change, String terminal) {
    // A terminal without a line goes on by its own clock; nothing changes here.
  }

  @Override
  public void onRevoked(Change change, Terminal terminal) {
    Listed found = dossiers.ofTerminal(change.handle(), terminal.id());
    // Such a row is worth nothing to anybody, and must not keep a terminal registered.
    found.tampered().forEach(row -> tampered(change, row));
    for (Dossier dossier : found.sound()) {
      Grant grant = dossier.grant();
      if (grant != null) {
        EntryReceipt entry = change.record(terminal.subject(), new GrantEvent.Revoked(grant.id()));
        dossiers.update(change, entry, grant.ended(GrantState.REVOKED, change.now()));
      }
    }
  }

  private static void tampered(Change change, TamperedException row) {
    change.record(Entry.Subject.NONE, new ServiceEvent.StateTampered(row.table(), row.row()));
  }
}
