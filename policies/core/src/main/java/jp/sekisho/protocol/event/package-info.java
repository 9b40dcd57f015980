/**
 * Log entries: the event types, one sealed interface per feature, and the canonical bytes that
 * become leaves of the tree.
 *
 * <p>Canonical bytes are RFC 8785 JSON restricted to objects, arrays, NFC strings, booleans and
 * integers within ±2⁵³, at most 16 KiB ({@link jp.sekisho.protocol.CanonicalJson}). No entry holds
 * a name, a resident's data, a 個人番号 or content of any document: persons appear by staff number,
 * residents not at all. {@code docs/audit-events.md} lists every type with an example.
 */
@NullMarked
package jp.sekisho.protocol.event;

import org.jspecify.annotations.NullMarked;
