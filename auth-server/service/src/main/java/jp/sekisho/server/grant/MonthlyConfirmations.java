package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.SeriesConfirmation;
import jp.sekisho.server.authn.Approvals;
import jp.sekisho.server.authn.Matter;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Puts what was used of a series in one month before an approver's card, and with the proved
 * signature lets it go on for the next (月次確認); what is no approved series goes to the other
 * approvals. Thread-safe.
 */
final class MonthlyConfirmations implements Approvals {
  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Shelf shelf;
  private final Limits limits;
  private final Occurrences occurrences;
  private final Approvals others;

  /**
   * @param others of everything that is no approved series
   */
  MonthlyConfirmations(
      Transactions transactions,
      DossierRepository dossiers,
      Shelf shelf,
      Limits limits,
      Occurrences occurrences,
      Approvals others) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.shelf = shelf;
    this.limits = limits;
    this.occurrences = occurrences;
    this.others = others;
  }

  @Override
  public Verdict<Matter> matter(Session approver, String subject) {
    boolean ours =
        Ids.isId(subject)
            && transactions
                .read(handle -> dossiers.find(handle, subject))
                .filter(dossier -> dossier.request().isSeries() && dossier.grant() != null)
                .isPresent();
    return ours ? month(approver, subject) : others.matter(approver, subject);
  }

  private Verdict<Matter> month(Session approver, String subject) {
    return transactions.write(change -> {
      Verdict<Dossier> taken = shelf.take(change, approver, Step.CONFIRM, subject);
      if (taken instanceof Verdict.Passed<Dossier>) {
        change.unchanged();
      }
      return taken.then(dossier ->
          Verdict.passed(
              new Matter(
                  dossier.id(),
                  due(change.handle(), dossier, change.now()).bytes(),
                  "/grants/" + dossier.id())));
    });
  }

  private SeriesConfirmation due(Handle handle, Dossier dossier, Instant now) {
    SeriesConfirmation due = occurrences.due(handle, dossier, now);
    if (due == null) {
      throw new IllegalStateException("nothing to confirm passed its check");
    }
    return due;
  }

  @Override
  public Verdict<EntryReceipt> approve(Change change, Approval approval) {
    if (!SeriesConfirmation.isOne(approval.matter().text())) {
      return others.approve(change, approval);
    }
    return shelf
        .judge(change, approval.approver(), Step.CONFIRM, approval.matter().subject())
        .then(dossier -> {
          SeriesConfirmation text = due(change.handle(), dossier, change.now());
          Refusal obstacle = obstacle(change, dossier, text, approval);
          return obstacle == null
              ? Verdict.passed(confirm(change, dossier, text, approval))
              : Verdict.refused(obstacle);
        });
  }

  private @Nullable Refusal obstacle(
      Change change, Dossier dossier, SeriesConfirmation text, Approval approval) {
    if (!Arrays.equals(text.bytes(), approval.matter().text())) {
      return Refusal.APPROVAL_TEXT; // Another month by now, or something was used meanwhile.
    }
    Refusal limit = limits.obstacle(change.handle(), dossier.request().signed());
    Refusal approver =
        limit != null
            ? limit
            : limits.approver(change.handle(), dossier.request().organ(), approval);
    return approver == null ? rules(change, dossier) : approver;
  }

  /**
   * What the rules of the terminal say now of the series' times, as at their activation: a month in
   * which none of them would open is not signed.
   */
  private @Nullable Refusal rules(Change change, Dossier dossier) {
    Request request = dossier.request();
    Turn turn = request.turn();
    String by = request.decidedBy();
    if (turn == null || by == null) {
      throw new IllegalStateException("a month of no approved series passed its check");
    }
    return limits.approved(change.handle(), turn.series().first(), List.of(by));
  }

  private EntryReceipt confirm(
      Change change, Dossier dossier, SeriesConfirmation text, Approval approval) {
    Session approver = approval.approver();
    String represented = shelf.represented(change, approver, dossier);
    EntryReceipt entry =
        change.record(
            approver.subject(),
            new GrantEvent.SeriesConfirmed(
                dossier.id(),
                text.month().toString(),
                approval.transaction(),
                Base64Url.encode(text.bytes()),
                Base64Url.encode(approval.statement()),
                Base64Url.encode(approval.signature()),
                Base64Url.encode(approval.spki()),
                represented));
    shelf.represent(change, entry, approver, Step.CONFIRM, dossier, represented);
    dossiers.insert(
        change,
        entry,
        new Confirmation(text, change.now(), approver.person(), Extension.Approval.of(approval)));
    return entry;
  }

  @Override
  public EntryReceipt refused(Change change, Entry.Subject by, Matter matter, Refusal reason) {
    return SeriesConfirmation.isOne(matter.text())
        ? change.record(by, new GrantEvent.Refused(Step.CONFIRM.text(), matter.subject(), reason))
        : others.refused(change, by, matter, reason);
  }
}
