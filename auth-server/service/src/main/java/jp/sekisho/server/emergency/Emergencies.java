package jp.sekisho.server.emergency;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.ConfirmedReport;
import jp.sekisho.protocol.EmergencyReport;
import jp.sekisho.protocol.EmergencyView;
import jp.sekisho.protocol.EmergencyViews;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.ReportedEmergency;
import jp.sekisho.protocol.event.EmergencyCaseEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.server.authn.Verdict;
import jp.sekisho.server.emergency.EmergencyCase.Confirmation;
import jp.sekisho.server.emergency.EmergencyCase.End;
import jp.sekisho.server.emergency.EmergencyCase.Report;
import jp.sekisho.server.grant.Media;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.person.Role;
import jp.sekisho.server.person.Roles;
import jp.sekisho.server.session.Session;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.FreeText;
import jp.sekisho.server.storage.Ids;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The cases of 緊急時の例外措置 as people see them, their reports and confirmations. Approvers,
 * administrators, auditors and the CISO see those of their 機関, who used or approved one sees that
 * one. Thread-safe.
 */
public final class Emergencies {
  /** The words of the steps. */
  private static final String REPORT = "report";

  private static final String CONFIRM = "confirm";
  private static final int LONGEST_PEOPLE = 200;

  private final Transactions transactions;
  private final EmergencyRepository cases;
  private final Roles roles;
  private final Media media;
  private final InstantSource clock;
  private final TamperedRows tampered;

  Emergencies(
      Transactions transactions,
      EmergencyRepository cases,
      Roles roles,
      Media media,
      InstantSource clock) {
    this.transactions = transactions;
    this.cases = cases;
    this.roles = roles;
    this.media = media;
    this.clock = clock;
    this.tampered = new TamperedRows(transactions);
  }

  /** What a session's person may do with the cases of the own 機関. */
  private record Rights(String person, boolean decides, boolean looks) {
    boolean sees(EmergencyCase one) {
      return looks || one.person().equals(person) || one.approvers().contains(person);
    }

    /** Who used it may report it too; while it is unconfirmed a report may be written anew. */
    @Nullable Refusal report(EmergencyCase one) {
      if (!decides && !one.person().equals(person)) {
        return Refusal.ROLE_MISSING;
      }
      return one.confirmed() == null ? null : Refusal.EMERGENCY_STATE;
    }

    /** Nobody who had a part in it: neither its use nor its approval nor its report. */
    @Nullable Refusal confirm(EmergencyCase one) {
      if (!decides) {
        return Refusal.ROLE_MISSING;
      }
      Report report = one.report();
      if (report == null || one.confirmed() != null) {
        return Refusal.EMERGENCY_STATE;
      }
      boolean own =
          report.by().equals(person)
              || one.person().equals(person)
              || one.approvers().contains(person);
      return own ? Refusal.EMERGENCY_OWN : null;
    }
  }

  private Rights rights(Handle handle, Session session, Instant at) {
    boolean decides = false;
    for (Role role : List.of(Role.APPROVER, Role.ADMIN, Role.CISO)) {
      decides |= roles.has(handle, session.person(), role, session.organ(), at);
    }
    return new Rights(
        session.person(),
        decides,
        decides || roles.has(handle, session.person(), Role.AUDITOR, session.organ(), at));
  }

  /** Those the session's person may see. */
  public EmergencyViews list(Session session) {
    Instant now = clock.instant();
    List<TamperedException> broken = new ArrayList<>();
    List<EmergencyView> views =
        transactions.read(handle -> {
          Rights rights = rights(handle, session, now);
          SealedRows<EmergencyCase> found =
              cases.ofOrgan(handle, session.organ(), EmergencyViews.MOST);
          broken.addAll(found.tampered());
          return found.sound().stream()
              .filter(rights::sees)
              .map(one -> view(handle, one, rights, now))
              .toList();
        });
    broken.forEach(tampered::report);
    return new EmergencyViews(views);
  }

  /** How many are 事後報告未了, for whoever looks after all of the organ's; 0 for others. */
  public int unconfirmed(Session session) {
    Instant now = clock.instant();
    return transactions.read(handle ->
        cases.isEmpty(handle) || !rights(handle, session, now).looks()
            ? 0
            : cases.unconfirmed(handle, session.organ()));
  }

  /** Writes the report. */
  public Verdict<EmergencyView> report(Session by, String id, EmergencyReport said) {
    return transactions.write(change -> {
      Rights rights = rights(change.handle(), by, change.now());
      Optional<EmergencyCase> found = seen(change, by, id, rights);
      Refusal obstacle = found.isEmpty() ? Refusal.EMERGENCY_UNKNOWN : rights.report(found.get());
      obstacle = obstacle == null ? fault(said) : obstacle;
      if (obstacle != null) {
        return refuse(change, by, REPORT, id, obstacle);
      }
      Report report =
          new Report(said.people(), said.contents(), said.document(), change.now(), by.person());
      EntryReceipt entry =
          change.record(by.subject(), new EmergencyCaseEvent.Reported(id, report.detail()));
      EmergencyCase reported = found.orElseThrow().reported(report);
      cases.update(change, entry, reported);
      return Verdict.passed(view(change.handle(), reported, rights, change.now()));
    });
  }

  /** Confirms the report that was shown. */
  public Verdict<EmergencyView> confirm(Session by, String id, ConfirmedReport shown) {
    return transactions.write(change -> {
      Rights rights = rights(change.handle(), by, change.now());
      Optional<EmergencyCase> found = seen(change, by, id, rights);
      Refusal obstacle = found.isEmpty() ? Refusal.EMERGENCY_UNKNOWN : rights.confirm(found.get());
      Report report = found.map(EmergencyCase::report).orElse(null);
      if (obstacle == null && (report == null || !report.detail().equals(shown.detail()))) {
        obstacle = Refusal.EMERGENCY_STATE; // It was written anew since.
      }
      if (obstacle != null || report == null) {
        return refuse(
            change, by, CONFIRM, id, obstacle == null ? Refusal.EMERGENCY_STATE : obstacle);
      }
      EntryReceipt entry =
          change.record(
              by.subject(), new EmergencyCaseEvent.Confirmed(id, report.detail(), report.by()));
      EmergencyCase confirmed =
          found.orElseThrow().confirmed(new Confirmation(change.now(), by.person()));
      cases.update(change, entry, confirmed);
      return Verdict.passed(view(change.handle(), confirmed, rights, change.now()));
    });
  }

  private Optional<EmergencyCase> seen(Change change, Session by, String id, Rights rights) {
    return Ids.isId(id)
        ? cases
            .find(change.handle(), id)
            .filter(one -> one.organ().equals(by.organ()) && rights.sees(one))
        : Optional.empty();
  }

  private static Verdict<EmergencyView> refuse(
      Change change, Session by, String step, String id, Refusal reason) {
    EntryReceipt _ =
        change.record(
            by.subject(),
            new EmergencyCaseEvent.StepRefused(step, Ids.isId(id) ? id : null, reason));
    return Verdict.refused(reason);
  }

  /** What is wrong with a report; null for nothing. */
  private static @Nullable Refusal fault(EmergencyReport said) {
    for (String text : List.of(said.people(), said.contents(), said.document())) {
      Refusal fault = FreeText.fault(text, ExportGrant.isReason(text), Refusal.EMERGENCY_REPORT);
      if (fault != null) {
        return fault;
      }
    }
    boolean longer =
        said.people().codePointCount(0, said.people().length()) > LONGEST_PEOPLE
            || said.document().codePointCount(0, said.document().length())
                > ExportGrant.MAX_DOCUMENT;
    return longer ? Refusal.EMERGENCY_REPORT : null;
  }

  private EmergencyView view(Handle handle, EmergencyCase one, Rights rights, Instant now) {
    List<String> actions = new ArrayList<>();
    if (rights.report(one) == null) {
      actions.add(REPORT);
    }
    if (rights.confirm(one) == null) {
      actions.add(CONFIRM);
    }
    End ended = one.ended();
    Report report = one.report();
    Confirmation confirmed = one.confirmed();
    return new EmergencyView(
        one.id(),
        one.state(),
        one.isLate(now),
        one.terminal(),
        one.person(),
        one.approvers(),
        one.fingerprint(),
        media.idOf(handle, one.organ(), one.fingerprint()).orElse(null),
        one.why(),
        one.minutes(),
        one.opened().toString(),
        one.arrived().toString(),
        one.due().toString(),
        ended == null ? null : ended.at().toString(),
        ended == null ? null : ended.cause(),
        report == null
            ? null
            : new ReportedEmergency(
                report.people(),
                report.contents(),
                report.document(),
                report.detail(),
                report.by(),
                report.at().toString()),
        confirmed == null ? null : confirmed.by(),
        confirmed == null ? null : confirmed.at().toString(),
        actions);
  }

  /**
   * Writes down which are late, and which rows were edited, whatever those say of themselves; each
   * change is a unit of its own.
   */
  public void sweep() {
    SealedRows<EmergencyCase> late =
        transactions.read(handle -> cases.late(handle, clock.instant()));
    late.tampered().forEach(tampered::report);
    for (String id : late.sound().stream().map(EmergencyCase::id).toList()) {
      try {
        transactions.write(change -> {
          EmergencyCase one = cases.find(change.handle(), id).orElse(null);
          if (one == null || one.overdue() != null || !one.isLate(change.now())) {
            change.unchanged();
            return id;
          }
          EntryReceipt entry =
              change.record(
                  Entry.Subject.terminal(one.organ(), one.terminal()),
                  new EmergencyCaseEvent.Overdue(id, one.due().toString()));
          cases.update(change, entry, one.overdue(change.now()));
          return id;
        });
      } catch (TamperedException e) {
        tampered.report(e);
      }
    }
  }
}
