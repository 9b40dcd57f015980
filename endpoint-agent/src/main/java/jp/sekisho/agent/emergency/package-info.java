/**
 * 緊急時の例外措置 (break-glass): at a terminal that cannot reach its service, two approvers and the person
 * who is logged in sign one text with their cards, and one medium is open read-only for at most an
 * hour of this boot.
 *
 * <p>Everything that decides is here and on this terminal: the officer-signed list of approvers,
 * the newest roster and revocations, the boot clock. What is on the disk opens nothing; it only
 * says, after a kill, what has to be recorded as over.
 */
@NullMarked
package jp.sekisho.agent.emergency;

import org.jspecify.annotations.NullMarked;
