/** The program {@code sekisho-card}: look at readers and staff cards, simulate a card for tests. */
@NullMarked
package jp.sekisho.smartcard.cli;

import org.jspecify.annotations.NullMarked;
