/**
 * Copies of a log, as somebody holds them or is served them, and their verification.
 *
 * <p>A {@link jp.sekisho.audit.copy.LogCopy} gives a checkpoint, the entries in order and tiles of
 * hashes; where they come from (a bundle, a folder, a server) is its own affair, and nothing it
 * gives is believed. {@link jp.sekisho.audit.copy.CopyVerifier} compares it with keys from outside:
 * the entries alone decide whether the copy is what the log signed; the tiles are there so that a
 * failure can be pinned on an entry. Whoever alters the tiles too hides the place, not the fact.
 */
@NullMarked
package jp.sekisho.audit.copy;

import org.jspecify.annotations.NullMarked;
