package jp.sekisho.server.audit;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.audit.entry.KeepEntry;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.TamperedException;

/**
 * The term and the legal holds of a log as its own entries tell them: what holds if the file that
 * keeps them was lost, or put back from a time before. Thread-safe.
 *
 * <p>Every entry that was not deleted is read and compared with the signed root: whoever can edit
 * the database cannot hide the one entry that matters by breaking it for as long as this looks. A
 * hold's entry is never deleted while the hold stands, since nothing is.
 */
final class LoggedHolds {
  private final AuditLogs logs;
  private final ClosedGenerations closed;

  LoggedHolds(AuditLogs logs) {
    this.logs = logs;
    this.closed = new ClosedGenerations(logs);
  }

  /**
   * What the entries tell.
   *
   * @param holds that stand, the oldest first
   * @param years the term set last; 0 when no entry that is left sets one
   */
  record Kept(List<Retention.Hold> holds, int years) {
    Kept {
      holds = List.copyOf(holds);
    }
  }

  /**
   * Reads every generation of the log, except those lost with a database, as the log says.
   *
   * @throws TamperedException when an entry is not as it was signed, or a generation is gone
   */
  Kept of(String organ) {
    logs.integrateNow(); // one that was set just now counts as well
    closed.require(organ);
    Map<String, Retention.Hold> standing = new LinkedHashMap<>();
    int years = 0;
    for (String generation : logs.generations(organ)) {
      // A bundle is read up to the checkpoint, and ends with an exception unless it has its root.
      Iterator<byte[]> entries = logs.bundle(generation).entries();
      while (entries.hasNext()) {
        byte[] body = entries.next();
        KeepEntry kept = KeepEntry.read(body).orElse(null);
        if (kept != null && kept.kind() == KeepEntry.Kind.TERM_SET) {
          years = (int) kept.years();
        } else if (kept != null && kept.kind() == KeepEntry.Kind.HOLD_SET) {
          standing.put(kept.hold(), hold(organ, kept.hold(), body));
        } else if (kept != null) {
          standing.remove(kept.hold());
        }
      }
    }
    return new Kept(new ArrayList<>(standing.values()), years);
  }

  private static Retention.Hold hold(String organ, String id, byte[] body) {
    try {
      Entry entry = Entry.parse(body);
      return new Retention.Hold(
          id,
          entry.time().truncatedTo(ChronoUnit.SECONDS).toString(),
          String.valueOf(entry.data().get("reference")));
    } catch (MalformedException e) {
      throw new TamperedException("audit_entry", organ);
    }
  }
}
