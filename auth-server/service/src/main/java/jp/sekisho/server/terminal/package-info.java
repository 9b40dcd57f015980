/**
 * Terminals: ticket, enrolment, confirmation, renewal, revocation, heartbeat and their records; and
 * the guard of the agents' port.
 *
 * <p>A terminal is its device key. An administrator makes a ticket for an asset number ({@link
 * jp.sekisho.server.terminal.Tickets}), the agent turns it into a certificate ({@link
 * jp.sekisho.server.terminal.Enrolment}), the administrator compares the fingerprint; only then is
 * the terminal active. {@link jp.sekisho.server.terminal.AgentPortFilter} identifies the caller of
 * every request and refuses what the table {@link jp.sekisho.server.terminal.AgentRoute} does not
 * allow it; a controller on that port finds the caller with {@link
 * jp.sekisho.server.terminal.AgentPort#terminal}.
 *
 * <p>Rows of {@code terminal} and {@code invitation} are sealed; a row that fails its seal is never
 * used. Other features hear of terminals through {@link
 * jp.sekisho.server.terminal.TerminalObserver}, inside the unit that records the entry.
 */
@NullMarked
package jp.sekisho.server.terminal;

import org.jspecify.annotations.NullMarked;
