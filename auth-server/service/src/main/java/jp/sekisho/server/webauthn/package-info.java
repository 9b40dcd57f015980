/**
 * Passkeys (WebAuthn): registration by the person, the judgement of an assertion, removal.
 *
 * <p>For most uses: {@link jp.sekisho.server.webauthn.PasskeyEnrolment} registers and removes,
 * {@link jp.sekisho.server.webauthn.AssertionProved} is the only way an assertion becomes a proof,
 * {@link jp.sekisho.server.webauthn.Passkeys} says whose a credential is. What makes a login of it,
 * the terminal's statement above all, is in {@code authn}.
 *
 * <p>RP ID is the service's host exactly. User verification is always required, a passkey that can
 * leave its authenticator always refused, and a model counts only with a file of its own among
 * {@link jp.sekisho.server.webauthn.PasskeyModels}; {@link jp.sekisho.server.webauthn.PasskeyRules}
 * asks for it, and for the signed policy, at each use. Not trusted: the page, the browser's
 * parsing, the database's rows without their seal. Trusted: the listed makers, that their
 * authenticators verify a person before they sign, and the browser's word about the page's origin.
 */
@NullMarked
package jp.sekisho.server.webauthn;

import org.jspecify.annotations.NullMarked;
