/**
 * Talking to the service's agents' port: the client of its routes, what it believes (one pinned CA,
 * TLS 1.3 only, host names checked) and the thread that empties the spool.
 *
 * <p>For most uses: {@link jp.sekisho.agent.sync.ServiceClient}. Every call ends in a {@link
 * jp.sekisho.agent.sync.Reply}: an answer, a refusal, or unreachable; a network's failure is never
 * an exception.
 */
@NullMarked
package jp.sekisho.agent.sync;

import org.jspecify.annotations.NullMarked;
