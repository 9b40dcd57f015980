/**
 * Exceptions (持ち出し許可) from the block on media: asked for, approved by another person's card, used
 * once at one terminal, returned.
 *
 * <p>{@link jp.sekisho.server.grant.Requests} takes and ends requests, {@link
 * jp.sekisho.server.grant.CardApprovals} gives a proved signature its effect, {@link
 * jp.sekisho.server.grant.Activations} answers terminals, {@link jp.sekisho.server.grant.Returns}
 * closes, {@link jp.sekisho.server.grant.GrantClock} does what time alone decides. Every step and
 * its entry are one unit; a refused step is an entry too.
 *
 * <p>What a terminal opens never rests on this package's word: it gets the approver's statement and
 * signature and verifies them against the officer-signed policy itself. What is decided here is who
 * may ask, who may approve, and that an approval is used once. Free text of a request stays in its
 * row; the log holds its hash.
 */
@NullMarked
package jp.sekisho.server.grant;

import org.jspecify.annotations.NullMarked;
