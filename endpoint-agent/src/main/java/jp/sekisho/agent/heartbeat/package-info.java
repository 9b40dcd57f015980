/**
 * The terminal's sign of life and what it hears back: whether it is confirmed, which pages it may
 * answer, how far the log has its records, what the service's clock says.
 *
 * <p>For most uses: {@link jp.sekisho.agent.heartbeat.Heartbeats} beats, {@link
 * jp.sekisho.agent.heartbeat.Standing} is what everybody else asks.
 */
@NullMarked
package jp.sekisho.agent.heartbeat;

import org.jspecify.annotations.NullMarked;
