package jp.sekisho.audit.checkpoint;

import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** What a checkpoint received from outside is worth to somebody with {@link TrustedKeys}. */
public sealed interface CheckpointOpening {
  /** Signed by the log; witnesses are the trusted ones that cosigned, possibly none. */
  record Opened(Checkpoint checkpoint, List<Witnessing> witnesses) implements CheckpointOpening {
    public Opened {
      witnesses = List.copyOf(witnesses);
    }
  }

  /** Not to be believed; detail is English, for technicians. */
  record Refused(Reason reason, String detail) implements CheckpointOpening {}

  /**
   * A trusted witness's cosignatures under one checkpoint: its name and its clock.
   *
   * @param at when it signed last
   * @param first when it signed first: that early the checkpoint existed
   */
  record Witnessing(String name, Instant at, Instant first) {
    /** Of a witness that signed once. */
    public Witnessing(String name, Instant at) {
      this(name, at, at);
    }
  }

  /** Why a checkpoint is not to be believed. */
  enum Reason {
    /** Not a signed note, or its text is not a checkpoint. */
    MALFORMED,
    /** The log's key did not sign. */
    NOT_SIGNED_BY_LOG,
    /** A signature that claims a trusted key is wrong: the text or the line was changed. */
    BAD_SIGNATURE,
    /** Signed by the log's key for another origin. */
    OTHER_ORIGIN
  }

  /** Returns what the matching function makes of this. */
  default <T> T fold(Function<Opened, T> opened, Function<Refused, T> refused) {
    return this instanceof Opened good ? opened.apply(good) : refused.apply((Refused) this);
  }
}
