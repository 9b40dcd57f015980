package jp.sekisho.server.emergency;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.EmergencyCaseEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.protocol.statement.BreakGlass;
import jp.sekisho.server.emergency.EmergencyCase.End;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.TerminalObserver;

/**
 * Opens a case for each medium that a terminal says it opened under an 緊急時の例外措置, in the unit that
 * takes the record. What the record says is believed as far as its form goes; the signatures stand
 * in the log beside it.
 */
final class EmergencyWatch implements TerminalObserver {
  private final EmergencyRepository cases;

  EmergencyWatch(EmergencyRepository cases) {
    this.cases = cases;
  }

  @Override
  public void onRecord(Change change, Terminal terminal, DeviceRecord record, EntryReceipt entry) {
    if (record.data().get("grant") instanceof String id && isBase64Url(id, 16)) {
      switch (record.type()) {
        case "emergency.opened" -> opened(change, terminal, record, id);
        case "emergency.closed" -> closed(change, terminal, record, entry, id);
        default -> {
          // Another step, or another feature's: its entry says it all.
        }
      }
    }
  }

  private void opened(Change change, Terminal terminal, DeviceRecord record, String id) {
    Optional<EmergencyCase> told = read(change, terminal, record, id);
    if (told.isEmpty() || cases.exists(change.handle(), id)) {
      return;
    }
    EmergencyCase one = told.get();
    EntryReceipt entry =
        change.record(
            terminal.subject(),
            new EmergencyCaseEvent.CaseOpened(
                id, one.person(), terminal.id(), one.due().toString()));
    cases.insert(change, entry, one);
  }

  private static Optional<EmergencyCase> read(
      Change change, Terminal terminal, DeviceRecord record, String id) {
    Map<String, Object> data = record.data();
    if (data.get("person") instanceof String person
        && Names.isPerson(person)
        && data.get("approvers") instanceof List<?> listed
        && data.get("fingerprint") instanceof String fingerprint
        && isBase64Url(fingerprint, 32)
        && data.get("why") instanceof String why
        && isReason(why)
        && data.get("minutes") instanceof Long minutes
        && minutes >= 1
        && minutes <= BreakGlass.MAX_MINUTES) {
      List<String> approvers = new ArrayList<>();
      for (Object approver : listed) {
        if (approver instanceof String number && Names.isPerson(number)) {
          approvers.add(number);
        }
      }
      return approvers.size() != 2
          ? Optional.empty()
          : Optional.of(
              new EmergencyCase(
                  id,
                  terminal.organ(),
                  terminal.id(),
                  person,
                  approvers,
                  fingerprint,
                  why,
                  Math.toIntExact(minutes),
                  record.time(),
                  change.now(),
                  null,
                  null,
                  null,
                  null));
    }
    return Optional.empty();
  }

  private static boolean isReason(String why) {
    try {
      return BreakGlass.Reason.parse(why).text().equals(why);
    } catch (MalformedException e) {
      return false;
    }
  }

  private static boolean isBase64Url(String text, int length) {
    try {
      return Base64Url.decode(text, length).length == length;
    } catch (MalformedException e) {
      return false;
    }
  }

  private void closed(
      Change change, Terminal terminal, DeviceRecord record, EntryReceipt entry, String id) {
    try {
      EmergencyCase one = cases.find(change.handle(), id).orElse(null);
      if (one != null
          && one.terminal().equals(terminal.id())
          && one.ended() == null
          && record.data().get("cause") instanceof String cause
          && cause.length() <= 40) {
        cases.update(change, entry, one.ended(new End(record.time(), cause)));
      }
    } catch (TamperedException e) {
      // The record itself must still be taken: it is evidence.
      EntryReceipt _ =
          change.record(Entry.Subject.NONE, new ServiceEvent.StateTampered(e.table(), e.row()));
    }
  }

  @Override
  public void onSilent(Change change, String terminal) {
    // A case is about what was done; silence changes nothing of it.
  }

  @Override
  public void onRevoked(Change change, Terminal terminal) {
    // It still has to be reported.
  }
}
