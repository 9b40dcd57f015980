/**
 * A staff card in software, for tests and trials: it joins a real pcscd through the virtual reader
 * vpcd, so that everything above the reader's contacts is the real thing.
 *
 * <p>{@link jp.sekisho.smartcard.simulate.PivApplet} is the card, {@link
 * jp.sekisho.smartcard.simulate.VirtualReader} its way into the reader, {@link
 * jp.sekisho.smartcard.simulate.TestCa} its issuer. State lives in a directory and survives
 * restarts.
 *
 * <p>Nothing here protects anything: PIN and key lie in files.
 */
@NullMarked
package jp.sekisho.smartcard.simulate;

import org.jspecify.annotations.NullMarked;
