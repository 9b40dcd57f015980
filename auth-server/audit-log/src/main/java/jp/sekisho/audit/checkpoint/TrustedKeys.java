package jp.sekisho.audit.checkpoint;

import static jp.sekisho.audit.checkpoint.CheckpointOpening.Reason.BAD_SIGNATURE;
import static jp.sekisho.audit.checkpoint.CheckpointOpening.Reason.MALFORMED;
import static jp.sekisho.audit.checkpoint.CheckpointOpening.Reason.NOT_SIGNED_BY_LOG;
import static jp.sekisho.audit.checkpoint.CheckpointOpening.Reason.OTHER_ORIGIN;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Refused;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Witnessing;
import jp.sekisho.audit.note.NoteOpening;
import jp.sekisho.audit.note.SignatureType;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifiedSignature;
import jp.sekisho.audit.note.VerifierKey;

/**
 * The keys a reader brings along, from anywhere but the log itself.
 *
 * @param log type 0x01; its name is the origin to be expected
 * @param witnesses type 0x04, none of them the log's own key under another name
 */
public record TrustedKeys(VerifierKey log, List<VerifierKey> witnesses) {
  /**
   * Checks the types of the keys.
   *
   * @throws IllegalArgumentException if a key has the wrong type or a witness is the log itself
   */
  public TrustedKeys {
    witnesses = List.copyOf(witnesses);
    if (log.type() != SignatureType.ED25519) {
      throw new IllegalArgumentException("a log's key has type 0x01");
    }
    for (VerifierKey witness : witnesses) {
      if (witness.type() != SignatureType.COSIGNATURE_V1) {
        throw new IllegalArgumentException("a witness's key has type 0x04");
      }
      if (witness.samePublicKey(log)) {
        throw new IllegalArgumentException("a log cannot be its own witness");
      }
    }
  }

  /** Checks a signed checkpoint; never throws for what the bytes hold. */
  public CheckpointOpening open(byte[] signedCheckpoint) {
    try {
      return open(SignedNote.parse(signedCheckpoint));
    } catch (FormatException e) {
      return new Refused(MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** As {@link #open(byte[])}. */
  public CheckpointOpening open(SignedNote note) {
    List<VerifierKey> known = new ArrayList<>(witnesses);
    known.add(log);
    NoteOpening opening = note.open(known);
    if (opening instanceof NoteOpening.BadSignature bad) {
      return new Refused(BAD_SIGNATURE, "the signature of " + bad.key().name() + " is wrong");
    }
    if (!(opening instanceof NoteOpening.Opened opened)
        || opened.signatures().stream().noneMatch(signature -> signature.key().equals(log))) {
      return new Refused(NOT_SIGNED_BY_LOG, "no signature by " + log);
    }
    try {
      Checkpoint checkpoint = Checkpoint.parse(opened.text());
      return checkpoint.origin().equals(log.name())
          ? new Opened(checkpoint, witnessings(opened.signatures()))
          : new Refused(OTHER_ORIGIN, "the checkpoint is of " + checkpoint.origin());
    } catch (FormatException e) {
      return new Refused(MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** One for each witness: one party is one, often as it signs. */
  private static List<Witnessing> witnessings(List<VerifiedSignature> signatures) {
    Map<VerifierKey, Witnessing> witnessings = new LinkedHashMap<>();
    for (VerifiedSignature signature : signatures) {
      Instant at = signature.cosignedAt();
      if (at != null) {
        witnessings.merge(
            signature.key(),
            new Witnessing(signature.key().name(), at),
            (one, other) ->
                new Witnessing(
                    one.name(), later(one.at(), other.at()), earlier(one.first(), other.first())));
      }
    }
    return List.copyOf(witnessings.values());
  }

  private static Instant later(Instant one, Instant other) {
    return one.isBefore(other) ? other : one;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
