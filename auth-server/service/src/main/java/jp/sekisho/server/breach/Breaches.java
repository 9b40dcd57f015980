package jp.sekisho.server.breach;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.protocol.AmendedBreach;
import jp.sekisho.protocol.BreachItems;
import jp.sekisho.protocol.ClosedBreach;
import jp.sekisho.protocol.NewBreach;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedBreach;
import jp.sekisho.protocol.event.BreachEvent;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.breach.BreachCase.Closing;
import jp.sekisho.server.breach.BreachCase.Made;
import jp.sekisho.server.breach.BreachCase.Origin;
import jp.sekisho.server.breach.BreachCase.Told;
import jp.sekisho.server.desk.Desk;
import jp.sekisho.server.desk.DeskMedia;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.session.StepUps;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.FreeText;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What people do with cases of 漏えい等. Whoever has an office of the 機関 opens one, for that only
 * starts the clocks; what may stop or move them needs the card of an administrator, an approver or
 * the CISO for exactly that case. Each step is one unit with its entry, a refused one too.
 * Thread-safe.
 */
public final class Breaches {
  /** Who may open one, and look. */
  static final Set<Role> READERS = DeskMedia.READERS;

  /** Who goes on with it. */
  static final Set<Role> KEEPERS = EnumSet.of(Role.ADMIN, Role.APPROVER, Role.CISO);

  /**
   * Most cases that a person opens in a day. Whoever has more to report proves it by card as a
   * keeper: nobody's open session keeps the others of the 機関 from reporting.
   */
  static final int MOST_A_DAY = 10;

  private static final Duration DAY = Duration.ofDays(1);

  /** What nobody who types a year can mean: 番号法 is younger. */
  private static final Instant EARLIEST = Instant.parse("2015-10-04T15:00:00Z");

  private static final String BOTH = "both";

  private final Transactions transactions;
  private final BreachRepository rows;
  private final Desk desk;
  private final InstantSource clock;

  Breaches(Transactions transactions, BreachRepository rows, Desk desk, InstantSource clock) {
    this.transactions = transactions;
    this.rows = rows;
    this.desk = desk;
    this.clock = clock;
  }

  /**
   * Opens a case of the session's 機関.
   *
   * @param prefilled the items as far as the service knows them; empty when what the case comes
   *     from is not there
   * @return the id of the case
   */
  public Verdict<String> open(Session by, NewBreach wanted, Optional<BreachItems> prefilled) {
    // Used up before the unit, which may run more than once.
    boolean asked =
        desk.holds(by, KEEPERS) && transactions.read(handle -> isFull(handle, by, clock.instant()));
    Refusal full = asked ? desk.prove(by, StepUps.OPEN_BREACH).orElse(null) : Refusal.BREACH_MANY;
    return transactions.write(change -> {
      Verdict<BreachCase> judged = opened(change, by, full, wanted, prefilled);
      if (judged instanceof Verdict.Refused<BreachCase>(Refusal reason)) {
        return refuse(change, by, "open", null, reason);
      }
      return judged.then(one -> {
        Origin origin = one.origin();
        rows.insert(
            change,
            change.record(
                by.subject(),
                new BreachEvent.Opened(
                    one.id(),
                    one.number(),
                    one.known().toString(),
                    BreachKind.words(one.kinds()),
                    origin == null ? null : origin.kind(),
                    origin == null ? null : origin.item(),
                    one.items().detail(),
                    one.items().filled())),
            one);
        return Verdict.passed(one.id());
      });
    });
  }

  /** Whether the person opened as many as usual in the last 24 hours. */
  private boolean isFull(Handle handle, Session by, Instant now) {
    return rows.openedBy(handle, by.organ(), by.person(), now.minus(DAY)) >= MOST_A_DAY;
  }

  private Verdict<BreachCase> opened(
      Change change,
      Session by,
      @Nullable Refusal full,
      NewBreach wanted,
      Optional<BreachItems> prefilled) {
    Optional<Refusal> obstacle = desk.obstacle(change, by, READERS, "");
    if (obstacle.isPresent()) {
      return Verdict.refused(obstacle.get());
    }
    if (full != null && isFull(change.handle(), by, change.now())) {
      return Verdict.refused(full);
    }
    Optional<List<BreachKind>> kinds = kinds(wanted.kinds());
    Instant known = time(wanted.known());
    if (kinds.isEmpty()
        || known == null
        || (wanted.origin() == null) != (wanted.source() == null)) {
      return Verdict.refused(Refusal.BREACH_INCOMPLETE);
    }
    if (known.isAfter(change.now()) || known.isBefore(EARLIEST)) {
      return Verdict.refused(Refusal.BREACH_TIME);
    }
    if (prefilled.isEmpty()) {
      return Verdict.refused(Refusal.BREACH_ORIGIN);
    }
    BreachItems items = normal(prefilled.get());
    Refusal fault = fault(items);
    if (fault != null) {
      return Verdict.refused(fault);
    }
    String kind = wanted.origin();
    String item = wanted.source();
    return Verdict.passed(
        new BreachCase(
            Ids.next(),
            by.organ(),
            rows.next(change.handle()),
            by.person(),
            change.now(),
            known,
            kinds.get(),
            kind == null || item == null ? null : new Origin(kind, item),
            items,
            null,
            null,
            null,
            Told.NOTHING));
  }

  private static Optional<List<BreachKind>> kinds(List<String> words) {
    try {
      List<BreachKind> kinds = BreachKind.parse(words);
      return kinds.isEmpty() ? Optional.empty() : Optional.of(kinds);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static @Nullable Instant time(String text) {
    try {
      return Instant.ofEpochMilli(Instant.parse(text.strip()).toEpochMilli());
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  /** Writes kinds and items anew. */
  public Verdict<String> amend(Session by, String id, AmendedBreach said) {
    return step(
        by,
        BreachStep.AMEND,
        id,
        (change, found) -> {
          if (!found.shown().equals(said.shown())) {
            return Verdict.refused(Refusal.BREACH_STATE); // It was written anew since.
          }
          Optional<List<BreachKind>> kinds = kinds(said.kinds());
          if (kinds.isEmpty()) {
            return Verdict.refused(Refusal.BREACH_INCOMPLETE);
          }
          BreachItems items = normal(said.items());
          Refusal fault = fault(items);
          if (fault != null) {
            return Verdict.refused(fault);
          }
          BreachCase amended = found.amended(kinds.get(), items);
          return Verdict.passed(
              new Step(
                  amended,
                  new BreachEvent.Amended(
                      id,
                      found.number(),
                      BreachKind.words(amended.kinds()),
                      items.detail(),
                      items.filled())));
        });
  }

  /** Writes down that a report was made. */
  public Verdict<String> report(Session by, String id, ReportedBreach said) {
    return step(
        by,
        BreachStep.REPORT,
        id,
        (change, found) -> {
          boolean preliminary = Set.of(Report.PRELIMINARY.text(), BOTH).contains(said.report());
          boolean complete = Set.of(Report.FINAL.text(), BOTH).contains(said.report());
          LocalDate date = day(said.date());
          String reference = FreeText.normal(said.reference());
          if ((!preliminary && !complete) || date == null) {
            return Verdict.refused(Refusal.BREACH_INCOMPLETE);
          }
          Refusal fault = fault(reference, ExportGrant.MAX_DOCUMENT);
          if (fault != null) {
            return Verdict.refused(fault);
          }
          if (date.isBefore(found.knownDay()) || date.isAfter(Validity.day(change.now()))) {
            return Verdict.refused(Refusal.BREACH_TIME);
          }
          // The 確報 follows on the 速報, or is one with it.
          boolean next =
              preliminary
                  ? found.preliminary() == null
                  : found.preliminary() != null && found.complete() == null;
          if (!next) {
            return Verdict.refused(Refusal.BREACH_STATE);
          }
          Made made = new Made(date, reference, by.person(), change.now());
          return Verdict.passed(
              new Step(
                  found.reported(preliminary ? made : null, complete ? made : null),
                  new BreachEvent.Reported(
                      id, found.number(), said.report(), date.toString(), found.items().detail())));
        });
  }

  private static @Nullable LocalDate day(String text) {
    try {
      return LocalDate.parse(text.strip());
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Ends it: after both reports, or because it was decided that none is due. */
  public Verdict<String> close(Session by, String id, ClosedBreach said) {
    return step(
        by,
        BreachStep.CLOSE,
        id,
        (change, found) -> {
          String given = said.reason();
          String reason = given == null || given.isBlank() ? null : FreeText.normal(given);
          if (reason == null && !found.isReported()) {
            return Verdict.refused(Refusal.BREACH_UNREPORTED);
          }
          Refusal fault = reason == null ? null : fault(reason, ExportGrant.MAX_REASON);
          if (fault != null) {
            return Verdict.refused(fault);
          }
          return Verdict.passed(
              new Step(
                  found.closed(new Closing(change.now(), by.person(), reason)),
                  new BreachEvent.Closed(
                      id, found.number(), found.isReported() ? "reported" : "not-due")));
        });
  }

  /** What a step makes of a case, and the entry that says so. */
  private record Step(BreachCase after, BreachEvent event) {}

  /** What a step does to an open case of the own 機関. */
  @FunctionalInterface
  private interface Effect {
    Verdict<Step> on(Change change, BreachCase found);
  }

  private Verdict<String> step(Session by, BreachStep step, String id, Effect effect) {
    // The proof is used up before anything is looked at; a unit may run more than once.
    Optional<Refusal> unproved =
        desk.holds(by, KEEPERS)
            ? desk.prove(by, step.proof(id))
            : Optional.of(Refusal.ROLE_MISSING);
    return transactions.write(change -> {
      Verdict<Step> judged = judge(change, by, step, id, unproved, effect);
      if (judged instanceof Verdict.Refused<Step>(Refusal reason)) {
        return refuse(change, by, step.text(), Ids.isId(id) ? id : null, reason);
      }
      return judged.then(done -> {
        rows.update(change, change.record(by.subject(), done.event()), done.after());
        return Verdict.passed(id);
      });
    });
  }

  private Verdict<Step> judge(
      Change change,
      Session by,
      BreachStep step,
      String id,
      Optional<Refusal> unproved,
      Effect effect) {
    Optional<Refusal> obstacle = desk.obstacle(change, by, READERS, "");
    if (obstacle.isPresent()) {
      return Verdict.refused(obstacle.get());
    }
    Optional<BreachCase> found =
        Ids.isId(id)
            ? rows.find(change.handle(), id).filter(one -> one.organ().equals(by.organ()))
            : Optional.empty();
    if (found.isEmpty()) {
      return Verdict.refused(Refusal.BREACH_UNKNOWN);
    }
    Optional<Refusal> why = unproved.or(() -> desk.obstacle(change, by, KEEPERS, ""));
    if (why.isPresent()) {
      return Verdict.refused(why.get());
    }
    Refusal done = step.obstacle(found.get());
    return done == null ? effect.on(change, found.get()) : Verdict.refused(done);
  }

  private static Verdict<String> refuse(
      Change change, Session by, String step, @Nullable String id, Refusal reason) {
    change.record(by.subject(), new BreachEvent.Refused(step, id, reason));
    return Verdict.refused(reason);
  }

  /** What is wrong with the nine items; null for nothing. */
  private static @Nullable Refusal fault(BreachItems items) {
    for (String text : items.byName().values()) {
      if (text.codePointCount(0, text.length()) > BreachItems.LONGEST
          || text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\n')) {
        return Refusal.BREACH_INCOMPLETE;
      }
      if (FreeText.holdsNumber(text)) {
        return Refusal.GRANT_CONTENT;
      }
    }
    try {
      items.bytes();
    } catch (IllegalArgumentException e) { // half a character
      return Refusal.BREACH_INCOMPLETE;
    }
    return null;
  }

  private static @Nullable Refusal fault(String line, int longest) {
    boolean formed = ExportGrant.isReason(line) && line.codePointCount(0, line.length()) <= longest;
    return FreeText.fault(line, formed, Refusal.BREACH_INCOMPLETE);
  }

  private static BreachItems normal(BreachItems items) {
    Map<String, String> texts =
        items.byName().entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, item -> FreeText.normal(item.getValue())));
    return BreachItems.of(texts);
  }
}
