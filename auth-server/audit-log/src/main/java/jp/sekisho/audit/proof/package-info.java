/**
 * Offline proofs (C2SP tlog-proof): one file that shows that a log holds one entry, for somebody
 * who has the log's and its witnesses' keys and nothing else.
 *
 * <pre>
 * c2sp.org/tlog-proof@v1 LF
 * ["extra " base64 LF]          ours: the entry itself; believed only because the proof proves it
 * "index " decimal LF
 * *(base64(hash) LF)            siblings from the leaf up, at most 63
 * LF
 * checkpoint                    a signed note, as the log published it
 * </pre>
 */
@NullMarked
package jp.sekisho.audit.proof;

import org.jspecify.annotations.NullMarked;
