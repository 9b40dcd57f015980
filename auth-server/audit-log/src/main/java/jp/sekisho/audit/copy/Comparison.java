package jp.sekisho.audit.copy;

import static jp.sekisho.audit.copy.Verification.invalid;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.tile.HashTile;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tree.GrowingTree;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.NodeSink;
import jp.sekisho.audit.tree.Rfc6962;
import org.jspecify.annotations.Nullable;

/**
 * One pass over entries and tiles of a copy, side by side. While both agree one tree stands for
 * both; from the first difference on there are two.
 */
final class Comparison {
  /**
   * Stands for a slot that is no entry. Drawn anew for each comparison: a hash known beforehand
   * could have been signed into the tree, and then anything would pass in its place.
   */
  private final Hash notAnEntry = random();

  private static final NodeSink NOBODY = (level, index, hash) -> {};

  private final LogCopy copy;
  private final Checkpoint signed;
  private final Map<Long, Hash> olderRoots = new HashMap<>();
  private final long minimum;
  private final FirstDifference difference = new FirstDifference();
  private final Iterator<HashTilePath> leafTiles;
  private final List<Node> completed = new ArrayList<>();
  private final Map<Integer, List<Hash>> upperRows = new HashMap<>();
  private final NodeSink sinkOfEntries;
  private Iterator<Hash> told = List.<Hash>of().iterator();
  private final GrowingTree ofEntries = new GrowingTree();
  private GrowingTree ofTiles = new GrowingTree();
  private boolean parted;
  private boolean tileUnreadable;
  private long firstAbsent = -1;
  private long firstBadUpperTile = -1;

  private long deletedBelow;

  /**
   * @param older checkpoints whose roots are to be compared; longer ones are not met
   * @param minimum entries below it may be missing: the log signed that it deleted them
   */
  Comparison(LogCopy copy, Checkpoint signed, List<Checkpoint> older, long minimum) {
    this.minimum = minimum;
    this.copy = copy;
    this.signed = signed;
    older.forEach(one -> olderRoots.put(one.size(), Rfc6962.EMPTY_ROOT));
    this.leafTiles = HashTilePath.ofLevel(0, signed.size()).iterator();
    this.sinkOfEntries = copy.tileLevels() > 1 ? this::noteUpperNode : NOBODY;
  }

  private static Hash random() {
    byte[] bytes = new byte[Hash.SIZE];
    new SecureRandom().nextBytes(bytes);
    return Hash.of(bytes);
  }

  void run(EntryReader entries, EntrySink sink) throws IOException {
    for (long i = 0; i < signed.size(); i++) {
      noteOlderRoot(i);
      if (i % TilePath.FULL == 0) {
        nextLeafTile();
      }
      step(i, entries.next(), told.hasNext() ? told.next() : null, sink);
    }
    noteOlderRoot(signed.size());
    Slot extra = entries.next();
    if (extra != Slot.Gap.END) {
      Hash found = extra instanceof Slot.Entry entry ? Rfc6962.leaf(entry.bytes()) : notAnEntry;
      part();
      difference.compare(signed.size(), found, null);
      ofEntries.append(found, NOBODY);
    }
  }

  private void noteUpperNode(int level, long index, Hash hash) {
    if (level > 0 && level % 8 == 0 && level / 8 < copy.tileLevels()) {
      completed.add(new Node(level, index, hash));
    }
  }

  private void noteOlderRoot(long size) {
    if (olderRoots.containsKey(size)) {
      olderRoots.put(size, ofEntries.root());
    }
  }

  private void step(long index, Slot slot, @Nullable Hash expected, EntrySink sink)
      throws IOException {
    Hash found = null;
    if (slot instanceof Slot.Entry entry) {
      found = Rfc6962.leaf(entry.bytes());
      sink.take(index, entry.bytes());
    } else if (slot == Slot.Gap.DAMAGED) {
      found = notAnEntry;
    } else if (slot == Slot.Gap.ABSENT && index < minimum && expected != null) {
      found = expected; // no more believed than an entry: both are under the signed root
      deletedBelow = index + 1;
    } else if (slot == Slot.Gap.ABSENT && firstAbsent < 0) {
      firstAbsent = index;
    }
    boolean agreed = !difference.exists();
    difference.compare(index, found, expected);
    if (agreed && difference.exists()) {
      part();
    }
    if (found != null) {
      ofEntries.append(found, difference.exists() ? NOBODY : sinkOfEntries);
      checkUpperTiles();
    }
    if (difference.exists() && expected != null) {
      ofTiles.append(expected, NOBODY);
    }
  }

  /** From here on the tiles have a tree of their own. */
  private void part() {
    if (!parted) {
      parted = true;
      ofTiles = ofEntries.copy();
    }
  }

  private void nextLeafTile() throws IOException {
    HashTilePath path = leafTiles.next();
    List<Hash> hashes = tile(path);
    tileUnreadable |= hashes.isEmpty();
    told = hashes.iterator();
  }

  private List<Hash> tile(HashTilePath path) throws IOException {
    try {
      return HashTile.parse(path, copy.tile(path)).hashes();
    } catch (NoSuchFileException | FormatException e) {
      return List.of();
    }
  }

  /** Compares the nodes just completed with the tiles above the leaves, as long as all agrees. */
  private void checkUpperTiles() throws IOException {
    for (Node node : completed) {
      int level = node.level() / 8;
      List<Hash> row = upperRows.get(level);
      int at = (int) (node.index() % TilePath.FULL);
      if (at == 0) {
        row = tile(HashTilePath.of(level, node.index() / TilePath.FULL, signed.size()));
        upperRows.put(level, row);
      }
      if (firstBadUpperTile < 0
          && (row == null || row.isEmpty() || !row.get(at).equals(node.hash()))) {
        firstBadUpperTile = node.index() << node.level();
      }
    }
    completed.clear();
  }

  /** A node that stands in a tile above the leaves. */
  private record Node(int level, long index, Hash hash) {}

  boolean entriesGood() {
    return ofEntries.size() == signed.size() && ofEntries.root().equals(signed.root());
  }

  /** Returns the first entry under a tile that is not what the entries make; they being good. */
  OptionalLong firstBadTile() {
    if (difference.exists()) {
      return OptionalLong.of(difference.index());
    }
    return firstBadUpperTile < 0 ? OptionalLong.empty() : OptionalLong.of(firstBadUpperTile);
  }

  Invalid whatIsWrongWithEntries() {
    GrowingTree tiles = difference.exists() ? ofTiles : ofEntries;
    if (!tileUnreadable && tiles.root().equals(signed.root())) {
      return new Invalid(
          difference.reason(),
          OptionalLong.of(difference.index()),
          "the entries leave the signed tree at entry " + difference.index());
    }
    if (firstAbsent >= 0) {
      return new Invalid(
          difference.reason() == Reason.TRUNCATED ? Reason.TRUNCATED : Reason.ENTRY_MISSING,
          OptionalLong.of(firstAbsent),
          "there is no entry " + firstAbsent + ", and the tiles are not those signed");
    }
    return invalid(Reason.ROOT_MISMATCH, "neither entries nor tiles have the signed root");
  }

  /** Behind the last entry that was deleted after its term; 0 when all are there. */
  long deletedBelow() {
    return deletedBelow;
  }

  /** Whether the log continues one of the older checkpoints. */
  boolean continues(Checkpoint older) {
    return older.root().equals(olderRoots.get(older.size()));
  }
}
