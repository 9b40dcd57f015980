/**
 * Time-stamps of a third party (RFC 3161) over checkpoints: they show when the entries below it
 * existed, to whoever trusts that authority and nobody here. {@link jp.sekisho.audit.stamp.Stamped}
 * is a checkpoint with its token, {@link jp.sekisho.audit.stamp.TimeStamps} judges tokens offline.
 */
@NullMarked
package jp.sekisho.audit.stamp;

import org.jspecify.annotations.NullMarked;
