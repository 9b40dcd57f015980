/**
 * The first start (初期設定): how an empty installation gets its offices without anybody holding them
 * all. {@link jp.sekisho.server.setup.Setup} is the state: open from {@code init} until it is
 * finished, and never again after. While it is open only administrators log in and nobody asks for
 * an exception.
 *
 * <p>A one-time code of the console lets a browser do three things and no more ({@link
 * jp.sekisho.server.setup.SetupSteps}): register the first administrator with a card, make a ticket
 * for the first terminal, confirm it. What remains is done by that administrator by card and PIN on
 * the ordinary pages; {@link jp.sekisho.server.setup.SetupEnd} says what is missing and ends it.
 * Decisions and attackers: ADR 0024.
 */
@NullMarked
package jp.sekisho.server.setup;

import org.jspecify.annotations.NullMarked;
