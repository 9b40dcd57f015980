/**
 * Checkpoints (確定記録, C2SP tlog-checkpoint): the sentence a log signs about itself.
 *
 * <pre>
 * origin LF               who: &lt;host&gt;/log/&lt;organ&gt;/&lt;generation&gt;, no scheme; also the name of the key
 * size LF                 decimal, no leading zeros, 0 ≤ size &lt; 2^63
 * base64(root) LF         32 bytes
 * *(extension LF)         not empty; read and kept, never written by us
 * </pre>
 *
 * <p>This text is the text of a {@link jp.sekisho.audit.note.SignedNote}. Two checkpoints of one
 * origin of which neither continues the other are proof that the log was rewritten.
 */
@NullMarked
package jp.sekisho.audit.checkpoint;

import org.jspecify.annotations.NullMarked;
