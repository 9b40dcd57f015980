/**
 * A real card service for tests, apart from the machine's own and from other suites': {@link
 * jp.sekisho.smartcard.testing.PcscService} runs pcscd in a network and mount namespace, {@link
 * jp.sekisho.smartcard.testing.VirtualCard} a card in one of its two readers. Linux, root.
 */
@NullMarked
package jp.sekisho.smartcard.testing;

import org.jspecify.annotations.NullMarked;
