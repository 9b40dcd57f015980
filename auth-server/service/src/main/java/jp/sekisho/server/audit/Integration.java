package jp.sekisho.server.audit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.audit.entry.TopLevel;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.RowSeal;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Moves pending entries of one log into its tree: each to the index it was numbered for, on top of
 * what was signed and of nothing else.
 */
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
   * What comes next in one log: read and judged, to be written.
   *
   * @param before the log's state, which must still be that when this is written
   */
  record Next(
      LogState before,
      Frontier tree,
      TreeNodes nodes,
      List<LogTables.Integrated> entries,
      List<Numbered> numbered) {}

  /** As {@link #read} and {@link #write} in one transaction. */
  List<Numbered> run(Handle handle, String log, Frontier signed) {
    return write(handle, read(handle, log, signed));
  }

  /**
   * Looks at the next entries, at most {@value #LIMIT}; changes nothing. Apart from {@link #write},
   * because on SQLite whoever writes waits for whoever writes.
   *
   * @param signed the tree under the checkpoint signed last: what the database says of it is not
   *     believed
   * @throws LogIntegrityException when a pending row was edited, removed or put in again, or an
   *     entry stands where the next one belongs
   * @throws IllegalStateException when the database is not where {@code signed} is, because another
   *     process integrates this log; nothing is lost
   */
  Next read(Handle handle, String log, Frontier signed) {
    List<LogTables.Pending> rows = LogTables.pending(handle, log, LIMIT);
    // Asked before the state: an entry and the state that counts it become visible together.
    boolean ahead = !rows.isEmpty() && LogTables.hasFrom(handle, log, signed.size());
    LogState before =
        LogTables.state(handle, log)
            .orElseThrow(() -> new LogIntegrityException("log " + log + " has no state"));
    if (!rows.isEmpty() && !before.frontier().equals(signed)) {
      throw new IllegalStateException("log " + log + " was integrated by somebody else");
    }
    if (ahead) {
      throw new LogIntegrityException(
          "log "
              + log
              + ": an entry beyond its "
              + signed.size()
              + " signed ones was put into the database");
    }
    Frontier tree = signed;
    TreeNodes nodes = new TreeNodes();
    List<LogTables.Integrated> entries = new ArrayList<>();
    List<Numbered> numbered = new ArrayList<>();
    for (LogTables.Pending row : rows) {
      EntryReceipt receipt = new EntryReceipt(row.entryId(), log);
      requireNext(row, tree.size(), receipt);
      String person = person(row, receipt);
      Hash leaf = Rfc6962.leaf(row.body());
      entries.add(
          new LogTables.Integrated(
              tree.size(), row.entryId(), row.body(), leaf, person, row.created(), row.mac()));
      numbered.add(new Numbered(receipt, tree.size()));
      tree = tree.append(leaf, nodes);
    }
    return new Next(before, tree, nodes, entries, numbered);
  }

  /**
   * Integrates what was read, in the transaction of {@code handle}.
   *
   * @throws IllegalStateException when another process was quicker; nothing is lost
   */
  List<Numbered> write(Handle handle, Next next) {
    if (next.entries().isEmpty()) {
      return List.of();
    }
    String log = next.before().log();
    LogTables.insertEntries(handle, log, next.entries());
    next.nodes().store(handle, log);
    int moved = LogTables.deletePending(handle, log, next.before().size(), next.tree().size());
    if (moved != next.entries().size()
        || !LogTables.compareAndSet(handle, next.before(), next.tree())) {
      throw new IllegalStateException("log " + log + " was integrated by somebody else");
    }
    return next.numbered();
  }

  /** A row of a higher number means a hole, one of a lower number an entry put in again. */
  private static void requireNext(LogTables.Pending row, long next, EntryReceipt receipt) {
    if (row.number() != next) {
      throw new LogIntegrityException(
          "audit_pending: entry "
              + next
              + " of log "
              + receipt.log()
              + " is missing; the next row there is "
              + row.number()
              + " ("
              + Base64Url.encode(row.entryId())
              + ")");
    }
  }

  /**
   * Whom the entry is about. Its bytes are an entry: the seal says that this service made them as
   * one, so they are not taken apart further here, on the one thread that numbers.
   */
  private @Nullable String person(LogTables.Pending row, EntryReceipt receipt) {
    if (EntrySeal.isIntact(seal, receipt.log(), row)) {
      var members = TopLevel.read(new String(row.body(), StandardCharsets.UTF_8));
      if (members.isPresent()) {
        TopLevel.Value person = members.get().get("person");
        return person == null ? null : person.text();
      }
      // Sealed by us, yet not an entry: said below as well.
    }
    throw new LogIntegrityException(
        "audit_pending: row "
            + row.number()
            + " ("
            + Base64Url.encode(row.entryId())
            + ", log "
            + receipt.log()
            + ") was edited in the database");
  }
}
