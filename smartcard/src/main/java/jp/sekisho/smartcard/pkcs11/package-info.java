/**
 * Cards of other makers through their PKCS#11 module, for where neither PIV nor JPKI fits.
 *
 * <p>For most uses: {@link jp.sekisho.smartcard.pkcs11.Pkcs11Card}, one per login. A module is
 * foreign native code that may crash, hang, print, and keep a PIN verified for every other program;
 * it runs in a child JVM and what it does there is an outcome here. The PIN reaches the child by
 * its standard input.
 *
 * <p>What it does not give: the number of tries left (PKCS#11 has only "few" and "last"), a
 * transaction, a reset after the signature. A module opens every reader it likes, so it is not even
 * started while there is a reader that is not the staff's. Every signature is marked {@link
 * jp.sekisho.smartcard.pkcs11.Assurance#LOW} (低保証).
 */
@NullMarked
package jp.sekisho.smartcard.pkcs11;

import org.jspecify.annotations.NullMarked;
