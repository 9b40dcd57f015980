package jp.sekisho.server.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;

/** Moves pending entries of one log into its tree, in the order of their insertion. */
final class Integration {
  /** Entries of one transaction. */
  static final int LIMIT = 500;

  private final RowSeal seal;

  Integration(RowSeal seal) {
    this.seal = seal;
  }

  /** An entry that has an index now. */
  record Numbered(EntryReceipt receipt, long index) {}

  /**
   * Integrates at most {@value #LIMIT} entries in the transaction of {@code handle}.
   *
   * @throws LogIntegrityException when a pending row was edited
   * @throws IllegalStateException when another process integrates this log; nothing is lost
   */
  List<Numbered> run(Handle handle, String log) {
    List<LogTables.Pending> rows = LogTables.pending(handle, log, LIMIT);
    if (rows.isEmpty()) {
      return List.of();
    }
    LogState before =
        LogTables.state(handle, log)
            .orElseThrow(() -> new LogIntegrityException("log " + log + " has no state"));
    Frontier tree = before.frontier();
    List<LogTables.Integrated> entries = new ArrayList<>();
    List<Numbered> numbered = new ArrayList<>();
    for (LogTables.Pending row : rows) {
      EntryReceipt receipt = new EntryReceipt(row.entryId(), log);
      Entry entry = parse(row, receipt);
      Hash leaf = Rfc6962.leaf(row.body());
      entries.add(
          new LogTables.Integrated(
              tree.size(), row.entryId(), row.body(), leaf, entry.subject().person()));
      numbered.add(new Numbered(receipt, tree.size()));
      tree = tree.append(leaf);
    }
    LogTables.insertEntries(handle, log, entries, rows);
    if (LogTables.deletePending(handle, rows) != rows.size()
        || !LogTables.compareAndSet(handle, before, tree)) {
      throw new IllegalStateException("log " + log + " was integrated by somebody else");
    }
    return numbered;
  }

  private Entry parse(LogTables.Pending row, EntryReceipt receipt) {
    Instant created = Instant.ofEpochMilli(row.created());
    boolean sealed =
        seal.verify(
            row.mac(), PendingEntries.TABLE, row.entryId(), receipt.log(), row.body(), created);
    try {
      if (sealed) {
        return Entry.parse(row.body());
      }
    } catch (MalformedException e) {
      // Sealed by us, yet not an entry: said below as well.
    }
    throw new LogIntegrityException(
        "audit_pending: row "
            + row.seq()
            + " ("
            + Base64Url.encode(row.entryId())
            + ", log "
            + receipt.log()
            + ") was edited in the database");
  }
}
