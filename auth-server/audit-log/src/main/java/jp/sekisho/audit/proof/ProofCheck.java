package jp.sekisho.audit.proof;

import static jp.sekisho.audit.copy.Verification.invalid;

import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.CheckpointOpening.Opened;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.copy.CopyVerifier;
import jp.sekisho.audit.copy.Verification;
import jp.sekisho.audit.copy.Verification.Reason;
import jp.sekisho.audit.tree.InclusionProof;
import jp.sekisho.audit.tree.Rfc6962;

/**
 * Checks offline proofs with keys that did not come with them. Thread-safe.
 *
 * @param unwitnessedAllowed as for {@link CopyVerifier}
 */
public record ProofCheck(TrustedKeys keys, boolean unwitnessedAllowed) {
  /** Checks that the log the keys stand for holds this entry where the proof says. */
  public Verification check(OfflineProof proof, byte[] entry) {
    CheckpointOpening opening = keys.open(proof.checkpoint());
    if (!(opening instanceof Opened opened)) {
      return CopyVerifier.refused((CheckpointOpening.Refused) opening);
    }
    if (opened.witnesses().isEmpty() && !unwitnessedAllowed) {
      return invalid(Reason.UNWITNESSED, "no cosignature by a trusted witness");
    }
    Checkpoint signed = opened.checkpoint();
    boolean proved =
        proof.index() < signed.size()
            && new InclusionProof(proof.index(), signed.size(), proof.path())
                .proves(Rfc6962.leaf(entry), signed.root());
    return proved
        ? new Verification.Verified(
            signed.origin(), signed.size(), signed.root(), opened.witnesses())
        : invalid(Reason.NOT_PROVED, "the hashes do not lead from the entry to the signed root");
  }
}
