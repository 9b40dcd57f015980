/**
 * The little that this module knows of what entries say: {@link jp.sekisho.audit.entry.TopLevel}
 * takes their outermost members apart; {@link jp.sekisho.audit.entry.PruneEntry} and {@link
 * jp.sekisho.audit.entry.KeepEntry} are the kinds of entry a verdict depends on. Everything else
 * treats entries as bytes.
 */
@NullMarked
package jp.sekisho.audit.entry;

import org.jspecify.annotations.NullMarked;
