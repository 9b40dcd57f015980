/**
 * The Unix socket between agent {@code service} (root) and the processes of the users at the
 * screens: the session's, and those that ask for something once, an emergency, an offline login or
 * an export; frames as in {@code docs/protocol.md}.
 *
 * <p>For most uses: {@link jp.sekisho.agent.ipc.SeatServer} in the service, which fills {@link
 * jp.sekisho.agent.seat.Seats}, and {@link jp.sekisho.agent.ipc.SessionProcess} at the other end;
 * {@link jp.sekisho.agent.ipc.EmergencyCall}, {@link jp.sekisho.agent.ipc.OfflineCall} and {@link
 * jp.sekisho.agent.ipc.ExportCall} ask once.
 *
 * <p>Trust: anybody on the terminal can connect. The kernel says who ({@link
 * jp.sekisho.agent.ipc.PeerUsers}), and a process can only be the seat of its own user. What it
 * sends is bounded, and anything unexpected ends the connection. Frames may hold a PIN, a
 * passphrase or a piece of a file, so every buffer a frame passed through is overwritten.
 */
@NullMarked
package jp.sekisho.agent.ipc;

import org.jspecify.annotations.NullMarked;
