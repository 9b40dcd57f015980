package jp.sekisho.audit.witness;

import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Rfc6962;
import jp.sekisho.audit.witness.WitnessAnswer.Conflict;
import jp.sekisho.audit.witness.WitnessAnswer.Cosigned;
import jp.sekisho.audit.witness.WitnessAnswer.Reason;
import jp.sekisho.audit.witness.WitnessAnswer.Refused;

/**
 * Decides on checkpoints, in the order of checks of tlog-witness. Thread-safe: one decision at a
 * time, so that comparing with what is held and replacing it are one step.
 */
public final class Witness {
  private static final Checkpoint NOTHING =
      new Checkpoint("none", 0, Rfc6962.EMPTY_ROOT, List.of());

  private final WitnessFolder folder;
  private final InstantSource clock;
  private final Map<String, TrustedKeys> logs = new LinkedHashMap<>();
  private final Map<String, Checkpoint> held = new LinkedHashMap<>();

  /**
   * Begins with what the folder holds.
   *
   * @param keys of the logs to witness, each named as its origin
   * @throws IllegalArgumentException if a key is not a log's, is this witness's own or is of an
   *     origin that has another one already
   * @throws IOException if the folder cannot be read or what it holds was not signed by its log:
   *     such a witness must not go on, it might cosign what contradicts its past
   */
  public Witness(WitnessFolder folder, List<VerifierKey> keys, InstantSource clock)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    for (VerifierKey key : keys) {
      if (key.samePublicKey(folder.signer().verifierKey())) {
        throw new IllegalArgumentException("a log cannot be its own witness");
      }
      TrustedKeys trusted = new TrustedKeys(key, List.of());
      if (logs.put(key.name(), trusted) != null) {
        throw new IllegalArgumentException("two keys of " + key.name());
      }
      held.put(key.name(), load(trusted));
    }
  }

  private Checkpoint load(TrustedKeys trusted) throws IOException {
    Optional<byte[]> stored = folder.checkpoint(trusted.log().name());
    if (stored.isEmpty()) {
      return NOTHING;
    }
    if (trusted.open(stored.get()) instanceof Opened opened) {
      return opened.checkpoint();
    }
    throw new IOException("the checkpoint kept of " + trusted.log().name() + " is damaged");
  }

  /** Returns the size of the newest checkpoint cosigned of this log; 0 if there is none. */
  public synchronized long heldSize(String origin) {
    return held.getOrDefault(origin, NOTHING).size();
  }

  /**
   * Decides on a checkpoint, and remembers it before saying yes.
   *
   * @throws IOException if it could not be remembered; it is not cosigned then
   */
  public synchronized WitnessAnswer answer(WitnessRequest request) throws IOException {
    Checkpoint offered = request.checkpoint();
    TrustedKeys trusted = logs.get(offered.origin());
    if (trusted == null) {
      return new Refused(Reason.ORIGIN_UNKNOWN, "no log of this origin is witnessed here");
    }
    if (trusted.open(request.note()) instanceof CheckpointOpening.Refused refused) {
      return new Refused(Reason.NOT_SIGNED_BY_LOG, refused.detail());
    }
    if (request.oldSize() > offered.size()) {
      return new Refused(Reason.MALFORMED, "the old size is above the checkpoint's");
    }
    Checkpoint known = held.getOrDefault(offered.origin(), NOTHING);
    if (request.oldSize() != known.size()) {
      return new Conflict(known.size(), false);
    }
    if (offered.size() == known.size() && !offered.root().equals(known.root())) {
      folder.keepEvidence("fork", offered.origin(), request.note());
      return new Conflict(known.size(), true);
    }
    ConsistencyProof proof = new ConsistencyProof(known.size(), offered.size(), request.proof());
    if (!proof.proves(known.root(), offered.root())) {
      folder.keepEvidence("unproved", offered.origin(), request.note());
      return new Refused(Reason.NOT_CONSISTENT, "not proved to continue what is held");
    }
    Cosigned cosigned = new Cosigned(folder.signer().cosign(request.note(), clock.instant()));
    folder.keep(offered.origin(), request.note());
    held.put(offered.origin(), offered);
    return cosigned;
  }
}
