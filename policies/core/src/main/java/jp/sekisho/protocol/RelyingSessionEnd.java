package jp.sekisho.protocol;

/**
 * One session of a relying service that may not be used any more.
 *
 * @param session the relying service's id for it
 * @param at when, milliseconds UTC; later than the {@link RelyingProof#at} of the proof that ended
 * @param cause such as {@code card-removed}, as in the log
 */
public record RelyingSessionEnd(String session, long at, String cause) {}
