/**
 * A tamper-evident log for anyone's bytes: an RFC 6962 Merkle tree published in the formats of C2SP
 * (signed-note, tlog-checkpoint, tlog-tiles, tlog-cosignature) and a bundle that an auditor
 * verifies offline. Knows nothing of what the entries mean and uses no framework.
 *
 * <p>For most uses:
 *
 * <ul>
 *   <li>a log appends to a {@link jp.sekisho.audit.tree.Frontier}, makes a {@link
 *       jp.sekisho.audit.checkpoint.Checkpoint} of it and signs that with a {@link
 *       jp.sekisho.audit.note.LogSigner};
 *   <li>whoever holds keys from outside the log opens checkpoints with {@link
 *       jp.sekisho.audit.checkpoint.TrustedKeys};
 *   <li>an auditor is handed what {@link jp.sekisho.audit.bundle.BundleWriter} writes and checks it
 *       with {@link jp.sekisho.audit.bundle.BundleVerifier}, that is {@code sekisho-audit verify}.
 * </ul>
 *
 * <p>What it does not do: it stops nobody from rewriting a log. It makes the rewriting visible to
 * whoever kept an older checkpoint or trusts a witness that did. A log whose operator also holds
 * every witness key proves nothing; hence a witness outside the operator's reach is required unless
 * the verifier is told otherwise.
 *
 * <p>Untrusted bytes are parsed strictly and within explicit limits; whatever is not canonical is a
 * {@link jp.sekisho.audit.FormatException}, never a guess.
 */
@NullMarked
package jp.sekisho.audit;

import org.jspecify.annotations.NullMarked;
