/**
 * Logs as C2SP tlog-tiles publishes them: files under a folder or a URL.
 *
 * <pre>
 * checkpoint                     the signed checkpoint, the only file that changes
 * tile/&lt;L&gt;/&lt;N&gt;[.p/&lt;W&gt;]          hashes
 * tile/entries/&lt;N&gt;[.p/&lt;W&gt;]      entries
 * </pre>
 *
 * <p>A log goes on while it is read: a partial tile may have given way to a wider or the full one,
 * whose beginning is the same. So unlike a bundle such a copy may hold more than its checkpoint
 * needs; what it needs must be there.
 *
 * <p>{@link jp.sekisho.audit.published.ServedFiles} speaks to a server nobody trusts: https, or
 * plain http on this machine only; no redirects, no compression, bounded sizes, a deadline for each
 * answer as a whole.
 */
@NullMarked
package jp.sekisho.audit.published;

import org.jspecify.annotations.NullMarked;
