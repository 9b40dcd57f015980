/**
 * Logins: the service's question, the terminal's and the card's answer, and the judgement.
 *
 * <p>The judgement is written as types. Each step is a class whose only instances come from its own
 * check over the step before, so the chain cannot be shortened by mistake: {@link
 * jp.sekisho.server.authn.Recorded}, which alone holds a new session's secret, cannot exist unless
 * everything before it was proved. {@link jp.sekisho.server.authn.Logins} is the one entry.
 *
 * <p>Not trusted: the page, the browser, the network, the card's claims, the database's rows
 * without their seal. Trusted: the pinned staff CA, the keys of confirmed terminals, the clock.
 * Root of a terminal is trusted for that terminal.
 */
@NullMarked
package jp.sekisho.server.authn;

import org.jspecify.annotations.NullMarked;
