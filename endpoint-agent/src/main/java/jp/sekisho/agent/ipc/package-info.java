/**
 * The Unix socket between agent {@code service} (root) and the session processes of the users at
 * the screens; frames as in {@code docs/protocol.md}.
 *
 * <p>For most uses: {@link jp.sekisho.agent.ipc.SeatServer} in the service, which fills {@link
 * jp.sekisho.agent.seat.Seats}, and {@link jp.sekisho.agent.ipc.SessionProcess} at the other end.
 *
 * <p>Trust: anybody on the terminal can connect. The kernel says who ({@link
 * jp.sekisho.agent.ipc.PeerUsers}), and a process can only be the seat of its own user. What it
 * sends is bounded, and anything unexpected ends the connection. Frames may hold a PIN, so every
 * buffer a frame passed through is overwritten.
 */
@NullMarked
package jp.sekisho.agent.ipc;

import org.jspecify.annotations.NullMarked;
