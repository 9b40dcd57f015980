package jp.sekisho.server.grant;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.AbsenceLine;
import jp.sekisho.protocol.DeputyLine;
import jp.sekisho.protocol.DeputyList;
import jp.sekisho.protocol.NamedAbsence;
import jp.sekisho.protocol.NewAbsence;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReviewLine;
import jp.sekisho.protocol.event.GrantEvent;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * Who looks afterwards at what deputies decided (後閲), and what a page shows of deputies. Looking is
 * a step with its entry; until it is done the decision stands in the list. Thread-safe.
 */
public final class Reviews {
  /** The word of the step. */
  static final String STEP = "review";

  private static final int MOST = 200;

  private final Transactions transactions;
  private final Shelf shelf;
  private final ReviewRepository rows;
  private final Roles roles;
  private final Deputies deputies;
  private final InstantSource clock;

  Reviews(
      Transactions transactions,
      Shelf shelf,
      ReviewRepository rows,
      Roles roles,
      Deputies deputies,
      InstantSource clock) {
    this.transactions = transactions;
    this.shelf = shelf;
    this.rows = rows;
    this.roles = roles;
    this.deputies = deputies;
    this.clock = clock;
  }

  List<Review> of(Handle handle, Dossier dossier) {
    return rows.of(handle, dossier.id());
  }

  /**
   * Whether a person is to look at a decision: who was represented, and once that person decides
   * nothing any more, another approver than the deputy whose own matter it is not.
   */
  boolean isFor(Handle handle, Rights rights, Request request, Review review, Instant at) {
    if (!review.isOpen()) {
      return false;
    }
    if (rights.person().equals(review.represented())) {
      return true;
    }
    return rights.approver()
        && !rights.person().equals(review.decider())
        && !request.concerns(rights.person())
        && !roles.has(handle, review.represented(), Role.APPROVER, review.organ(), at);
  }

  /** Looks at what was decided about an exception in the person's place. */
  public Verdict<Dossier> done(Session by, String id) {
    return transactions.write(change -> {
      Optional<Dossier> found = shelf.find(change.handle(), by, id, change.now());
      if (found.isEmpty()) {
        return Shelf.refuse(change, by, STEP, Ids.isId(id) ? id : null, Refusal.GRANT_UNKNOWN);
      }
      Dossier dossier = found.get();
      Rights rights = shelf.rights(change.handle(), by, change.now());
      List<Review> mine =
          of(change.handle(), dossier).stream()
              .filter(one -> isFor(change.handle(), rights, dossier.request(), one, change.now()))
              .toList();
      if (mine.isEmpty()) {
        return Shelf.refuse(change, by, STEP, id, Refusal.ROLE_MISSING);
      }
      for (Review one : mine) {
        rows.update(
            change,
            change.record(
                by.subject(),
                new GrantEvent.Reviewed(id, one.step(), one.decider(), one.represented())),
            one.reviewed(change.now(), by.person()));
      }
      return Verdict.passed(dossier);
    });
  }

  /** An absence that begins; the answer is what the page shows then. */
  public Verdict<DeputyList> absent(Session by, NewAbsence wanted) {
    return deputies.absent(by, wanted).then(_ -> Verdict.passed(list(by)));
  }

  /** An absence that is over before its time. */
  public Verdict<DeputyList> back(Session by, NamedAbsence named) {
    return deputies.back(by, named.absence()).then(_ -> Verdict.passed(list(by)));
  }

  /** Whether a person has to do with decisions in the organ, now or as a deputy. */
  public boolean decides(Session session) {
    return transactions.read(handle -> shelf.rights(handle, session, clock.instant()).seesAll());
  }

  /** For what a form begins with. */
  public Instant now() {
    return clock.instant();
  }

  /** What the session's person may see: who decides nothing sees the orders alone. */
  public DeputyList list(Session session) {
    Instant now = clock.instant();
    return transactions.read(handle -> {
      Rights rights = shelf.rights(handle, session, now);
      List<DeputyLine> orders =
          deputies.orders(handle, session.organ(), now).stream().map(Reviews::line).toList();
      boolean sees = rights.seesAll();
      return new DeputyList(
          orders,
          deputies.absences(handle, session.organ(), now).stream()
              .filter(one -> sees || one.person().equals(session.person()))
              .map(one -> line(one, rights))
              .toList(),
          sees
              ? rows.open(handle, session.organ(), MOST).stream().map(Reviews::line).toList()
              : List.of());
    });
  }

  private static DeputyLine line(Deputy one) {
    return new DeputyLine(
        one.id(),
        one.division(),
        one.rank(),
        one.person(),
        one.validity().from().toString(),
        one.validity().until().toString(),
        one.reference());
  }

  private static AbsenceLine line(Absence one, Rights rights) {
    return new AbsenceLine(
        one.id(),
        one.person(),
        one.start().toString(),
        one.end().toString(),
        one.by(),
        rights.admin() || rights.person().equals(one.person()));
  }

  static ReviewLine line(Review one) {
    Instant at = one.reviewed();
    return new ReviewLine(
        one.grant(),
        one.step(),
        one.represented(),
        one.decider(),
        one.decided().toString(),
        one.reviewedBy(),
        at == null ? null : at.toString());
  }
}
