/**
 * The JPKI application of My Number cards and of phones that carry its certificates.
 *
 * <p>{@link jp.sekisho.smartcard.jpki.JpkiCard} is login: the user-authentication key and
 * certificate only, with a four-digit PIN, under the same discipline and with the same outcomes as
 * PIV. {@link jp.sekisho.smartcard.jpki.DocumentSigner} is the other key, for documents, with a PIN
 * of another type: its certificate discloses name and address, so it is reachable from nowhere
 * else.
 *
 * <p>What there is to know about a kind of token is a row of {@link
 * jp.sekisho.smartcard.jpki.JpkiProfile}; a token that is in no row is refused. The card-face
 * applications, which hold the My Number, are never selected: this package knows no identifier but
 * JPKI's own.
 *
 * <p>The commands are those of OpenSC's card-jpki.c and jpki/myna; no primary specification is
 * public. Nothing here judges a certificate or asks whether it was revoked.
 */
@NullMarked
package jp.sekisho.smartcard.jpki;

import org.jspecify.annotations.NullMarked;
