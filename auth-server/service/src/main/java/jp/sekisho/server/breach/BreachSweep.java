package jp.sekisho.server.breach;

import java.time.LocalDate;
import java.util.Set;
import jp.sekisho.protocol.event.BreachEvent;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;

/**
 * Writes down once for each report that its last day passed. What is overdue is asked of the day
 * itself everywhere, so a sweep that does not run hides nothing. Thread-safe.
 */
public final class BreachSweep {
  private final Transactions transactions;
  private final BreachRepository rows;
  private final Holidays holidays;
  private final TamperedRows tampered;

  BreachSweep(Transactions transactions, BreachRepository rows, Holidays holidays) {
    this.transactions = transactions;
    this.rows = rows;
    this.holidays = holidays;
    this.tampered = new TamperedRows(transactions);
  }

  /**
   * Looks at every open case, and says which rows were edited; each change is a unit of its own.
   */
  public void sweep() {
    SealedRows<BreachCase> open = transactions.read(rows::open);
    open.tampered().forEach(tampered::report);
    for (String id : open.sound().stream().map(BreachCase::id).toList()) {
      for (Report report : Report.values()) {
        try {
          transactions.write(change -> {
            boolean told =
                rows.find(change.handle(), id).filter(one -> tell(change, one, report)).isPresent();
            if (!told) {
              change.unchanged();
            }
            return id;
          });
        } catch (TamperedException e) {
          tampered.report(e);
        }
      }
    }
  }

  private boolean tell(Change change, BreachCase one, Report report) {
    Set<LocalDate> days = holidays.of(change.handle());
    if (one.told().of(report) != null
        || !one.overdue(Validity.day(change.now()), days).contains(report)) {
      return false;
    }
    LocalDate day = one.clock(days).due(report);
    rows.update(
        change,
        change.record(
            new Entry.Subject(one.organ(), null, null, null, null),
            new BreachEvent.Overdue(one.id(), one.number(), report.text(), day.toString())),
        one.told(report, day));
    return true;
  }
}
