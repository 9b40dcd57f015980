package jp.sekisho.audit.bundle;

import static jp.sekisho.audit.bundle.Verification.invalid;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.ZipException;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.bundle.Verification.Invalid;
import jp.sekisho.audit.bundle.Verification.Reason;
import jp.sekisho.audit.bundle.Verification.Verified;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.tile.HashTilePath;
import jp.sekisho.audit.tile.TilePath;
import jp.sekisho.audit.tree.Frontier;
import jp.sekisho.audit.tree.Hash;
import org.jspecify.annotations.Nullable;

/**
 * Verifies bundles offline with keys that did not come with them. Streams: memory does not grow
 * with the log. Thread-safe.
 *
 * @param unwitnessedAllowed whether a log nobody outside has cosigned may pass; false unless the
 *     auditor decides otherwise, since the operator alone could have rewritten such a log
 */
public record BundleVerifier(TrustedKeys keys, boolean unwitnessedAllowed) {
  /**
   * Verifies a bundle by itself.
   *
   * @param bundle a directory or a ZIP file
   * @throws IOException if the file system fails; whatever is wrong with the bundle is a value
   */
  public Verification verify(Path bundle) throws IOException {
    return verify(bundle, Optional.empty());
  }

  /**
   * Verifies a bundle, and that its log continues a checkpoint of the same log the auditor kept.
   *
   * @param since the older signed checkpoint's bytes
   */
  public Verification verifySince(Path bundle, byte[] since) throws IOException {
    return verify(bundle, Optional.of(since));
  }

  private Verification verify(Path bundle, Optional<byte[]> since) throws IOException {
    try (BundleSource source = BundleSource.open(bundle)) {
      if (!source.names().contains(Member.CHECKPOINT)) {
        return invalid(Reason.BUNDLE_MALFORMED, "there is no checkpoint");
      }
      CheckpointOpening opening = keys.open(source.read(Member.CHECKPOINT, SignedNote.MAX_BYTES));
      if (!(opening instanceof Opened opened)) {
        return refused((CheckpointOpening.Refused) opening);
      }
      if (opened.witnesses().isEmpty() && !unwitnessedAllowed) {
        return invalid(Reason.UNWITNESSED, "no cosignature by a trusted witness");
      }
      Checkpoint older = null;
      if (since.isPresent()) {
        CheckpointOpening kept = keys.open(since.get());
        if (!(kept instanceof Opened openedKept)) {
          return invalid(Reason.SINCE_REFUSED, ((CheckpointOpening.Refused) kept).detail());
        }
        older = openedKept.checkpoint();
        if (older.size() > opened.checkpoint().size()) {
          return invalid(
              Reason.ROLLED_BACK,
              "the log had " + older.size() + " entries and now " + opened.checkpoint().size());
        }
      }
      checkMembers(source.names(), opened.checkpoint().size());
      return compare(source, opened, older);
    } catch (FormatException | ZipException | EOFException e) {
      return invalid(Reason.BUNDLE_MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static Invalid refused(CheckpointOpening.Refused refused) {
    Reason reason =
        switch (refused.reason()) {
          case MALFORMED -> Reason.CHECKPOINT_MALFORMED;
          case NOT_SIGNED_BY_LOG -> Reason.NOT_SIGNED_BY_LOG;
          case BAD_SIGNATURE -> Reason.BAD_SIGNATURE;
          case OTHER_ORIGIN -> Reason.OTHER_ORIGIN;
        };
    return invalid(reason, refused.detail());
  }

  /** Refuses a bundle with anything more or less than its size calls for. */
  private static void checkMembers(Set<String> names, long size) throws FormatException {
    Set<String> rest = new HashSet<>(names);
    rest.remove(Member.CHECKPOINT);
    rest.remove(Member.README);
    boolean complete = rest.remove(Member.ENTRIES) && rest.size() == TilePath.count(size);
    // The count first: a size of 2^60 must not make us list that many tiles.
    if (!complete || !HashTilePath.ofLevel(0, size).allMatch(tile -> rest.contains(tile.path()))) {
      throw new FormatException(
          FormatException.Code.BUNDLE_MALFORMED,
          "members are missing or unexpected for " + size + " entries");
    }
  }

  private static Verification compare(
      BundleSource source, Opened opened, @Nullable Checkpoint older)
      throws IOException, FormatException {
    Checkpoint signed = opened.checkpoint();
    TileReader tiles = new TileReader(source, signed.size());
    FirstDifference difference = new FirstDifference();
    Frontier lineTree = Frontier.empty();
    Frontier tileTree = Frontier.empty();
    Hash olderRoot = lineTree.root();
    try (InputStream in = source.open(Member.ENTRIES)) {
      LeafReader lines = new LeafReader(in);
      for (long i = 0; i < signed.size(); i++) {
        if (older != null && i == older.size()) {
          olderRoot = lineTree.root();
        }
        Hash line = lines.next();
        Hash tile = tiles.next();
        difference.compare(i, line, tile);
        tileTree = tileTree.append(tile);
        lineTree = line == null ? lineTree : lineTree.append(line);
      }
      Hash extra = lines.next();
      if (extra != null) {
        difference.compare(signed.size(), extra, null);
        lineTree = lineTree.append(extra);
      }
    }
    boolean linesGood = lineTree.size() == signed.size() && lineTree.root().equals(signed.root());
    boolean tilesGood = tileTree.root().equals(signed.root());
    if (!linesGood && tilesGood) {
      return new Invalid(
          difference.reason(),
          OptionalLong.of(difference.index()),
          "the lines leave the signed tree at entry " + difference.index());
    }
    if (!linesGood) {
      return invalid(Reason.ROOT_MISMATCH, "neither lines nor tiles have the signed root");
    }
    if (!tilesGood) {
      return new Invalid(
          Reason.TILES_ALTERED,
          OptionalLong.of(difference.index()),
          "the tiles leave the signed tree at entry " + difference.index());
    }
    if (older != null) {
      Hash then = older.size() == signed.size() ? lineTree.root() : olderRoot;
      if (!then.equals(older.root())) {
        return invalid(
            Reason.FORKED, "at " + older.size() + " entries the root is not the one signed then");
      }
    }
    return new Verified(signed.origin(), signed.size(), signed.root(), opened.witnesses());
  }
}
