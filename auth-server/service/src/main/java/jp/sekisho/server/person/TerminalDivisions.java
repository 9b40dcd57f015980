package jp.sekisho.server.person;

import java.util.Optional;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Look;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.Sql;
import jp.sekisho.server.storage.TamperedException;
import jp.sekisho.server.storage.Transactions;
import org.jdbi.v3.core.Handle;

/**
 * In which division (課) a terminal stands: it decides in which post one acts there. Thread-safe.
 */
public final class TerminalDivisions {
  private static final String TABLE = "terminal_division";

  private final RowSeal seal;

  public TerminalDivisions(RowSeal seal) {
    this.seal = seal;
  }

  /** The division of a terminal of that organ; empty while none was said. */
  public Optional<String> find(Handle handle, String terminal, String organ) {
    return Sql.<Optional<String>>first(
            handle,
            look(terminal),
            row -> {
              String of = row.getString("organ");
              String division = row.getString("division");
              if (!seal.verify(
                  row.getBytes("mac"), TABLE, row.getBytes("entry_id"), terminal, of, division)) {
                throw new TamperedException(TABLE, terminal);
              }
              // An asset number that was enrolled again for another organ stands nowhere yet.
              return of.equals(organ) ? Optional.of(division) : Optional.<String>empty();
            })
        .flatMap(found -> found);
  }

  /** What {@link #find} asks. */
  static Look look(String terminal) {
    return new Look(
        "select organ, division, entry_id, mac from terminal_division where terminal = ?",
        terminal);
  }

  /** Whether the organ has a division of that code. */
  public boolean exists(Handle handle, String organ, String division) {
    return handle
            .createQuery("select count(*) from division where organ = :organ and code = :code")
            .bind("organ", organ)
            .bind("code", division)
            .mapTo(Long.class)
            .one()
        > 0;
  }

  /**
   * Says where a terminal stands, with its entry.
   *
   * @param division code of a division of the organ
   * @return false when the organ has no such division; nothing changed then
   */
  public boolean place(Transactions transactions, String terminal, String organ, String division) {
    return transactions.write(change -> {
      Handle handle = change.handle();
      if (!exists(handle, organ, division)) {
        change.unchanged();
        return false;
      }
      EntryReceipt entry =
          change.record(
              Entry.Subject.terminal(organ, terminal), new TerminalEvent.Placed(division));
      handle.execute("delete from terminal_division where terminal = ?", terminal);
      handle.execute(
          "insert into terminal_division (terminal, organ, division, entry_id, mac)"
              + " values (?, ?, ?, ?, ?)",
          terminal,
          organ,
          division,
          entry.entryId(),
          seal.seal(TABLE, entry, terminal, organ, division));
      return true;
    });
  }
}
