/**
 * What every part of the card module shares: commands and answers ({@link
 * jp.sekisho.smartcard.Apdu}), the transport ({@link jp.sekisho.smartcard.CardChannel}), the one
 * list of reasons a card operation can be refused ({@link jp.sekisho.smartcard.CardFailure}) and
 * its texts.
 *
 * <p>For most uses: get a reader from {@code pcsc.ReaderRoles}, connect it with {@code
 * pcsc.PcscContext}, read and sign with {@code piv.PivCard}, judge the certificate with {@code
 * verify.PathVerifier}.
 *
 * <p>The module signs opaque bytes. What they mean, who the person is and whether the card is
 * registered are questions for its callers.
 */
@NullMarked
package jp.sekisho.smartcard;

import org.jspecify.annotations.NullMarked;
