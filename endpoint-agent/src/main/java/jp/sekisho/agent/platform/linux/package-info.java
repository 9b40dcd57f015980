/**
 * What the agent asks of a Linux kernel and its C library: who holds a local connection, which boot
 * this is, and that no dump of this process is ever written.
 *
 * <p>For most uses: {@link jp.sekisho.agent.platform.linux.ProcNetTcp} for TCP connections, {@link
 * jp.sekisho.agent.platform.linux.PeerCredentials} for Unix sockets, {@link
 * jp.sekisho.agent.platform.linux.BootId}, {@link
 * jp.sekisho.agent.platform.linux.ProcessHardening}.
 *
 * <p>The only package of the agent for Linux that sees JNA. What cannot be read or is ambiguous is
 * answered with "not known", and the callers refuse.
 */
@NullMarked
package jp.sekisho.agent.platform.linux;

import org.jspecify.annotations.NullMarked;
