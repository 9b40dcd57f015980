/**
 * Exceptions (電磁的記録媒体等使用許可) at the terminal: which granted medium is readable now, for whom and
 * until when, and what the agent itself writes to one.
 *
 * <p>For most uses: {@link jp.sekisho.agent.grant.GrantDesk}, and {@link
 * jp.sekisho.agent.grant.ExportDesk} for what leaves. They trust the service with nothing they can
 * check themselves: the text, the approvers' card signatures, their keys in the officer-signed
 * policy, person, terminal, medium and every demand of that policy are verified here ({@link
 * jp.sekisho.agent.grant.ApprovalCheck}). What it takes from the service is the time and "once per
 * approval"; neither can open anything without an approval.
 *
 * <p>A medium is open, or written to, only while the person's card is in the reader, the deadline
 * by the clock that counts suspend is ahead, the medium is plugged in, the grant is on the newest
 * list and verifies, the gates hold and records can be kept. Any doubt closes.
 */
@NullMarked
package jp.sekisho.agent.grant;

import org.jspecify.annotations.NullMarked;
