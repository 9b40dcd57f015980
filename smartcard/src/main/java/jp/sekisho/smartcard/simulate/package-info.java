/**
 * Staff cards (PIV) and JPKI cards in software, for tests and trials: they join a real pcscd
 * through the virtual reader vpcd, so that everything above the reader's contacts is the real
 * thing.
 *
 * <p>{@link jp.sekisho.smartcard.simulate.Applet} is a card, {@link
 * jp.sekisho.smartcard.simulate.VirtualReader} its way into the reader, {@link
 * jp.sekisho.smartcard.simulate.Simulator} both with a control socket that also plans faults,
 * {@link jp.sekisho.smartcard.simulate.TestCa} the issuer. State lives in a directory and survives
 * restarts; docs/virtual-cards.md describes it.
 *
 * <p>Nothing here protects anything: PIN and key lie in files.
 */
@NullMarked
package jp.sekisho.smartcard.simulate;

import org.jspecify.annotations.NullMarked;
