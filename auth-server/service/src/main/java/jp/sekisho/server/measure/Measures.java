package jp.sekisho.server.measure;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import jp.sekisho.protocol.FiscalYear;
import jp.sekisho.protocol.MeasureNote;
import jp.sekisho.protocol.NewMeasure;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.MeasureEvent;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.measure.Measure.Said;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.TerminalDivisions;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.policy.SignedPolicies;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.FreeText;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import jp.sekisho.server.terminal.Terminal;
import jp.sekisho.server.terminal.Terminals;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What people do with exceptional measures, except the permission. Each step is one unit with its
 * entry, a refused one too. Thread-safe.
 */
public final class Measures {
  /** Most requests of one person that wait for the CISO. */
  public static final int MOST_UNDECIDED = 50;

  private final Transactions transactions;
  private final MeasureRepository rows;
  private final Registers registers;

  /**
   * What a measure may name.
   *
   * @param setup whether the first start is not finished: until then nobody asks for anything
   */
  record Registers(
      Roles roles,
      Terminals terminals,
      TerminalDivisions divisions,
      SignedPolicies policies,
      Predicate<Handle> setup) {}

  Measures(Transactions transactions, MeasureRepository rows, Registers registers) {
    this.transactions = transactions;
    this.rows = rows;
    this.registers = registers;
  }

  /** A request of the session's person for the own 機関; the id of what was asked for. */
  public Verdict<String> request(Session by, NewMeasure wanted) {
    return transactions.write(change -> {
      int seq = rows.next(change.handle());
      return switch (text(change, by, seq, wanted)) {
        case Verdict.Refused<ExceptionalMeasure>(Refusal reason) ->
            refuse(change, by, "request", null, reason);
        case Verdict.Passed<ExceptionalMeasure>(ExceptionalMeasure text) -> {
          rows.insert(
              change,
              change.record(
                  by.subject(),
                  new MeasureEvent.Requested(
                      text.measure(),
                      text.number(),
                      text.detail(),
                      text.terminals(),
                      text.division(),
                      text.rule(),
                      text.from().toString(),
                      text.review().toString(),
                      text.until().toString(),
                      text.renews())),
              Measure.requested(text, seq, change.now()));
          yield Verdict.passed(text.measure());
        }
      };
    });
  }

  private Verdict<ExceptionalMeasure> text(Change change, Session by, int seq, NewMeasure wanted) {
    Handle handle = change.handle();
    if (registers.setup().test(handle)) {
      return Verdict.refused(Refusal.SETUP_OPEN);
    }
    if (!rights(handle, by, change.now()).manager()) {
      return Verdict.refused(Refusal.ROLE_MISSING);
    }
    if (rows.undecided(handle, by.organ(), by.person()) >= MOST_UNDECIDED) {
      return Verdict.refused(Refusal.TOO_MANY);
    }
    if (blank(wanted.until())) {
      return Verdict.refused(Refusal.MEASURE_WITHOUT_END);
    }
    Days days = days(wanted);
    if (days == null) {
      return Verdict.refused(Refusal.MEASURE_INCOMPLETE);
    }
    Refusal fault = days.fault(Validity.day(change.now()));
    if (fault != null) {
      return Verdict.refused(fault);
    }
    ExceptionalMeasure text;
    try {
      text =
          new ExceptionalMeasure(
              Ids.next(),
              String.format(Locale.ROOT, "E-%04d", seq),
              by.organ(),
              by.person(),
              wanted.terminals().stream().map(String::strip).distinct().sorted().toList(),
              FreeText.optional(wanted.division()),
              FreeText.optional(wanted.rule()),
              FreeText.normal(wanted.reason()),
              FreeText.normal(wanted.substitute()),
              FreeText.optional(wanted.document()),
              days.from(),
              days.review(),
              days.until(),
              FreeText.optional(wanted.renews()));
    } catch (IllegalArgumentException e) {
      return Verdict.refused(Refusal.MEASURE_INCOMPLETE);
    }
    if (holdsNumber(text)) {
      return Verdict.refused(Refusal.GRANT_CONTENT);
    }
    if (!isKnown(handle, text, by, change.now())) {
      return Verdict.refused(Refusal.MEASURE_SUBJECT);
    }
    return leavesGap(handle, text) ? Verdict.refused(Refusal.MEASURE_PERIOD) : Verdict.passed(text);
  }

  /** Whether it begins after what it carries on was over: then it carries on nothing. */
  private boolean leavesGap(Handle handle, ExceptionalMeasure text) {
    String renews = text.renews();
    return renews != null
        && rows.numbered(handle, text.organ(), renews)
            .filter(old -> !old.isCarriedOnBy(text))
            .isPresent();
  }

  /** The days of a measure, before they are within their bounds. */
  private record Days(LocalDate from, LocalDate review, LocalDate until) {
    /** Says by name what is wrong, before the text's own bounds say only that it is. */
    @Nullable Refusal fault(LocalDate today) {
      if (until.isBefore(from)
          || until.isBefore(today)
          || review.isBefore(from)
          || review.isAfter(until)) {
        return Refusal.MEASURE_PERIOD;
      }
      return until.isAfter(FiscalYear.end(from)) ? Refusal.MEASURE_BEYOND_YEAR : null;
    }
  }

  private static @Nullable Days days(NewMeasure wanted) {
    String from = wanted.from();
    String review = wanted.review();
    String until = wanted.until();
    if (from == null || review == null || until == null) {
      return null;
    }
    try {
      return new Days(
          LocalDate.parse(from.strip()),
          LocalDate.parse(review.strip()),
          LocalDate.parse(until.strip()));
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Whether all it names is there: its terminals and division in the 機関, its rule in force. */
  private boolean isKnown(Handle handle, ExceptionalMeasure text, Session by, Instant now) {
    String division = text.division();
    String rule = text.rule();
    String renews = text.renews();
    return text.terminals().stream().allMatch(terminal -> isActive(handle, terminal, by.organ()))
        && (division == null || registers.divisions().exists(handle, by.organ(), division))
        && (rule == null || registers.policies().ruleIds(handle, by.organ()).contains(rule))
        && (renews == null
            || rows.numbered(handle, by.organ(), renews)
                .filter(old ->
                    MeasureStep.RENEW.obstacle(old, rights(handle, by, now), Validity.day(now))
                        == null)
                .isPresent());
  }

  private boolean isActive(Handle handle, String terminal, String organ) {
    return registers
        .terminals()
        .find(handle, terminal)
        .filter(t -> t.state() == Terminal.State.ACTIVE && t.organ().equals(organ))
        .isPresent();
  }

  /** A 個人番号 has no place in a text that is shown, signed and kept. */
  private static boolean holdsNumber(ExceptionalMeasure text) {
    return Stream.of(text.reason(), text.substitute(), text.document(), text.division())
        .anyMatch(FreeText::holdsNumber);
  }

  /** 不許可, by the CISO. */
  public Verdict<String> reject(Session by, String id, MeasureNote why) {
    return said(
        by,
        id,
        MeasureStep.REJECT,
        why,
        (measure, said) -> measure.rejected(said.at(), said.by(), said.note()),
        measure -> new MeasureEvent.Rejected(measure.id(), measure.number()));
  }

  /** 見直し, by somebody else than who asked. */
  public Verdict<String> review(Session by, String id, MeasureNote finding) {
    return said(
        by,
        id,
        MeasureStep.REVIEW,
        finding,
        Measure::reviewed,
        measure -> new MeasureEvent.Reviewed(measure.id(), measure.number()));
  }

  /** 終了. */
  public Verdict<String> end(Session by, String id, MeasureNote how) {
    return said(
        by,
        id,
        MeasureStep.END,
        how,
        Measure::ended,
        measure -> new MeasureEvent.Ended(measure.id(), measure.number()));
  }

  /** 取下げ, by who asked. */
  public Verdict<String> withdraw(Session by, String id) {
    return transactions.write(change ->
        take(change, by, MeasureStep.WITHDRAW, id)
            .then(measure -> {
              rows.update(
                  change,
                  change.record(
                      by.subject(), new MeasureEvent.Withdrawn(measure.id(), measure.number())),
                  measure.in(MeasureState.WITHDRAWN));
              return Verdict.passed(id);
            }));
  }

  /** What an entry says of a measure. */
  @FunctionalInterface
  private interface Told {
    MeasureEvent of(Measure measure);
  }

  private Verdict<String> said(
      Session by,
      String id,
      MeasureStep step,
      MeasureNote note,
      BiFunction<Measure, Said, Measure> effect,
      Told told) {
    return transactions.write(change ->
        take(change, by, step, id)
            .then(measure -> {
              String text = FreeText.normal(note.note());
              Refusal fault = fault(text);
              if (fault != null) {
                return refuse(change, by, step.text(), id, fault);
              }
              rows.update(
                  change,
                  change.record(by.subject(), told.of(measure)),
                  effect.apply(measure, new Said(change.now(), by.person(), text)));
              return Verdict.passed(id);
            }));
  }

  private static @Nullable Refusal fault(String note) {
    return FreeText.fault(note, ExceptionalMeasure.isNote(note), Refusal.MEASURE_INCOMPLETE);
  }

  MeasureRights rights(Handle handle, Session session, Instant at) {
    return MeasureRights.of(handle, registers.roles(), session, at);
  }

  /** A measure of the session's 機関, if its person may see the register. */
  Optional<Measure> find(Handle handle, Session session, String id, Instant at) {
    return Ids.isId(id) && rights(handle, session, at).sees()
        ? rows.find(handle, id).filter(measure -> measure.organ().equals(session.organ()))
        : Optional.empty();
  }

  /** The measure, if the step is open to the session's person; the caller records a refusal. */
  Verdict<Measure> judge(Change change, Session session, MeasureStep step, String id) {
    Optional<Measure> found = find(change.handle(), session, id, change.now());
    if (found.isEmpty()) {
      return Verdict.refused(Refusal.MEASURE_UNKNOWN);
    }
    Refusal obstacle =
        step.obstacle(
            found.get(),
            rights(change.handle(), session, change.now()),
            Validity.day(change.now()));
    return obstacle == null ? Verdict.passed(found.get()) : Verdict.refused(obstacle);
  }

  /** As {@link #judge}; a refusal is recorded. */
  Verdict<Measure> take(Change change, Session session, MeasureStep step, String id) {
    Verdict<Measure> judged = judge(change, session, step, id);
    return judged instanceof Verdict.Refused<Measure>(Refusal reason)
        ? refuse(change, session, step.text(), Ids.isId(id) ? id : null, reason)
        : judged;
  }

  static <P> Verdict<P> refuse(
      Change change, Session session, String step, @Nullable String id, Refusal reason) {
    change.record(session.subject(), new MeasureEvent.Refused(step, id, reason));
    return Verdict.refused(reason);
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }
}
