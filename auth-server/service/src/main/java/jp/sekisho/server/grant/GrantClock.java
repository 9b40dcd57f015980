package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.List;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.grant.Grant.Use;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what time alone decides: expired requests and grants, uses that are over, media that
 * did not come back, uses that nobody reported, occurrences of series whose time comes. Every other
 * step asks the clock itself, so a sweep that does not run loosens nothing. Thread-safe.
 */
public final class GrantClock {
  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Occurrences occurrences;
  private final TamperedRows tampered;

  GrantClock(Transactions transactions, DossierRepository dossiers, Occurrences occurrences) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.occurrences = occurrences;
    this.tampered = new TamperedRows(transactions);
  }

  /** Looks at every exception that waits for something; each change is a unit of its own. */
  public void sweep() {
    List<String> ids = transactions.read(dossiers::waiting);
    for (String id : ids) {
      // One that cannot be settled must not keep the others.
      tampered.watch(
          "settling exception " + id,
          () ->
              transactions.write(change -> {
                Dossier dossier = dossiers.find(change.handle(), id).orElse(null);
                if (dossier == null || !settle(change, dossier)) {
                  change.unchanged();
                }
                return id;
              }));
    }
  }

  private boolean settle(Change change, Dossier dossier) {
    Grant grant = dossier.grant();
    Instant now = change.now();
    boolean pastEnd = !now.isBefore(dossier.text().end());
    if (grant == null) {
      boolean expires = dossier.request().isLate(now);
      if (expires) {
        dossiers.update(
            change,
            change.record(organ(dossier), new GrantEvent.Expired(dossier.id())),
            dossier.request().decided(RequestState.EXPIRED, now, null));
      }
      return expires;
    }
    if (occurrences.settle(change, dossier)) {
      return true;
    }
    GrantState next = next(dossier, grant, now, pastEnd);
    if (next != null) {
      GrantEvent event =
          next == GrantState.EXPIRED
              ? new GrantEvent.Expired(grant.id())
              : new GrantEvent.Ended(grant.id(), "clock");
      dossiers.update(change, change.record(subject(dossier), event), grant.ended(next, now));
      return true;
    }
    String medium = dossier.text().medium();
    boolean overdue =
        pastEnd && dossier.isOut() && grant.overdue() == null && grant.state() != GrantState.ACTIVE;
    if (overdue && medium != null) {
      GrantEvent event =
          new GrantEvent.Overdue(grant.id(), medium, dossier.text().end().toString());
      dossiers.update(change, change.record(organ(dossier), event), grant.overdue(now));
      return true;
    }
    return report(change, dossier, grant, now);
  }

  private boolean report(Change change, Dossier dossier, Grant grant, Instant now) {
    Instant due = dossier.reportDue();
    if (due == null || now.isBefore(due) || grant.reportOverdue() != null) {
      return false;
    }
    GrantEvent event = new GrantEvent.ReportOverdue(grant.id(), due.toString());
    dossiers.update(change, change.record(organ(dossier), event), grant.reportOverdue(now));
    return true;
  }

  private static @Nullable GrantState next(
      Dossier dossier, Grant grant, Instant now, boolean pastEnd) {
    Use use = grant.use();
    if (grant.state() == GrantState.APPROVED && pastEnd) {
      return GrantState.EXPIRED;
    }
    boolean over =
        grant.state() == GrantState.ACTIVE && use != null && !now.isBefore(use.deadline());
    return over ? dossier.used() : null;
  }

  private static Entry.Subject organ(Dossier dossier) {
    return new Entry.Subject(dossier.request().organ(), null, null, null, null);
  }

  private static Entry.Subject subject(Dossier dossier) {
    return Entry.Subject.terminal(dossier.request().organ(), dossier.text().terminal());
  }
}
