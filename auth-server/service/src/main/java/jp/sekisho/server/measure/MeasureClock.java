package jp.sekisho.server.measure;

import java.time.LocalDate;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.MeasureEvent;
import jp.sekisho.protocol.event.MeasureEvent.Due;
import jp.sekisho.server.listener.TamperedRows;
import jp.sekisho.server.person.Validity;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.SealedRows;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;

/**
 * Writes down what time alone decides: measures that are late (見直し未了), and requests that nobody
 * decided. What counts is asked of the day itself everywhere, so a sweep that does not run loosens
 * nothing. Thread-safe.
 */
public final class MeasureClock {
  private final Transactions transactions;
  private final MeasureRepository rows;
  private final TamperedRows tampered;

  MeasureClock(Transactions transactions, MeasureRepository rows) {
    this.transactions = transactions;
    this.rows = rows;
    this.tampered = new TamperedRows(transactions);
  }

  /**
   * Looks at every measure that waits for something, and says which rows were edited, whatever
   * those say of themselves; each change is a unit of its own.
   */
  public void sweep() {
    SealedRows<Measure> waiting = transactions.read(rows::waiting);
    waiting.tampered().forEach(tampered::report);
    for (String id : waiting.sound().stream().map(Measure::id).toList()) {
      try {
        transactions.write(change -> {
          boolean changed =
              rows.find(change.handle(), id).filter(found -> settle(change, found)).isPresent();
          if (!changed) {
            change.unchanged();
          }
          return id;
        });
      } catch (TamperedException e) {
        tampered.report(e);
      }
    }
  }

  private boolean settle(Change change, Measure measure) {
    Entry.Subject organ = new Entry.Subject(measure.organ(), null, null, null, null);
    LocalDate today = Validity.day(change.now());
    if (measure.state() == MeasureState.REQUESTED) {
      boolean over = today.isAfter(measure.text().until());
      if (over) {
        rows.update(
            change,
            change.record(organ, new MeasureEvent.Expired(measure.id(), measure.number())),
            measure.in(MeasureState.EXPIRED));
      }
      return over;
    }
    Due due = measure.due(today);
    if (due == null || measure.day(due).equals(measure.told())) {
      return false;
    }
    LocalDate day = measure.day(due);
    rows.update(
        change,
        change.record(
            organ, new MeasureEvent.Overdue(measure.id(), measure.number(), due, day.toString())),
        measure.told(day));
    return true;
  }
}
