/**
 * The port on 127.0.0.1 through which a login page of this terminal reaches agent {@code service}.
 *
 * <p>For most uses: {@link jp.sekisho.agent.loopback.LoopbackServer} with a {@link
 * jp.sekisho.agent.loopback.LoopbackCalls} behind it. The contract is {@code docs/protocol.md}.
 *
 * <p>Any local program and, through the browser, any web page can reach the port. So the caller's
 * user is asked of the kernel ({@link jp.sekisho.agent.loopback.Peers}) and must have a seat here;
 * the page's origin must be on the list; and until both are so, nothing of the terminal is told.
 */
@NullMarked
package jp.sekisho.agent.loopback;

import org.jspecify.annotations.NullMarked;
