package jp.sekisho.audit.copy;

import static jp.sekisho.audit.copy.Verification.invalid;

import java.io.EOFException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.ZipException;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.Minimum;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.Verification.Invalid;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.entry.PruneEntry;
import jp.sekisho.audit.stamp.Stamped;
import jp.sekisho.audit.stamp.TimeStamps;
import org.jspecify.annotations.Nullable;

/**
 * Verifies copies of a log with keys that did not come with them. Streams: memory does not grow
 * with the log. Thread-safe.
 *
 * @param unwitnessedAllowed whether a log nobody outside has cosigned may pass, and deleted entries
 *     of which nobody outside says how old they were; false unless the auditor decides otherwise,
 *     since the operator alone could have rewritten such a log
 * @param deletions entries about this log that were proved in a later generation of it, for a copy
 *     that cannot have them itself
 * @param authorities whose time-stamp (RFC 3161) the copy must have; empty for none
 */
public record CopyVerifier(
    TrustedKeys keys,
    boolean unwitnessedAllowed,
    List<Deletion> deletions,
    List<X509Certificate> authorities) {
  public CopyVerifier {
    deletions = List.copyOf(deletions);
    authorities = List.copyOf(authorities);
  }

  /** Takes entries about deletions from the copy alone. */
  public CopyVerifier(TrustedKeys keys, boolean unwitnessedAllowed) {
    this(keys, unwitnessedAllowed, List.of(), List.of());
  }

  /**
   * Verifies a copy by itself.
   *
   * @throws IOException if the copy cannot be read; whatever is wrong with it is a value
   */
  public Verification verify(LogCopy copy) throws IOException {
    return verify(copy, Optional.empty(), EntrySink.NOBODY);
  }

  /**
   * Verifies a copy, and that its log continues a checkpoint of the same log the auditor kept.
   *
   * @param earlier the older signed checkpoint's bytes
   */
  public Verification verifySince(LogCopy copy, byte[] earlier) throws IOException {
    return verify(copy, Optional.of(earlier), EntrySink.NOBODY);
  }

  /**
   * Verifies a copy, and that its log continues what was received on paper: the root sheet.
   *
   * @param printed size and root hash of the sheet; nothing of it was signed
   */
  public Verification verifyPrinted(LogCopy copy, Checkpoint printed) throws IOException {
    return verify(copy, Optional.empty(), Optional.of(printed), EntrySink.NOBODY);
  }

  /**
   * As the others, and gives each entry to a sink on the way. Only a {@link Verification.Verified}
   * says that what the sink got was the log.
   *
   * @throws IOException also if the sink throws it
   */
  public Verification verify(LogCopy copy, Optional<byte[]> earlier, EntrySink sink)
      throws IOException {
    return verify(copy, earlier, Optional.empty(), sink);
  }

  private Verification verify(
      LogCopy copy, Optional<byte[]> earlier, Optional<Checkpoint> printed, EntrySink sink)
      throws IOException {
    try {
      CheckpointOpening opening = keys.open(copy.checkpoint());
      if (!(opening instanceof Opened opened)) {
        return refused((CheckpointOpening.Refused) opening);
      }
      if (opened.witnesses().isEmpty() && !unwitnessedAllowed) {
        return invalid(Reason.UNWITNESSED, "no cosignature by a trusted witness");
      }
      Checkpoint older = printed.orElse(null);
      Older kept = Older.NOTHING;
      if (earlier.isPresent()) {
        CheckpointOpening found = keys.open(earlier.get());
        if (!(found instanceof Opened openedKept)) {
          return invalid(Reason.SINCE_REFUSED, ((CheckpointOpening.Refused) found).detail());
        }
        older = openedKept.checkpoint();
        kept = new Older(older, Deletion.earliest(openedKept.witnesses()), Aged.of(openedKept));
      } else if (older != null) {
        kept = new Older(older, null, Optional.empty());
      }
      if (older != null && older.size() > opened.checkpoint().size()) {
        return invalid(
            Reason.ROLLED_BACK,
            "the log had " + older.size() + " entries and now " + opened.checkpoint().size());
      }
      copy.checkShape(opened.checkpoint().size());
      long minimum = 0;
      Optional<byte[]> stated = copy.minimum();
      if (stated.isPresent()) {
        try {
          minimum = Minimum.open(stated.get(), keys.log()).index();
          if (minimum > opened.checkpoint().size()) {
            return invalid(Reason.MINIMUM_REFUSED, "more was deleted than there is");
          }
        } catch (FormatException e) {
          return invalid(Reason.MINIMUM_REFUSED, String.valueOf(e.getMessage()));
        }
      }
      SeenThen stamp = authorities.isEmpty() ? null : stamp(copy);
      Verification outcome = compare(copy, opened, kept, stamp, minimum, sink);
      return outcome instanceof Invalid bad
          ? new Invalid(bad.reason(), bad.entryIndex(), bad.detail(), minimum)
          : outcome;
    } catch (StampRefusedException e) {
      return invalid(Reason.STAMP_REFUSED, String.valueOf(e.getMessage()));
    } catch (FormatException | ZipException | EOFException e) {
      return invalid(Reason.BUNDLE_MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** A checkpoint that an authority stamped. */
  private record SeenThen(Checkpoint checkpoint, Instant at) {}

  /** The stamp proves nothing. */
  private static final class StampRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    StampRefusedException(String detail) {
      super(detail);
    }
  }

  private SeenThen stamp(LogCopy copy) throws IOException, StampRefusedException {
    try {
      Stamped stamped =
          copy.stamped().orElseThrow(() -> new StampRefusedException("there is no time-stamp"));
      if (!(keys.open(stamped.note()) instanceof Opened opened)) {
        throw new StampRefusedException("what was stamped is no checkpoint of this log");
      }
      Instant at = TimeStamps.verify(stamped.token(), stamped.note(), authorities);
      return new SeenThen(opened.checkpoint(), at);
    } catch (FormatException e) {
      throw new StampRefusedException(String.valueOf(e.getMessage()));
    }
  }

  /** Returns the outcome for a checkpoint that is not to be believed. */
  public static Invalid refused(CheckpointOpening.Refused refused) {
    Reason reason =
        switch (refused.reason()) {
          case MALFORMED -> Reason.CHECKPOINT_MALFORMED;
          case NOT_SIGNED_BY_LOG -> Reason.NOT_SIGNED_BY_LOG;
          case BAD_SIGNATURE -> Reason.BAD_SIGNATURE;
          case OTHER_ORIGIN -> Reason.OTHER_ORIGIN;
        };
    return invalid(reason, refused.detail());
  }

  /**
   * What the auditor kept.
   *
   * @param at when a witness saw it as the log's newest
   * @param aged the same, as a sign of age
   */
  private record Older(@Nullable Checkpoint checkpoint, @Nullable Instant at, Optional<Aged> aged) {
    static final Older NOTHING = new Older(null, null, Optional.empty());
  }

  private Verification compare(
      LogCopy copy,
      Opened opened,
      Older kept,
      @Nullable SeenThen stamp,
      long minimum,
      EntrySink sink)
      throws IOException, FormatException {
    Checkpoint signed = opened.checkpoint();
    Checkpoint older = kept.checkpoint();
    List<Checkpoint> compared = new ArrayList<>();
    if (older != null) {
      compared.add(older);
    }
    if (stamp != null) {
      compared.add(stamp.checkpoint());
    }
    List<Aged> ages = new ArrayList<>();
    Optional<Aged> aged = minimum > 0 ? Aged.of(copy, keys) : Optional.empty();
    aged = aged.filter(one -> one.covers(minimum, signed.size()));
    aged.ifPresent(one -> {
      ages.add(one);
      compared.add(one.checkpoint());
    });
    kept.aged().filter(one -> one.covers(minimum, signed.size())).ifPresent(ages::add);
    if (stamp != null) {
      Optional.of(new Aged(stamp.checkpoint(), stamp.at(), "RFC 3161"))
          .filter(one -> one.covers(minimum, signed.size()))
          .ifPresent(ages::add);
    }
    Comparison comparison = new Comparison(copy, signed, compared, minimum);
    Deletion.Search search = new Deletion.Search(sink, signed.origin(), minimum);
    try (EntryReader entries = copy.entries(signed.size())) {
      comparison.run(entries, minimum > 0 ? search : sink);
    }
    if (!comparison.entriesGood()) {
      return comparison.whatIsWrongWithEntries();
    }
    OptionalLong badTile = comparison.firstBadTile();
    if (badTile.isPresent()) {
      return new Invalid(
          Reason.TILES_ALTERED,
          badTile,
          "the tiles leave the signed tree at entry " + badTile.getAsLong());
    }
    if (older != null && !comparison.continues(older)) {
      return invalid(
          Reason.FORKED, "at " + older.size() + " entries the root is not the one signed then");
    }
    if (stamp != null && !comparison.continues(stamp.checkpoint())) {
      return invalid(
          Reason.STAMP_REFUSED,
          "at " + stamp.checkpoint().size() + " entries the root is not the one that was stamped");
    }
    if (aged.isPresent() && !comparison.continues(aged.get().checkpoint())) {
      return invalid(
          Reason.FORKED,
          "at " + aged.get().checkpoint().size() + " entries the root is not the one seen then");
    }
    Verification.Stamp told =
        stamp == null ? null : new Verification.Stamp(stamp.checkpoint().size(), stamp.at());
    long deletedBelow = comparison.deletedBelow();
    if (deletedBelow == 0) {
      return new Verification.Verified(
          signed.origin(), signed.size(), signed.root(), opened.witnesses(), 0, null, null, told);
    }
    Optional<Deletion> deletion =
        search
            .result(opened.witnesses())
            .or(() ->
                deletions.stream().filter(one -> one.names(signed.origin(), minimum)).findFirst());
    if (deletion.isEmpty()) {
      return new Invalid(
          Reason.DELETION_UNRECORDED,
          OptionalLong.of(deletedBelow - 1),
          "no entry log.pruned names " + minimum + " as the first entry that stays");
    }
    if (search.held().isPresent()) {
      return new Invalid(
          Reason.DELETION_HELD,
          search.held(),
          "log.pruned stands behind a hold that was not lifted");
    }
    if (search.hasty().isPresent()) {
      return new Invalid(
          Reason.DELETION_EARLY, search.hasty(), "log.pruned names less than log.retention-set");
    }
    if (!deletion.get().isDue() || contradicts(kept, deletion.get().entry())) {
      return new Invalid(
          Reason.DELETION_EARLY,
          OptionalLong.of(deletion.get().entry().index()),
          "log.pruned says " + deletion.get().entry() + ", not after " + deletion.get().notAfter());
    }
    Optional<Verification.Seen> age =
        ages.stream()
            .filter(one -> deletion.get().isBorneOutBy(one.at()))
            .map(Aged::seen)
            .findFirst();
    if (age.isEmpty() && !unwitnessedAllowed) {
      return new Invalid(
          Reason.DELETION_UNWITNESSED,
          OptionalLong.of(deletion.get().entry().index()),
          "nobody outside saw the first "
              + minimum
              + " entries by "
              + deletion.get().entry().before());
    }
    return new Verification.Verified(
        signed.origin(),
        signed.size(),
        signed.root(),
        opened.witnesses(),
        deletedBelow,
        deletion.get(),
        age.orElse(null),
        told);
  }

  /** Whether entries that came after a kept checkpoint were deleted as written before it. */
  private static boolean contradicts(Older kept, PruneEntry entry) {
    Checkpoint older = kept.checkpoint();
    Instant at = kept.at();
    return older != null
        && at != null
        && entry.to() > older.size()
        && entry.before().isBefore(at.minus(Deletion.SLACK));
  }
}
