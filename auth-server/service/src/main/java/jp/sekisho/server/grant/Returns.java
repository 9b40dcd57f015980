package jp.sekisho.server.grant;

import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;

/**
 * Confirms that a medium came back (返却確認), which closes its exception, and takes the report of an
 * occurrence's use (事後報告). Thread-safe.
 */
public final class Returns {
  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Shelf shelf;

  Returns(Transactions transactions, DossierRepository dossiers, Shelf shelf) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.shelf = shelf;
  }

  /** By an approver, an administrator, who asked for it, or who used it. */
  public Verdict<Dossier> confirm(Session by, String id) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.RETURN, id)
            .then(dossier -> {
              Grant grant = dossier.grant();
              if (grant == null) {
                throw new IllegalStateException("nothing to return passed its check");
              }
              EntryReceipt entry =
                  change.record(by.subject(), new GrantEvent.Returned(id, dossier.text().medium()));
              Grant closed = grant.returned(change.now(), by.person());
              dossiers.update(change, entry, closed);
              return Verdict.passed(dossier.with(closed));
            }));
  }

  /** What became of the use of an occurrence; once, and what is said stays in the row only. */
  public Verdict<Dossier> report(Session by, String id, ReportedUse what) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.REPORT, id)
            .then(dossier -> {
              String said = Requests.normal(what.said());
              Refusal fault = Requests.fault(said);
              if (fault != null) {
                return Shelf.refuse(change, by, Step.REPORT.text(), id, fault);
              }
              Grant grant = dossier.grant();
              if (grant == null) {
                throw new IllegalStateException("nothing to report passed its check");
              }
              EntryReceipt entry = change.record(by.subject(), new GrantEvent.Reported(id));
              Grant reported = grant.reported(new Grant.Report(change.now(), by.person(), said));
              dossiers.update(change, entry, reported);
              return Verdict.passed(dossier.with(reported));
            }));
  }
}
