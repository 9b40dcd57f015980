/**
 * The people at the screens of this terminal, as agent {@code service} sees them: which user has a
 * session process, how it is asked for a PIN, how it is locked.
 *
 * <p>For most uses: {@link jp.sekisho.agent.seat.Seats#ofUid} finds a caller's seat, {@link
 * jp.sekisho.agent.seat.Seat#askPin} shows the system's own PIN window there, and {@link
 * jp.sekisho.agent.seat.Seats#onLost} says that a session process is gone. The other half, which
 * runs as the user, is {@link jp.sekisho.agent.seat.PinWindow} and {@link
 * jp.sekisho.agent.seat.LockCommand}.
 *
 * <p>A session process is untrusted: what it sends is at most a PIN or a reason why there is none.
 * PINs are bytes from the window to the card, in {@link jp.sekisho.agent.seat.TypedPin}, never a
 * String, and every array that held one is overwritten.
 */
@NullMarked
package jp.sekisho.agent.seat;

import org.jspecify.annotations.NullMarked;
