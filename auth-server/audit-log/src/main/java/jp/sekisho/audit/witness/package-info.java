/**
 * A witness (相互検証機関, C2SP tlog-witness): somebody outside the operator's reach who remembers the
 * newest checkpoint of each log and cosigns a newer one only if it continues it. A witness sees no
 * entries, so nothing personal.
 *
 * <pre>
 * POST /add-checkpoint        "old " size LF *(base64(hash) LF) LF checkpoint
 * 200 cosignature line        400 malformed, or old size above the checkpoint's
 * 403 not signed by the log   404 origin unknown
 * 409 size held, text/x.tlog.size: another old size, or another root of the same size
 * 422 the hashes do not prove that the checkpoint continues the one held
 * </pre>
 *
 * <p>One folder is one witness: its key and, for each log, the newest checkpoint, replaced and
 * forced to disk before any cosignature leaves. Two processes cannot have it open at once. Whoever
 * loses the folder has lost the witness: a new one needs a new name and key. What a log signed that
 * does not continue its past is kept beside as evidence.
 */
@NullMarked
package jp.sekisho.audit.witness;

import org.jspecify.annotations.NullMarked;
