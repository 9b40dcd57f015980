/**
 * All bytes that Sekisho signs (checkpoints excepted), as LF-ended text with a fixed order of
 * lines.
 *
 * <p>First line {@code sekisho/<kind>/v1}, then one {@code name value} line per field in the
 * documented order, each ended by one LF; NFC; no control or format characters; at most 64 KiB; an
 * unknown, missing, repeated or reordered line makes the text invalid. A statement is parsed and
 * then encoded again: any difference is a {@link jp.sekisho.protocol.MalformedException}, so one
 * meaning has exactly one byte sequence.
 *
 * <p>Signature algorithms follow the key: RSA is PKCS#1 v1.5 with SHA-256, P-256 is SHA-256, P-384
 * is SHA-384, both DER.
 */
@NullMarked
package jp.sekisho.protocol.statement;

import org.jspecify.annotations.NullMarked;
