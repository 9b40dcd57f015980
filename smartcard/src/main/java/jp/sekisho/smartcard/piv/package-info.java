/**
 * PIV cards (NIST SP 800-73): read the authentication certificate, sign once with the PIN.
 *
 * <p>{@link jp.sekisho.smartcard.piv.PivCard#read} before the PIN is asked, {@link
 * jp.sekisho.smartcard.piv.PivCard#sign} after: one transaction, VERIFY at most once, the card left
 * reset. Identification is by SELECT only; the ATR says nothing.
 *
 * <p>{@link jp.sekisho.smartcard.piv.PinDiscipline} is the order of things around a PIN, which
 * other card applications ({@code jpki}) share.
 *
 * <p>What it does not do: judge the certificate ({@code verify}), decide which reader may be
 * touched ({@code pcsc}), remember a PIN.
 */
@NullMarked
package jp.sekisho.smartcard.piv;

import org.jspecify.annotations.NullMarked;
