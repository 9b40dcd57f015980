package jp.sekisho.server.grant;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.NewAbsence;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.DeputyEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.person.Persons;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.person.Standing;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The orders of deputies, kept at the console, and the absences of approvers, said on a page. Each
 * step is one unit with its entry, a refused one too. Thread-safe.
 */
public final class Deputies {
  /** Longest absence that is said at once. */
  public static final Duration LONGEST = Duration.ofDays(92);

  private final Transactions transactions;
  private final DeputyRepository rows;
  private final Roles roles;
  private final Persons persons;

  public Deputies(Transactions transactions, RowSeal seal) {
    this.transactions = transactions;
    this.rows = new DeputyRepository(seal);
    this.roles = new Roles(seal);
    this.persons = new Persons(seal);
  }

  /**
   * A place in an order, before it is one.
   *
   * @param division code of the division whose approvers are represented
   */
  public record Place(
      String division, String person, int rank, Validity validity, String reference) {}

  /**
   * Gives a person a place in the order of a division.
   *
   * @param organ an organ that has a log
   */
  public Verdict<Deputy> name(String organ, Place place) {
    Entry.Subject subject = new Entry.Subject(organ, null, null, null, null);
    return transactions.write(change -> {
      if (!fits(change, organ, place)) {
        return refuse(change, subject, "name", Refusal.DEPUTY_INVALID);
      }
      Deputy deputy =
          new Deputy(
              Ids.next(),
              organ,
              place.division(),
              place.person(),
              place.rank(),
              place.validity(),
              place.reference(),
              false);
      rows.insert(
          change,
          change.record(
              subject,
              new DeputyEvent.Named(
                  deputy.id(),
                  deputy.division(),
                  deputy.person(),
                  deputy.rank(),
                  deputy.validity().from().toString(),
                  deputy.validity().until().toString(),
                  deputy.reference())),
          deputy);
      return Verdict.passed(deputy);
    });
  }

  /** Dated, by a document, of somebody who works there, and each rank once at a time. */
  private boolean fits(Change change, String organ, Place place) {
    boolean formed =
        Names.isPerson(place.person())
            && Names.isReference(place.reference())
            && !place.division().isBlank()
            && place.rank() >= 1
            && place.rank() <= Deputy.MOST_RANKS
            && !place.validity().until().equals(Validity.OPEN_END)
            && !place.validity().until().isBefore(Validity.day(change.now()));
    return formed
        && persons.currentIn(change.handle(), place.person(), organ, change.now())
            instanceof Standing.Current
        && rows.deputies(change.handle(), organ).stream()
            .filter(one -> !one.removed() && one.division().equals(place.division()))
            .filter(one -> overlap(one.validity(), place.validity()))
            .noneMatch(one -> one.rank() == place.rank() || one.person().equals(place.person()));
  }

  private static boolean overlap(Validity one, Validity other) {
    return !one.from().isAfter(other.until()) && !other.from().isAfter(one.until());
  }

  /** Takes a place out of its order. */
  public Verdict<Deputy> remove(String organ, String id, String reference) {
    Entry.Subject subject = new Entry.Subject(organ, null, null, null, null);
    return transactions.write(change -> {
      Deputy found =
          rows.deputies(change.handle(), organ).stream()
              .filter(one -> one.id().equals(id) && !one.removed())
              .findFirst()
              .orElse(null);
      if (found == null || !Names.isReference(reference)) {
        return refuse(change, subject, "remove", Refusal.DEPUTY_INVALID);
      }
      Deputy out = found.out();
      rows.update(change, change.record(subject, new DeputyEvent.Removed(id, reference)), out);
      return Verdict.passed(out);
    });
  }

  /** The places of an organ that count today or later, by division and rank. */
  public List<Deputy> orders(Handle handle, String organ, Instant at) {
    return rows.deputies(handle, organ).stream()
        .filter(one -> !one.removed() && !one.validity().until().isBefore(Validity.day(at)))
        .toList();
  }

  /** Absences of an organ that are not over. */
  List<Absence> absences(Handle handle, String organ, Instant at) {
    return rows.absences(handle, organ, at).stream().filter(one -> !one.over()).toList();
  }

  /** An approver says that they will be absent, or an administrator says it of one. */
  Verdict<Absence> absent(Session by, NewAbsence wanted) {
    return transactions.write(change -> {
      Absence absence = absence(change, by, wanted);
      Refusal obstacle =
          absence == null ? Refusal.ABSENCE_INVALID : mayNot(change, by, absence.person());
      if (absence == null || obstacle != null) {
        return refuse(
            change, by.subject(), "absent", obstacle == null ? Refusal.ABSENCE_INVALID : obstacle);
      }
      rows.insert(
          change,
          change.record(
              by.subject(),
              new DeputyEvent.Absent(
                  absence.id(),
                  absence.person(),
                  absence.start().toString(),
                  absence.end().toString())),
          absence);
      return Verdict.passed(absence);
    });
  }

  private @Nullable Absence absence(Change change, Session by, NewAbsence wanted) {
    try {
      Instant start = OffsetDateTime.parse(wanted.start()).toInstant();
      Instant end = OffsetDateTime.parse(wanted.end()).toInstant();
      boolean sound =
          end.isAfter(start)
              && end.isAfter(change.now())
              && !end.isAfter(start.plus(LONGEST))
              && Names.isPerson(wanted.person())
              && decides(change, wanted.person(), by.organ());
      return sound
          ? new Absence(Ids.next(), by.organ(), wanted.person(), start, end, by.person(), false)
          : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Whether somebody decides in the organ, in their own right or in somebody's place. */
  private boolean decides(Change change, String person, String organ) {
    return roles.has(change.handle(), person, Role.APPROVER, organ, change.now())
        || orders(change.handle(), organ, change.now()).stream()
            .anyMatch(one -> one.person().equals(person));
  }

  /** An absence opens the way for others, so only oneself or an administrator says it. */
  private @Nullable Refusal mayNot(Change change, Session by, String person) {
    return by.person().equals(person)
            || roles.has(change.handle(), by.person(), Role.ADMIN, by.organ(), change.now())
        ? null
        : Refusal.ROLE_MISSING;
  }

  /** Ends an absence before its time. */
  Verdict<Absence> back(Session by, String id) {
    return transactions.write(change -> {
      Absence found =
          absences(change.handle(), by.organ(), change.now()).stream()
              .filter(one -> one.id().equals(id))
              .findFirst()
              .orElse(null);
      Refusal obstacle =
          found == null ? Refusal.ABSENCE_INVALID : mayNot(change, by, found.person());
      if (found == null || obstacle != null) {
        return refuse(
            change, by.subject(), "back", obstacle == null ? Refusal.ABSENCE_INVALID : obstacle);
      }
      Absence over = found.ended();
      rows.update(
          change, change.record(by.subject(), new DeputyEvent.Back(id, found.person())), over);
      return Verdict.passed(over);
    });
  }

  private static <P> Verdict<P> refuse(
      Change change, Entry.Subject subject, String act, Refusal reason) {
    change.record(subject, new DeputyEvent.Refused(act, reason));
    return Verdict.refused(reason);
  }
}
