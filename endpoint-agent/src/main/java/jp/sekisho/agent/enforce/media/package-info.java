/**
 * Removable media: opening exactly one of them, read-only and for one person, and closing it again
 * from any state.
 *
 * <p>For most uses: {@link jp.sekisho.agent.enforce.MediaGate}. Whether a medium may be opened, and
 * for how long, is not decided here: who calls {@code openReadOnly} has verified a grant. Nothing
 * here ever mounts anything writable.
 */
@NullMarked
package jp.sekisho.agent.enforce.media;

import org.jspecify.annotations.NullMarked;
