/**
 * Exceptions (電磁的記録媒体等使用許可) from the block on media: asked for, approved by another person's card,
 * used once at one terminal, returned.
 *
 * <p>{@link jp.sekisho.server.grant.Requests} takes and ends requests, {@link
 * jp.sekisho.server.grant.CardApprovals} gives a proved signature its effect, {@link
 * jp.sekisho.server.grant.Activations} answers terminals, {@link jp.sekisho.server.grant.Returns}
 * closes, {@link jp.sekisho.server.grant.GrantClock} does what time alone decides. Every step and
 * its entry are one unit; a refused step is an entry too.
 *
 * <p>Who may do what, in which state ({@link jp.sekisho.server.grant.RequestState}, {@link
 * jp.sekisho.server.grant.GrantState}; obstacles in {@code Step}; the entry is {@code grant.…}):
 *
 * <table>
 * <caption>States, steps, entries</caption>
 * <tr><th>state</th><th>step</th><th>then</th><th>entry</th><th>who</th></tr>
 * <tr><td>–</td><td>ask</td><td>requested</td><td>requested</td><td>anybody, for themselves or
 *     another</td></tr>
 * <tr><td>requested</td><td>remand</td><td>remanded</td><td>remanded</td><td>approver or
 *     deputy</td></tr>
 * <tr><td>remanded</td><td>correct</td><td>requested</td><td>corrected</td><td>who asked, within 14
 *     days</td></tr>
 * <tr><td>requested</td><td>approve (1 of 2)</td><td>requested, shown as approved-once</td>
 *     <td>approved-once</td><td>approver's or deputy's card</td></tr>
 * <tr><td>requested</td><td>approve</td><td>approved</td><td>approved, series-approved</td><td>the
 *     card of an approver or deputy; of two, another person's</td></tr>
 * <tr><td>requested</td><td>reject</td><td>rejected</td><td>rejected</td><td>approver or
 *     deputy</td></tr>
 * <tr><td>requested, remanded; approved</td><td>withdraw</td><td>withdrawn</td><td>withdrawn</td>
 *     <td>who asked</td></tr>
 * <tr><td>requested, remanded; approved</td><td>–</td><td>expired</td><td>expired</td><td>clock</td>
 *     </tr>
 * <tr><td>approved</td><td>activate</td><td>active</td><td>activated</td><td>the terminal, once,
 *     the person logged in there</td></tr>
 * <tr><td>active</td><td>extend, approve</td><td>active</td><td>extension-requested, extended or
 *     extension-rejected</td><td>who asked or uses; approver's card</td></tr>
 * <tr><td>active</td><td>–</td><td>used</td><td>ended</td><td>the terminal's record, or clock</td>
 *     </tr>
 * <tr><td>approved-once; approved, active</td><td>revoke</td><td>rejected; revoked</td>
 *     <td>revoked</td><td>approver, administrator; a terminal's revocation</td></tr>
 * <tr><td>active, used, revoked with its medium out</td><td>return, hand-over</td><td>closed</td>
 *     <td>returned, handed-over</td><td>who asked, uses or stands by, approver,
 *     administrator</td></tr>
 * <tr><td>closed by return</td><td>erase</td><td>closed</td><td>erased</td><td>as above</td></tr>
 * <tr><td>used occurrence</td><td>report</td><td>as it was</td><td>reported</td><td>as above</td>
 *     </tr>
 * <tr><td>approved series</td><td>–</td><td>approved; its time a grant of its own</td>
 *     <td>occurrence</td><td>clock, a day before</td></tr>
 * <tr><td>approved series</td><td>confirm</td><td>approved</td><td>series-confirmed</td>
 *     <td>approver's or deputy's card, each further month</td></tr>
 * <tr><td>approved series</td><td>–</td><td>revoked with its times</td><td>series-ended</td>
 *     <td>clock, when post, card, terminal, medium or approver is gone</td></tr>
 * </table>
 *
 * <p>What a terminal opens never rests on this package's word: it gets the approver's statement and
 * signature and verifies them against the officer-signed policy itself. What is decided here is who
 * may ask, who may approve, and that an approval is used once. Free text of a request stays in its
 * row; the log holds its hash.
 */
@NullMarked
package jp.sekisho.server.grant;

import org.jspecify.annotations.NullMarked;
