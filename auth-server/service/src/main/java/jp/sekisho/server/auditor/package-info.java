/**
 * What an auditor asks of a log beyond reading it: searches, the ready-made questions ({@link
 * jp.sekisho.policy.audit.AuditPreset}) and the calendar of opening hours they need.
 *
 * <p>For most uses call {@link jp.sekisho.server.auditor.Inspection#find}. Nothing here decides who
 * may ask, nor records that somebody did: {@code web} and {@code cli} do, before they show
 * anything.
 */
@NullMarked
package jp.sekisho.server.auditor;

import org.jspecify.annotations.NullMarked;
