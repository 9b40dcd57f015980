package jp.sekisho.server.audit;

import java.io.IOException;
import java.util.List;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.note.LogSigner;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.NodeSink;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;

/**
 * One log's key and what it signed last; signs a state only after recomputing from the entries
 * themselves that it continues that, and that each of them was sealed by this service for its place
 * in this log: whoever can write to the database alone gets nothing signed. Used by one thread at a
 * time.
 */
final class SignedLog implements AutoCloseable {
  private static final int CHUNK = 1000;
  private static final NodeSink NOBODY = (level, index, hash) -> {};

  private final Database database;
  private final LogFiles files;
  private final RowSeal seal;
  private final NewestRows newest;
  private final String log;
  private final String origin;
  private final LogSigner signer;
  private final long minimum;
  private SignedNote last;
  private Frontier signed;

  /**
   * Opens the log and checks the database against the checkpoint signed last.
   *
   * @param newest hears of every entry
   * @throws LogIntegrityException when the database is older or other than what was signed
   */
  SignedLog(Database database, LogFiles files, RowSeal seal, NewestRows newest, LogState state) {
    this.database = database;
    this.files = files;
    this.seal = seal;
    this.newest = newest;
    this.origin = state.origin();
    this.log = state.log();
    this.signer = files.signer(state.origin());
    try {
      this.minimum = files.minimumIndex(signer.verifierKey());
      this.last = files.readLast(signer.verifierKey());
      Checkpoint checkpoint = Checkpoint.parse(last.text());
      requireNotRolledBack(state, checkpoint.size());
      TreeNodes nodes = new TreeNodes();
      this.signed = replay(Frontier.empty(), checkpoint.size(), Proof.ROOT, List.of(), nodes);
      if (!signed.root().equals(checkpoint.root())) {
        throw new LogIntegrityException(
            "log "
                + log
                + ": the first "
                + checkpoint.size()
                + " entries of the database are not those that were signed; restore the newest"
                + " backup and keep this database for the investigation");
      }
      if (!nodes.isEmpty()) {
        int _ =
            database
                .writer()
                .sequence(handle -> {
                  nodes.store(handle, log);
                  return 0;
                });
      }
    } catch (FormatException e) {
      signer.close();
      throw new LogIntegrityException("log " + log + ": the last checkpoint is damaged", e);
    } catch (RuntimeException e) {
      signer.close();
      throw e;
    }
  }

  /** What shows that replayed entries are ours. */
  private enum Proof {
    /** The signed root, which the caller compares. */
    ROOT,
    /** The seal of each: no checkpoint covers them yet. */
    SEAL
  }

  /** The tree under the checkpoint signed last. */
  Frontier signed() {
    return signed;
  }

  /**
   * Signs a committed state, keeps the checkpoint beside the database and returns it. Signing the
   * same state again gives the same bytes.
   *
   * @param written rows that were judged and written just now, in order, if any: where the database
   *     gives back the very same, they are not judged a second time
   * @throws LogIntegrityException when the state does not continue what was signed last
   */
  SignedNote sign(LogState state, List<LogTables.Integrated> written) {
    requireNotRolledBack(state, signed.size());
    if (!state.origin().equals(origin)) {
      throw new LogIntegrityException("log " + log + ": its origin was edited in the database");
    }
    Frontier tree = replay(signed, state.size(), Proof.SEAL, written, NOBODY);
    if (!tree.equals(state.frontier())) {
      throw new LogIntegrityException(
          "log " + log + ": the entries up to " + state.size() + " are not those integrated");
    }
    SignedNote note = Checkpoint.of(origin, tree).sign(signer);
    if (!note.text().equals(last.text())) {
      try {
        // Before anybody sees it: afterwards no older state may ever be signed again.
        files.writeLast(note);
      } catch (IOException e) {
        throw new StorageException("cannot keep the checkpoint of log " + log, e);
      }
    }
    last = note;
    signed = tree;
    return note;
  }

  private void requireNotRolledBack(LogState state, long signedSize) {
    if (state.size() < signedSize) {
      throw new LogIntegrityException(
          "log "
              + log
              + ": the database has "
              + state.size()
              + " entries, but a checkpoint of "
              + signedSize
              + " was signed: the database was rolled back. Restore the newest backup");
    }
  }

  /**
   * The tree after the entries from {@code from.size()} to {@code to}, hashed from their bodies.
   */
  private Frontier replay(
      Frontier from, long to, Proof proof, List<LogTables.Integrated> written, NodeSink sink) {
    Frontier tree = from;
    long firstWritten = written.isEmpty() ? to : written.getFirst().index();
    while (tree.size() < to) {
      long begin = tree.size();
      long end = Math.min(to, begin + CHUNK);
      List<LogTables.Integrated> entries =
          database.read(handle -> LogTables.range(handle, log, begin, end));
      for (LogTables.Integrated entry : entries) {
        if (entry.index() != tree.size()) {
          break;
        }
        long place = entry.index() - firstWritten;
        boolean known =
            place >= 0 && place < written.size() && entry.isSame(written.get((int) place));
        Hash leaf = known ? entry.leaf() : LogTables.leaf(entry, minimum);
        if (!known
            && (!leaf.equals(entry.leaf())
                || (proof == Proof.SEAL && !EntrySeal.isIntact(seal, log, entry)))) {
          throw new LogIntegrityException(
              "log "
                  + log
                  + ": entry "
                  + entry.index()
                  + " was edited in or put into the database");
        }
        tree = tree.append(leaf, sink);
        newest.saw(log, entry);
      }
      if (tree.size() != end) {
        throw new LogIntegrityException(
            "log " + log + ": entry " + tree.size() + " is missing from the database");
      }
    }
    return tree;
  }

  @Override
  public void close() {
    signer.close();
  }
}
