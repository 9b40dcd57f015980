package jp.sekisho.audit.note;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A signature that verified.
 *
 * @param cosignedAt the witness's clock, whole seconds; null for a plain signature, which has none
 */
public record VerifiedSignature(VerifierKey key, @Nullable Instant cosignedAt) {}
