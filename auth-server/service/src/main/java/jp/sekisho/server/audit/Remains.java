package jp.sekisho.server.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.RowSeal;

/**
 * What a database still has of a log, compared with checkpoints that its key signed.
 *
 * @param held the newest of those checkpoints whose entries are all there
 * @param tree of those entries
 * @param rest entries behind them that this service committed, in their order
 * @param foreign rows behind them that it never wrote, or wrote for another place
 */
record Remains(SignedCheckpoint held, Frontier tree, List<LogTables.Pending> rest, int foreign) {
  private static final int CHUNK = 1000;

  Remains {
    rest = List.copyOf(rest);
  }

  /** Of a log the database never heard of. */
  static Remains none(SignedCheckpoint first) {
    return new Remains(first, Frontier.empty(), List.of(), 0);
  }

  /** Whether the log can simply go on: nothing that was signed or committed is missing. */
  boolean isWhole(SignedCheckpoint known, long committed) {
    boolean gapless = true;
    for (int i = 0; i < rest.size(); i++) {
      gapless &= rest.get(i).number() == tree.size() + i;
    }
    return gapless
        && foreign == 0
        && held.size() == known.size()
        && held.checkpoint().root().equals(known.checkpoint().root())
        && tree.size() + rest.size() >= committed;
  }

  /**
   * Looks through a log; changes nothing.
   *
   * @param minimum the first entry that was not deleted after its term
   * @param published the checkpoint in the database, its signature verified
   * @param known the newest checkpoint anybody knows, as large or larger, verified
   * @throws LogIntegrityException when not even the entries under {@code published} are those that
   *     were signed
   */
  static Remains of(
      Database database,
      RowSeal seal,
      String log,
      long minimum,
      SignedCheckpoint published,
      SignedCheckpoint known) {
    Frontier tree = replay(database, log, minimum, Frontier.empty(), published.size());
    if (tree.size() < published.size() || !tree.root().equals(published.checkpoint().root())) {
      throw new LogIntegrityException(
          "log "
              + log
              + ": the first "
              + published.size()
              + " entries of the database are not those that were signed; restore another backup"
              + " and keep this database for the investigation");
    }
    SignedCheckpoint held = published;
    if (known.size() > published.size()) {
      Frontier longer = replay(database, log, minimum, tree, known.size());
      if (longer.size() == known.size() && longer.root().equals(known.checkpoint().root())) {
        tree = longer;
        held = known;
      }
    }
    return behind(database, seal, log, held, tree);
  }

  private static Remains behind(
      Database database, RowSeal seal, String log, SignedCheckpoint held, Frontier tree) {
    List<LogTables.Pending> rest = new ArrayList<>();
    Set<Long> numbers = new HashSet<>();
    int foreign = 0;
    for (LogTables.Integrated row :
        database.read(handle -> LogTables.range(handle, log, tree.size(), Long.MAX_VALUE))) {
      if (EntrySeal.isIntact(seal, log, row) && numbers.add(row.index())) {
        rest.add(
            new LogTables.Pending(
                log, row.index(), row.entryId(), row.body(), row.created(), row.mac()));
      } else {
        foreign++;
      }
    }
    for (LogTables.Pending row :
        database.read(handle -> LogTables.pending(handle, log, Long.MIN_VALUE, Long.MAX_VALUE))) {
      if (row.number() >= tree.size()
          && EntrySeal.isIntact(seal, log, row)
          && numbers.add(row.number())) {
        rest.add(row);
      } else {
        foreign++;
      }
    }
    rest.sort((a, b) -> Long.compare(a.number(), b.number()));
    return new Remains(held, tree, rest, foreign);
  }

  /**
   * Whether the entries are others than those of a checkpoint: somebody saw another past.
   *
   * @param shown verified
   */
  static boolean contradicts(
      Database database, String log, long minimum, Frontier tree, SignedCheckpoint shown) {
    return shown.size() <= tree.size()
        && !replay(database, log, minimum, Frontier.empty(), shown.size())
            .root()
            .equals(shown.checkpoint().root());
  }

  /** The tree as far as the entries go without a gap, up to {@code to}. */
  private static Frontier replay(
      Database database, String log, long minimum, Frontier from, long to) {
    Frontier tree = from;
    long end = from.size();
    while (tree.size() == end && end < to) {
      long begin = end;
      end = Math.min(to, begin + CHUNK);
      long stop = end;
      for (LogTables.Integrated row :
          database.read(handle -> LogTables.range(handle, log, begin, stop))) {
        if (row.index() == tree.size()) {
          tree = tree.append(LogTables.leaf(row, minimum));
        }
      }
    }
    return tree;
  }
}
