package jp.sekisho.server.listener;

import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@code service.state-tampered} for rows met outside any unit: by a sweep, or among others
 * of a list. One entry per row and hour, each a unit of its own: a row stays tampered with until
 * somebody mends it, and whoever makes us look at it again and again must not fill the log.
 * Thread-safe.
 */
public final class TamperedRows {
  private static final Logger LOG = LoggerFactory.getLogger(TamperedRows.class);

  private final Transactions transactions;
  private final PerMinute bound = new PerMinute();

  public TamperedRows(Transactions transactions) {
    this.transactions = transactions;
  }

  /**
   * Writes the entry unless this hour has it. Never fails: the caller goes on with the sound rows,
   * and an entry that could not be written is written the next time.
   */
  public void report(TamperedException row) {
    report(row.table(), row.row());
  }

  /** As {@link #report(TamperedException)}. */
  public void report(String table, String row) {
    report(table, row, change -> {});
  }

  /**
   * As {@link #report(TamperedException)}.
   *
   * @param consequence what becomes of others because of it, in the unit of the entry; may run more
   *     than once, as units may
   */
  public void report(TamperedException row, Consumer<Change> consequence) {
    report(row.table(), row.row(), consequence);
  }

  /**
   * Does work that a keeper repeats: an alarm where it meets a row that was tampered with, a line
   * for the operator where it fails otherwise. Never fails.
   *
   * @param name of the work, for the operator
   * @return whether it was done
   */
  public boolean watch(String name, Runnable work) {
    try {
      work.run();
      return true;
    } catch (TamperedException e) {
      LOG.error("{} stopped at a row that was tampered with: {}", name, e.getMessage());
      report(e);
    } catch (RuntimeException e) {
      LOG.warn("{} failed and is tried again: {}", name, e.toString());
    }
    return false;
  }

  private void report(String table, String row, Consumer<Change> consequence) {
    PerMinute.Call call = bound.call();
    try {
      transactions.write(change -> {
        if (call.first(table + ' ' + row, change.now().truncatedTo(ChronoUnit.HOURS))) {
          change.record(Entry.Subject.NONE, new ServiceEvent.StateTampered(table, row));
          consequence.accept(change);
        } else {
          change.unchanged();
        }
        return null;
      });
    } catch (StorageException e) {
      call.takeBack();
      LOG.error("the entry for row {} of {}, tampered with, could not be written", row, table, e);
    }
  }
}
