package jp.sekisho.audit.copy;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;
import jp.sekisho.audit.tree.Hash;
import org.jspecify.annotations.Nullable;

/** What a {@link CopyVerifier} found. */
public sealed interface Verification {
  /**
   * The entries are those the log signed, all of them, in order.
   *
   * @param witnessedBy trusted witnesses; empty only if the verifier was told to allow it
   * @param deletedBelow entries below it that are not there were deleted after their term, as the
   *     log's key signed; their hashes have the signed root with the others
   * @param deletion the entry that says so; null exactly when nothing was deleted
   * @param age who outside saw the deleted entries that long ago; null when nothing was deleted, or
   *     when only the log itself says how old they were, which the verifier was told to allow
   * @param stamp what a time-stamping authority saw; null unless such authorities were given
   */
  record Verified(
      String origin,
      long size,
      Hash root,
      List<Witnessing> witnessedBy,
      long deletedBelow,
      @Nullable Deletion deletion,
      @Nullable Seen age,
      @Nullable Stamp stamp)
      implements Verification {
    public Verified {
      witnessedBy = List.copyOf(witnessedBy);
    }

    /** Of a log from which nothing was deleted. */
    public Verified(String origin, long size, Hash root, List<Witnessing> witnessedBy) {
      this(origin, size, root, witnessedBy, 0, null, null, null);
    }
  }

  /**
   * The copy proves nothing.
   *
   * @param entryIndex the entry concerned, from 0, where one can be named with certainty
   * @param detail English, for technicians
   * @param first the first entry that the copy says it still has
   */
  record Invalid(Reason reason, OptionalLong entryIndex, String detail, long first)
      implements Verification {
    /** Of a copy that begins with the first entry. */
    public Invalid(Reason reason, OptionalLong entryIndex, String detail) {
      this(reason, entryIndex, detail, 0);
    }
  }

  /**
   * The first {@code size} entries existed at that time, says a third party's time-stamp.
   *
   * @param size how many
   */
  record Stamp(long size, Instant at) {}

  /**
   * The first {@code size} entries existed at that time, says somebody outside.
   *
   * @param by a witness, or the authority of a time-stamp
   */
  record Seen(long size, Instant at, String by) {}

  /** Why a copy proves nothing; the names are stable. */
  enum Reason {
    /** Files are missing, unexpected, unreadable or not what their names say. */
    BUNDLE_MALFORMED,
    /** The checkpoint is not a signed checkpoint. */
    CHECKPOINT_MALFORMED,
    /** The checkpoint is not signed by the log's key. */
    NOT_SIGNED_BY_LOG,
    /** A signature claiming a trusted key is wrong. */
    BAD_SIGNATURE,
    /** The checkpoint is of another log. */
    OTHER_ORIGIN,
    /** No trusted witness cosigned. */
    UNWITNESSED,
    /** The older checkpoint the auditor kept is itself not a checkpoint of this log. */
    SINCE_REFUSED,
    /** The log is shorter than the older checkpoint says it already was. */
    ROLLED_BACK,
    /** The log does not continue the older checkpoint: the past was rewritten and signed anew. */
    FORKED,
    /** The entry at the index is not the one that was signed. */
    ENTRY_ALTERED,
    /** The entry at the index, maybe with its neighbours, is missing, and nobody signed for it. */
    ENTRY_MISSING,
    /** The entry at the index was deleted after its term, as the log's key signed. */
    ENTRY_DELETED,
    /** Entries up to the index were deleted, and no entry of the log says so. */
    DELETION_UNRECORDED,
    /** The entry at the index deletes what was not yet due: the clock was ahead, or it lies. */
    DELETION_EARLY,
    /** The entry at the index deletes entries while a legal hold stood. */
    DELETION_HELD,
    /** Nobody but the log itself says that what the entry at the index deletes was that old. */
    DELETION_UNWITNESSED,
    /** There is no time-stamp, or none over a checkpoint of this log by a given authority. */
    STAMP_REFUSED,
    /** The statement of what was deleted is not signed by the log, or of another size. */
    MINIMUM_REFUSED,
    /** The entries end before the index, although the log that was signed goes on. */
    TRUNCATED,
    /** What stands at the index was put in between. */
    ENTRY_INSERTED,
    /** Entries from the index on are in another order. */
    ENTRY_MOVED,
    /** Entries and tiles both differ from what was signed; no entry can be named. */
    ROOT_MISMATCH,
    /** The entries are right; the tiles, from those over the index on, are not, or not there. */
    TILES_ALTERED,
    /** A proof for one entry does not lead to the signed root: entry or proof was changed. */
    NOT_PROVED
  }

  /** Returns what the matching function makes of this. */
  default <T> T fold(Function<Verified, T> verified, Function<Invalid, T> invalid) {
    return this instanceof Verified good ? verified.apply(good) : invalid.apply((Invalid) this);
  }

  /** Returns an outcome that concerns no particular entry. */
  static Invalid invalid(Reason reason, String detail) {
    return new Invalid(reason, OptionalLong.empty(), detail);
  }
}
