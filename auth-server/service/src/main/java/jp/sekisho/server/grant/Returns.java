package jp.sekisho.server.grant;

import jp.sekisho.protocol.HandedOver;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedUse;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.FreeText;
import jp.sekisho.server.storage.Transactions;

/**
 * Confirms that a medium came back (返却確認) or was handed over against a receipt (引渡し), which closes
 * its exception, and that what came back is erased (消去確認); takes the report of an occurrence's use
 * (事後報告). Thread-safe.
 */
public final class Returns {
  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Shelf shelf;
  private final Loans loans;

  Returns(Transactions transactions, DossierRepository dossiers, Shelf shelf, Loans loans) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.shelf = shelf;
    this.loans = loans;
  }

  /** By an approver, an administrator, who asked for it, or who used it. */
  public Verdict<Dossier> confirm(Session by, String id) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.RETURN, id)
            .then(dossier -> {
              Grant grant = known(dossier);
              EntryReceipt entry =
                  change.record(by.subject(), new GrantEvent.Returned(id, medium(dossier)));
              Grant closed = grant.returned(change.now(), by.person());
              dossiers.update(change, entry, closed);
              return Verdict.passed(dossier.with(closed));
            }));
  }

  /** The medium was given to whom it was for; instead of a return, by whoever could confirm one. */
  public Verdict<Dossier> handOver(Session by, String id, HandedOver what) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.HAND_OVER, id)
            .then(dossier -> {
              String receipt = FreeText.normal(what.receipt());
              if (!Names.isReference(receipt)) {
                return Shelf.refuse(
                    change, by, Step.HAND_OVER.text(), id, Refusal.GRANT_INCOMPLETE);
              }
              Grant grant = known(dossier);
              EntryReceipt entry =
                  change.record(
                      by.subject(), new GrantEvent.HandedOver(id, medium(dossier), receipt));
              Grant closed = grant.handedOver(change.now(), by.person(), receipt);
              dossiers.update(change, entry, closed);
              loans.handedOver(change, entry, medium(dossier), dossier.request().organ(), receipt);
              return Verdict.passed(dossier.with(closed));
            }));
  }

  /** What was on the medium that came back is erased; by whoever could confirm its return. */
  public Verdict<Dossier> erase(Session by, String id) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.ERASE, id)
            .then(dossier -> {
              EntryReceipt entry =
                  change.record(by.subject(), new GrantEvent.Erased(id, medium(dossier)));
              Grant erased = known(dossier).erased(new Grant.Erasure(change.now(), by.person()));
              dossiers.update(change, entry, erased);
              return Verdict.passed(dossier.with(erased));
            }));
  }

  private static Grant known(Dossier dossier) {
    Grant grant = dossier.grant();
    if (grant == null) {
      throw new IllegalStateException("what nobody approved passed the check of a step");
    }
    return grant;
  }

  private static String medium(Dossier dossier) {
    String medium = dossier.text().medium();
    if (medium == null) {
      throw new IllegalStateException("what is about no medium passed the check of a step");
    }
    return medium;
  }

  /** What became of the use of an occurrence; once, and what is said stays in the row only. */
  public Verdict<Dossier> report(Session by, String id, ReportedUse what) {
    return transactions.write(change ->
        shelf
            .take(change, by, Step.REPORT, id)
            .then(dossier -> {
              String said = FreeText.normal(what.said());
              Refusal fault = Requests.fault(said);
              if (fault != null) {
                return Shelf.refuse(change, by, Step.REPORT.text(), id, fault);
              }
              Grant grant = known(dossier);
              EntryReceipt entry = change.record(by.subject(), new GrantEvent.Reported(id));
              Grant reported = grant.reported(new Grant.Report(change.now(), by.person(), said));
              dossiers.update(change, entry, reported);
              return Verdict.passed(dossier.with(reported));
            }));
  }
}
