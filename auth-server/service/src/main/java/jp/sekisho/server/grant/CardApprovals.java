package jp.sekisho.server.grant;

import java.util.Arrays;
import java.util.List;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.GrantSeries;
import jp.sekisho.protocol.statement.GrantText;
import jp.sekisho.server.authn.Approvals;
import jp.sekisho.server.authn.Matter;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Puts a request's stored text before an approver's card and turns the proved signature into a
 * grant; where two are needed, the first one's is kept and the second one's makes the grant.
 * Thread-safe.
 */
final class CardApprovals implements Approvals {
  private final Transactions transactions;
  private final DossierRepository dossiers;
  private final Shelf shelf;
  private final Limits limits;
  private final Occurrences occurrences;
  private final CardStanding people;

  CardApprovals(
      Transactions transactions,
      DossierRepository dossiers,
      Shelf shelf,
      Limits limits,
      Occurrences occurrences,
      CardStanding people) {
    this.transactions = transactions;
    this.dossiers = dossiers;
    this.shelf = shelf;
    this.limits = limits;
    this.occurrences = occurrences;
    this.people = people;
  }

  @Override
  public Verdict<Matter> matter(Session approver, String subject) {
    return transactions.write(change -> {
      Verdict<Dossier> taken = shelf.take(change, approver, Step.APPROVE, subject);
      if (taken instanceof Verdict.Passed<Dossier>) {
        change.unchanged();
      }
      return taken.then(dossier ->
          Verdict.passed(
              new Matter(dossier.id(), dossier.signs().bytes(), "/grants/" + dossier.id())));
    });
  }

  @Override
  public Verdict<EntryReceipt> approve(Change change, Approval approval) {
    return shelf
        .judge(change, approval.approver(), Step.APPROVE, approval.matter().subject())
        .then(dossier -> {
          Refusal obstacle = obstacle(change, dossier, approval);
          if (obstacle != null) {
            return Verdict.refused(obstacle);
          }
          Extension waiting = dossier.waiting();
          if (waiting != null) {
            return Verdict.passed(extend(change, dossier, waiting, approval));
          }
          return Verdict.passed(
              isFirst(change, dossier)
                  ? approveOnce(change, dossier, approval)
                  : grant(change, dossier, approval));
        });
  }

  @Override
  public EntryReceipt refused(Change change, Entry.Subject by, Matter matter, Refusal reason) {
    return change.record(by, new GrantEvent.Refused(Step.APPROVE.text(), matter.subject(), reason));
  }

  private @Nullable Refusal obstacle(Change change, Dossier dossier, Approval approval) {
    if (!Arrays.equals(dossier.signs().bytes(), approval.matter().text())) {
      return Refusal.APPROVAL_TEXT;
    }
    // The policy may have become stricter since the request.
    Refusal limit = limits.obstacle(change.handle(), dossier.signs());
    Refusal approver =
        limit != null
            ? limit
            : limits.approver(change.handle(), dossier.request().organ(), approval);
    return approver == null ? rules(change, dossier, approval) : approver;
  }

  /** What the rules of the terminal say now of what is approved, and by whom. */
  private @Nullable Refusal rules(Change change, Dossier dossier, Approval approval) {
    Request request = dossier.request();
    boolean two = limits.needsTwo(change.handle(), request.text());
    if (dossier.waiting() != null || request.isSeries()) {
      return two ? Refusal.GRANT_BY_TWO : limits.asked(change.handle(), one(dossier.signs()));
    }
    Request.First first = request.first();
    String person = approval.approver().person();
    if (first == null) {
      return two
          ? limits.asked(change.handle(), request.text())
          : limits.approved(change.handle(), request.text(), List.of(person));
    }
    // Of two persons, whom a policy may name for one key: the keys differ too.
    if (Arrays.equals(first.approval().spki(), approval.spki())) {
      return Refusal.APPROVAL_TWICE;
    }
    return isSound(change, request, first)
        ? limits.approved(change.handle(), request.text(), List.of(first.person(), person))
        : Refusal.APPROVAL_FIRST;
  }

  /** What is used at a time: of a series its first occurrence, which all others are like. */
  private static ExportGrant one(GrantText signed) {
    return switch (signed) {
      case ExportGrant once -> once;
      case GrantSeries series -> series.first();
    };
  }

  /** Whether the first approval is of this text and its card's, and would be given now as then. */
  private boolean isSound(Change change, Request request, Request.First first) {
    return first.isOf(request.signed())
        && stands(change, request, first)
        && limits.approver(
                change.handle(), request.organ(), first.person(), first.approval().spki(), false)
            == null;
  }

  /** Whether who gave it is at work with that card, and decides there as then: deputies too. */
  private boolean stands(Change change, Request request, Request.First first) {
    return people.stands(
            change.handle(), first.person(), first.approval().spki(), request.organ(), change.now())
        && shelf.approves(change, first, request.organ());
  }

  private boolean isFirst(Change change, Dossier dossier) {
    Request request = dossier.request();
    return request.first() == null
        && !request.isSeries()
        && limits.needsTwo(change.handle(), request.text());
  }

  private EntryReceipt approveOnce(Change change, Dossier dossier, Approval approval) {
    Session approver = approval.approver();
    String represented = shelf.represented(change, approver, dossier);
    EntryReceipt entry =
        change.record(
            approver.subject(),
            new GrantEvent.ApprovedOnce(
                dossier.id(),
                approval.transaction(),
                dossier.request().signed().detail(),
                Base64Url.encode(approval.statement()),
                Base64Url.encode(approval.signature()),
                Base64Url.encode(approval.spki()),
                represented));
    shelf.represent(change, entry, approver, Step.APPROVE, dossier, represented);
    dossiers.update(
        change,
        entry,
        dossier
            .request()
            .approvedOnce(
                new Request.First(
                    change.now(),
                    approver.person(),
                    represented,
                    Extension.Approval.of(approval))));
    return entry;
  }

  private EntryReceipt extend(
      Change change, Dossier dossier, Extension waiting, Approval approval) {
    Grant grant = dossier.grant();
    Grant.Use use = grant == null ? null : grant.use();
    if (grant == null || use == null) {
      throw new IllegalStateException("an extension of what is not in use passed its check");
    }
    Session approver = approval.approver();
    String represented = shelf.represented(change, approver, dossier);
    Grant longer = grant.extended(waiting.text().deadline(use.at()));
    EntryReceipt entry =
        change.record(
            approver.subject(),
            new GrantEvent.Extended(
                dossier.id(),
                approval.transaction(),
                waiting.text().detail(),
                Base64Url.encode(approval.statement()),
                Base64Url.encode(approval.signature()),
                Base64Url.encode(approval.spki()),
                waiting.text().deadline(use.at()).toString(),
                represented));
    shelf.represent(change, entry, approver, Step.APPROVE, dossier, represented);
    dossiers.update(
        change,
        entry,
        waiting.approved(change.now(), approver.person(), Extension.Approval.of(approval)));
    dossiers.update(change, entry, longer);
    return entry;
  }

  private EntryReceipt grant(Change change, Dossier dossier, Approval approval) {
    Session approver = approval.approver();
    String represented = shelf.represented(change, approver, dossier);
    EntryReceipt entry =
        change.record(approver.subject(), approved(dossier.request(), approval, represented));
    shelf.represent(change, entry, approver, Step.APPROVE, dossier, represented);
    dossiers.update(
        change,
        entry,
        dossier.request().decided(RequestState.APPROVED, change.now(), approver.person()));
    dossiers.insert(
        change,
        entry,
        new Grant(
            dossier.id(),
            dossier.text().terminal(),
            approval.transaction(),
            approval.statement(),
            approval.signature(),
            approval.spki(),
            GrantState.APPROVED,
            null,
            null,
            null,
            null,
            null));
    if (dossier.request().isSeries()) {
      // Its first time may be today: whoever waits for it need not wait for the next sweep.
      var _ =
          occurrences.settle(change, dossiers.find(change.handle(), dossier.id()).orElseThrow());
    }
    return entry;
  }

  private static GrantEvent approved(
      Request request, Approval approval, @Nullable String represented) {
    String statement = Base64Url.encode(approval.statement());
    String signature = Base64Url.encode(approval.signature());
    String spki = Base64Url.encode(approval.spki());
    return switch (request.signed()) {
      case ExportGrant once ->
          new GrantEvent.Approved(
              once.request(),
              approval.transaction(),
              once.detail(),
              statement,
              signature,
              spki,
              represented);
      case GrantSeries series ->
          new GrantEvent.SeriesApproved(
              series.request(),
              approval.transaction(),
              series.detail(),
              statement,
              signature,
              spki,
              series.repeat().text(),
              series.count(),
              series.first().start().toString(),
              series.whole().end().toString(),
              represented);
    };
  }
}
