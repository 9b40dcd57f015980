package jp.sekisho.server.measure;

import java.util.Arrays;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.MeasureEvent;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.server.authn.Approvals;
import jp.sekisho.server.authn.Matter;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import org.jspecify.annotations.Nullable;

/**
 * Puts the text of an exceptional measure before the CISO's card and gives the proved signature its
 * effect; what is none of these goes to the other approvals. Thread-safe.
 */
final class MeasureApprovals implements Approvals {
  private final Transactions transactions;
  private final MeasureRepository rows;
  private final Measures measures;
  private final Approvals others;
  private final boolean lowApproves;

  /**
   * @param others of everything that is no exceptional measure
   * @param lowApproves whether 低保証 cards permit, as they do only in a trial
   */
  MeasureApprovals(
      Transactions transactions,
      MeasureRepository rows,
      Measures measures,
      Approvals others,
      boolean lowApproves) {
    this.transactions = transactions;
    this.rows = rows;
    this.measures = measures;
    this.others = others;
    this.lowApproves = lowApproves;
  }

  @Override
  public Verdict<Matter> matter(Session approver, String subject) {
    boolean ours =
        Ids.isId(subject) && transactions.read(handle -> rows.find(handle, subject)).isPresent();
    return ours ? measure(approver, subject) : others.matter(approver, subject);
  }

  private Verdict<Matter> measure(Session approver, String subject) {
    return transactions.write(change -> {
      Verdict<Measure> taken = measures.take(change, approver, MeasureStep.APPROVE, subject);
      if (taken instanceof Verdict.Passed<Measure>) {
        change.unchanged();
      }
      return taken.then(measure ->
          Verdict.passed(
              new Matter(measure.id(), measure.text().bytes(), "/measures/" + measure.id())));
    });
  }

  @Override
  public Verdict<EntryReceipt> approve(Change change, Approval approval) {
    if (!ExceptionalMeasure.isText(approval.matter().text())) {
      return others.approve(change, approval);
    }
    return measures
        .judge(change, approval.approver(), MeasureStep.APPROVE, approval.matter().subject())
        .then(measure -> {
          Refusal obstacle = obstacle(measure, approval);
          return obstacle == null
              ? renewal(change, measure).then(old -> permit(change, measure, old, approval))
              : Verdict.refused(obstacle);
        });
  }

  private @Nullable Refusal obstacle(Measure measure, Approval approval) {
    if (!Arrays.equals(measure.text().bytes(), approval.matter().text())) {
      return Refusal.APPROVAL_TEXT;
    }
    return approval.low() && !lowApproves ? Refusal.APPROVER_LOW : null;
  }

  /** What it carries on; somebody may have ended or renewed that meanwhile. */
  private Verdict<Optional<Measure>> renewal(Change change, Measure measure) {
    String renews = measure.text().renews();
    if (renews == null) {
      return Verdict.passed(Optional.empty());
    }
    Optional<Measure> old =
        rows.numbered(change.handle(), measure.organ(), renews)
            .filter(one -> one.state() == MeasureState.PERMITTED);
    if (old.isPresent() && !old.get().isCarriedOnBy(measure.text())) {
      return Verdict.refused(Refusal.MEASURE_PERIOD); // A request from before this was asked for.
    }
    return old.isPresent() ? Verdict.passed(old) : Verdict.refused(Refusal.MEASURE_DECIDED);
  }

  private Verdict<EntryReceipt> permit(
      Change change, Measure measure, Optional<Measure> old, Approval approval) {
    Session ciso = approval.approver();
    EntryReceipt entry =
        change.record(
            ciso.subject(),
            new MeasureEvent.Permitted(
                measure.id(),
                measure.number(),
                approval.transaction(),
                measure.text().detail(),
                Base64Url.encode(approval.statement()),
                Base64Url.encode(approval.signature()),
                Base64Url.encode(approval.spki())));
    rows.update(
        change,
        entry,
        measure.permitted(
            change.now(),
            ciso.person(),
            new Measure.Approval(
                approval.transaction(),
                approval.statement(),
                approval.signature(),
                approval.spki())));
    old.ifPresent(one ->
        rows.update(
            change,
            change.record(
                ciso.subject(), new MeasureEvent.Renewed(one.id(), one.number(), measure.number())),
            one.in(MeasureState.RENEWED)));
    return Verdict.passed(entry);
  }

  @Override
  public EntryReceipt refused(Change change, Entry.Subject by, Matter matter, Refusal reason) {
    return ExceptionalMeasure.isText(matter.text())
        ? change.record(
            by, new MeasureEvent.Refused(MeasureStep.APPROVE.text(), matter.subject(), reason))
        : others.refused(change, by, matter, reason);
  }
}
