package jp.sekisho.server.measure;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.MeasureView;
import jp.sekisho.protocol.MeasureViews;
import jp.sekisho.protocol.event.MeasureEvent.Due;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.measure.Measure.Approval;
import jp.sekisho.server.measure.Measure.Decision;
import jp.sekisho.server.measure.Measure.Said;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The register of exceptional measures as the session's person may see it, each with what that
 * person may do. Thread-safe.
 */
public final class MeasureRegister {
  private final Transactions transactions;
  private final MeasureRepository rows;
  private final Measures measures;
  private final Comparison comparison;
  private final Persons persons;
  private final InstantSource clock;
  private final TamperedRows tampered;

  MeasureRegister(
      Transactions transactions,
      MeasureRepository rows,
      Measures measures,
      Comparison comparison,
      Persons persons,
      InstantSource clock) {
    this.transactions = transactions;
    this.rows = rows;
    this.measures = measures;
    this.comparison = comparison;
    this.persons = persons;
    this.clock = clock;
    this.tampered = new TamperedRows(transactions);
  }

  private record Seen(MeasureViews views, SealedRows<Measure> found) {}

  /** Whether the session's person may see the register of the own 機関. */
  public boolean sees(Session session) {
    Instant now = clock.instant();
    return transactions.read(handle -> measures.rights(handle, session, now).sees());
  }

  /** Whether the session's person may ask for a measure. */
  public boolean asks(Session session) {
    Instant now = clock.instant();
    return transactions.read(handle -> measures.rights(handle, session, now).manager());
  }

  /** The day that counts now. */
  public LocalDate today() {
    return Validity.day(clock.instant());
  }

  /** The register; empty for who may not see it. */
  public Optional<MeasureViews> list(Session session) {
    Instant now = clock.instant();
    Optional<Seen> seen =
        transactions.read(handle -> {
          MeasureRights rights = measures.rights(handle, session, now);
          if (!rights.sees()) {
            return Optional.empty();
          }
          SealedRows<Measure> found = rows.ofOrgan(handle, session.organ(), MeasureViews.MOST);
          LocalDate today = Validity.day(now);
          return Optional.of(
              new Seen(
                  new MeasureViews(
                      found.sound().stream().map(one -> view(one, rights, today)).toList(),
                      comparison.of(handle, session.organ(), today)),
                  found));
        });
    seen.ifPresent(all -> all.found().tampered().forEach(tampered::report));
    return seen.map(Seen::views);
  }

  /** One measure; empty when there is none that this person may see. */
  public Optional<MeasureView> find(Session session, String id) {
    Instant now = clock.instant();
    return transactions.read(handle ->
        measures
            .find(handle, session, id, now)
            .map(found -> view(found, measures.rights(handle, session, now), Validity.day(now))));
  }

  /**
   * A person on paper.
   *
   * @param name "" when the directory has none
   */
  public record Named(String number, String name) {}

  /**
   * What printed forms say of a measure beside the view.
   *
   * @param organ name of the 機関
   * @param ciso who decided; null before
   */
  public record Paper(MeasureView view, String organ, Named asker, @Nullable Named ciso) {}

  /** What is printed of one measure; empty as {@link #find}. */
  public Optional<Paper> paper(Session session, String id) {
    return find(session, id)
        .map(view ->
            transactions.read(handle -> {
              String decided = view.decidedBy();
              return new Paper(
                  view,
                  persons.organName(handle, session.organ()).orElse(session.organ()),
                  named(handle, view.asker()),
                  decided == null ? null : named(handle, decided));
            }));
  }

  private Named named(Handle handle, String number) {
    return new Named(number, persons.name(handle, number).orElse(""));
  }

  private static MeasureView view(Measure measure, MeasureRights rights, LocalDate today) {
    ExceptionalMeasure text = measure.text();
    Decision decision = measure.decision();
    Approval approval = measure.approval();
    Said review = measure.review();
    Said end = measure.end();
    Due due = measure.due(today);
    List<String> actions = new ArrayList<>();
    for (MeasureStep step : MeasureStep.values()) {
      if (step.obstacle(measure, rights, today) == null) {
        actions.add(step.text());
      }
    }
    String note = end == null ? decision == null ? null : decision.note() : end.note();
    return new MeasureView(
        measure.id(),
        measure.number(),
        measure.state().text(),
        measure.runs(today),
        due == null ? null : due.text(),
        text.askedBy(),
        text.terminals(),
        text.division(),
        text.rule(),
        text.reason(),
        text.substitute(),
        text.document(),
        text.from().toString(),
        text.review().toString(),
        text.until().toString(),
        text.renews(),
        new String(text.bytes(), StandardCharsets.UTF_8),
        text.detail(),
        measure.created().toString(),
        decision == null ? null : decision.by(),
        decision == null ? null : decision.at().toString(),
        approval == null ? null : Fingerprint.of(approval.signature()),
        note,
        end == null ? null : end.by(),
        end == null ? null : end.at().toString(),
        review == null ? null : review.by(),
        review == null ? null : review.at().toString(),
        review == null ? null : review.note(),
        actions);
  }
}
