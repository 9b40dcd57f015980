/**
 * A login at the terminal: from the transaction's id to the answer, and from the answer to the
 * moment the card leaves.
 *
 * <p>For most uses: {@link jp.sekisho.agent.login.LoginFlow} behind the loopback port. What it
 * guarantees: the device key co-signs only transactions this process fetched itself, each once; the
 * record of an answer is on the disk before the answer leaves; an answer whose card left meanwhile
 * never leaves; from then on {@link jp.sekisho.agent.login.Bindings} records the card's removal and
 * locks the seat.
 *
 * <p>Readers: {@link jp.sekisho.agent.login.CardDesk} grants only listed ones. A shared reader's
 * card is not connected before our PIN window is open. Of a card that is not a staff card nothing
 * but the code UNKNOWN_CARD is kept.
 */
@NullMarked
package jp.sekisho.agent.login;

import org.jspecify.annotations.NullMarked;
