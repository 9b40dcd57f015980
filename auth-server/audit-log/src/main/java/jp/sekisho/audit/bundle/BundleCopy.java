package jp.sekisho.audit.bundle;

import static jp.sekisho.audit.FormatException.Code.BUNDLE_MALFORMED;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.copy.EntryReader;
import jp.sekisho.audit.copy.LogCopy;
import jp.sekisho.audit.names.SealedNames;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.tile.DerivedTiles;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TileHashSource;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.audit.tree.HashSource;

/** A copy of a log in the form of a bundle: exactly the members its size calls for, or refused. */
public final class BundleCopy implements LogCopy {
  private static final int MAX_EXPLANATION_BYTES = 256 * 1024;

  /** Entries from which on a thread that reads them ahead saves more time than it takes. */
  static final long WORTH_A_THREAD = 10_000;

  private final BundleMembers members;

  private BundleCopy(BundleMembers members) {
    this.members = members;
  }

  /**
   * Opens a bundle.
   *
   * @param bundle a directory or a ZIP file
   * @throws FormatException if it is not one that can be read safely
   * @throws IOException if the file system fails or there is nothing at that path
   */
  public static BundleCopy open(Path bundle) throws IOException, FormatException {
    return new BundleCopy(BundleMembers.open(bundle));
  }

  /** Returns whether a directory is laid out as a bundle, by its file of entries. */
  public static boolean isBundle(Path directory) {
    return java.nio.file.Files.exists(directory.resolve(Member.ENTRIES));
  }

  @Override
  public byte[] checkpoint() throws IOException, FormatException {
    if (!members.names().contains(Member.CHECKPOINT)) {
      throw new FormatException(BUNDLE_MALFORMED, "there is no checkpoint");
    }
    return members.read(Member.CHECKPOINT, SignedNote.MAX_BYTES);
  }

  @Override
  public void checkShape(long size) throws IOException, FormatException {
    Set<String> rest = new HashSet<>(members.names());
    rest.remove(Member.CHECKPOINT);
    for (String explanation : new String[] {Member.README, Member.PAGE}) {
      if (rest.remove(explanation)) {
        members.read(explanation, MAX_EXPLANATION_BYTES); // so that damage shows; proves nothing
      }
    }
    rest.remove(Member.MINIMUM);
    if (rest.remove(Member.AGED)) {
      members.read(Member.AGED, SignedNote.MAX_BYTES); // so that damage shows
    }
    if (rest.remove(Member.STAMPED)) {
      members.read(Member.STAMPED, Stamped.MAX_BYTES);
    }
    if (rest.remove(Member.NAMES)) {
      members.read(Member.NAMES, SealedNames.MAX_BYTES); // as above
    }
    boolean complete = rest.remove(Member.ENTRIES) && rest.size() == TilePath.count(size);
    // The count first: a size of 2^60 must not make us list that many tiles.
    if (!complete || !HashTilePath.ofLevel(0, size).allMatch(tile -> rest.contains(tile.path()))) {
      throw new FormatException(
          BUNDLE_MALFORMED, "members are missing or unexpected for " + size + " entries");
    }
  }

  @Override
  public Optional<byte[]> minimum() throws IOException, FormatException {
    return members.names().contains(Member.MINIMUM)
        ? Optional.of(members.read(Member.MINIMUM, Minimum.MAX_BYTES))
        : Optional.empty();
  }

  @Override
  public Optional<byte[]> aged() throws IOException, FormatException {
    return members.names().contains(Member.AGED)
        ? Optional.of(members.read(Member.AGED, SignedNote.MAX_BYTES))
        : Optional.empty();
  }

  @Override
  public Optional<Stamped> stamped() throws IOException, FormatException {
    return members.names().contains(Member.STAMPED)
        ? Optional.of(Stamped.parse(members.read(Member.STAMPED, Stamped.MAX_BYTES)))
        : Optional.empty();
  }

  /** Returns the sealed table of names and posts; empty where the bundle has none. */
  public Optional<byte[]> names() throws IOException, FormatException {
    return members.names().contains(Member.NAMES)
        ? Optional.of(members.read(Member.NAMES, SealedNames.MAX_BYTES))
        : Optional.empty();
  }

  /** The lines begin where the statement of what was deleted, which nobody believes here, says. */
  @Override
  public EntryReader entries(long size) throws IOException {
    long from = 0;
    try {
      Optional<byte[]> stated = minimum();
      if (stated.isPresent()) {
        from = Minimum.claimed(stated.get()).index();
      }
    } catch (FormatException e) {
      from = 0; // whoever verifies has refused it, or refuses the entries then
    }
    EntryReader lines = new LineReader(from, members.open(Member.ENTRIES));
    return size < WORTH_A_THREAD ? lines : new ReadAhead(lines);
  }

  @Override
  public byte[] tile(HashTilePath path) throws IOException, FormatException {
    return members.read(path.path(), path.width() * Hash.SIZE);
  }

  /** Returns 1: tiles above the leaves can be recomputed, and a bundle has none. */
  @Override
  public int tileLevels() {
    return 1;
  }

  @Override
  public HashSource nodes(long size) {
    return new TileHashSource(new DerivedTiles(this::leafTile), size);
  }

  private byte[] leafTile(HashTilePath path) throws IOException {
    // A node under a partial tile asks for less of it than the bundle has.
    for (int width = path.width(); width <= TilePath.FULL; width++) {
      HashTilePath there = new HashTilePath(path.level(), path.index(), width);
      if (members.names().contains(there.path())) {
        try {
          return Arrays.copyOf(tile(there), path.width() * Hash.SIZE);
        } catch (FormatException e) {
          throw new IOException(e);
        }
      }
    }
    throw new java.nio.file.NoSuchFileException(path.path());
  }

  @Override
  public void close() throws IOException {
    members.close();
  }
}
