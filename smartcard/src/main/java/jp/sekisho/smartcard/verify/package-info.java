/**
 * Judges a card's certificate: does it lead to a pinned root of its kind, is it for signing, in
 * force, strong enough, issued under the demanded policy, and known not to be revoked. Used by the
 * service; made for the terminal too, to which anchors and lists have no signed way yet.
 *
 * <p>{@link jp.sekisho.smartcard.verify.PathVerifier} answers with {@link
 * jp.sekisho.smartcard.verify.Verdict} for cards; {@link jp.sekisho.smartcard.verify.PathRules} is
 * RFC 5280 alone; {@link jp.sekisho.smartcard.verify.SignatureVerifier} checks one signature.
 * Revocation comes from {@link jp.sekisho.smartcard.verify.CrlFiles}, {@link
 * jp.sekisho.smartcard.verify.CrlUrl}, {@link jp.sekisho.smartcard.verify.OcspResponder} and {@link
 * jp.sekisho.smartcard.verify.DenyList}, alone or together, and fails closed.
 *
 * <p>Path validation is our own reading of the RFC (ADR 0007); structures are parsed by Bouncy
 * Castle, which also verifies elliptic-curve signatures, passed by name and never installed.
 * Issuers are found by key, never by name alone: three generations of one national CA share a name.
 *
 * <p>What it does not do: say whose card it is, or follow an address found in a certificate.
 */
@NullMarked
package jp.sekisho.smartcard.verify;

import org.jspecify.annotations.NullMarked;
