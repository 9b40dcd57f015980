package jp.sekisho.server.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import jp.sekisho.audit.tile.TileHashSource;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.HashSource;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.Recent;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proofs that a signed checkpoint continues older trees. A terminal takes one that does not hold
 * for a fork of the log, so none is handed out that does not end in the signed root: then every
 * hash of it is of that tree. Nearly all terminals ask for the same few, which are made once.
 *
 * <p>Hashes edited in the database are made again from the sealed entries; whoever asked is refused
 * this once, and the refusal becomes the alarm. Thread-safe.
 */
final class Continuations {
  private static final Logger LOG = LoggerFactory.getLogger(Continuations.class);
  private static final int MOST = 4096; // of at most 63 hashes
  private static final int CHUNK = 1000;

  private record Key(String log, long from, Hash root) {}

  private final Database database;
  private final RowSeal seal;
  private final CachedTiles.Full tiles;
  private final ToLongFunction<String> minimum;
  private final Map<Key, ConsistencyProof> proofs = Recent.map(MOST);

  /**
   * @param minimum the first entry of a log that was not deleted after its term
   */
  Continuations(
      Database database, RowSeal seal, CachedTiles.Full tiles, ToLongFunction<String> minimum) {
    this.minimum = minimum;
    this.database = database;
    this.seal = seal;
    this.tiles = tiles;
  }

  /**
   * The proof from a tree of {@code from} entries to the signed one.
   *
   * @param from 0 up to the signed size
   * @throws TamperedException when hashes of the database were edited or are missing; they are made
   *     again if the entries are those that were signed
   */
  ConsistencyProof proof(String log, long from, SignedCheckpoint signed) {
    Key key = new Key(log, from, signed.checkpoint().root());
    ConsistencyProof known = proofs.get(key);
    if (known != null) {
      return known;
    }
    try {
      long size = signed.size();
      HashSource hashes =
          new TileHashSource(new CachedTiles(new PublishedTiles(database, log, size), tiles), size);
      ConsistencyProof proof = ConsistencyProof.build(hashes, from, size);
      Hash older = from == 0 ? Rfc6962.EMPTY_ROOT : root(hashes, 0, from);
      if (proof.proves(older, signed.checkpoint().root())) {
        proofs.put(key, proof);
        return proof;
      }
    } catch (IOException e) {
      LOG.warn("hashes of log {} are missing", log, e);
    }
    repair(log, signed);
    throw new TamperedException("audit_node", log);
  }

  /** The root of entries {@code from} up to, not including, {@code to}. */
  private static Hash root(HashSource hashes, long from, long to) throws IOException {
    long width = to - from;
    if (Long.bitCount(width) == 1) {
      int level = Long.numberOfTrailingZeros(width);
      return hashes.hash(level, from >> level);
    }
    long middle = from + Long.highestOneBit(width - 1);
    return Rfc6962.node(root(hashes, from, middle), root(hashes, middle, to));
  }

  /**
   * Makes the hashes of the signed tree again from its sealed entries.
   *
   * @throws TamperedException when the entries themselves are not those that were signed
   * @throws StorageException when entries were deleted after their term meanwhile
   */
  synchronized void repair(String log, SignedCheckpoint signed) {
    TreeNodes nodes = new TreeNodes();
    List<LogTables.Leaf> leaves = new ArrayList<>();
    Frontier tree = Frontier.empty();
    long kept = minimum.applyAsLong(log);
    while (tree.size() < signed.size()) {
      long from = tree.size();
      long to = Math.min(signed.size(), from + CHUNK);
      for (LogTables.Integrated row :
          database.read(handle -> LogTables.range(handle, log, from, to))) {
        Hash leaf = LogTables.leaf(row, kept);
        boolean deleted = row.index() < kept && row.body().length == 0;
        if (row.index() != tree.size() || !(deleted || EntrySeal.isIntact(seal, log, row))) {
          throw differing(log, kept);
        }
        if (!leaf.equals(row.leaf())) {
          leaves.add(new LogTables.Leaf(row.index(), leaf));
        }
        tree = tree.append(leaf, nodes);
      }
      if (tree.size() != to) {
        throw differing(log, kept);
      }
    }
    if (!tree.root().equals(signed.checkpoint().root())) {
      throw differing(log, kept);
    }
    int _ =
        database
            .writer()
            .<Integer, RuntimeException>sequence(handle -> {
              nodes.store(handle, log);
              return LogTables.mendLeaves(handle, log, leaves);
            });
    tiles.forget(log);
    LOG.error("hashes of log {} were edited in the database and made again from its entries", log);
  }

  /** Read before the minimum was raised and after their deletion, entries only seem edited. */
  private RuntimeException differing(String log, long kept) {
    return minimum.applyAsLong(log) == kept
        ? new TamperedException("audit_entry", log)
        : new StorageException(
            "entries of log " + log + " were deleted after their term meanwhile; try again");
  }
}
