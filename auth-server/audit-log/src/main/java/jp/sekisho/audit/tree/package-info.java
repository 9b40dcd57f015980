/**
 * The Merkle tree of RFC 6962 §2.1: hashes, the state needed to append, and proofs.
 *
 * <p>{@code leaf = SHA-256(0x00 ‖ entry)}, {@code node = SHA-256(0x01 ‖ left ‖ right)}, split at
 * the largest power of two below the size; the empty tree's root is {@code SHA-256("")}. A node is
 * named by its level (0 = leaves) and its index from the left on that level; only <em>complete</em>
 * nodes (over 2^level leaves) have names, and a complete node never changes.
 *
 * <p>A log keeps one {@link jp.sekisho.audit.tree.Frontier}: the complete subtrees along the right
 * edge, at most 64 hashes. Proofs need old nodes as well, from a {@link
 * jp.sekisho.audit.tree.HashSource}; checking them needs nothing.
 */
@NullMarked
package jp.sekisho.audit.tree;

import org.jspecify.annotations.NullMarked;
