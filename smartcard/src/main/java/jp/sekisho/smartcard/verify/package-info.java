/**
 * Judges a staff card's certificate: does it lead to a pinned root of its kind, is it for signing,
 * in force, strong enough, issued under the demanded policy, and known not to be revoked. Used
 * online by the service and offline by the terminal.
 *
 * <p>{@link jp.sekisho.smartcard.verify.PathVerifier} answers with {@link
 * jp.sekisho.smartcard.verify.Verdict}; {@link jp.sekisho.smartcard.verify.SignatureVerifier}
 * checks one signature. Issuers are found by key, never by name alone: three generations of one
 * national CA share a name. Certificates are parsed by the JDK; Bouncy Castle is passed by name for
 * EC and never installed.
 *
 * <p>What it does not do: say whose card it is, or fetch anything from a network.
 */
@NullMarked
package jp.sekisho.smartcard.verify;

import org.jspecify.annotations.NullMarked;
