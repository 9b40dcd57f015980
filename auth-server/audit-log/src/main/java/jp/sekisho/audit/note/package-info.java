/**
 * Signed notes of C2SP (signed-note) and cosignatures (tlog-cosignature), Ed25519 only.
 *
 * <pre>
 * note      = text LF *signature          text ends with LF; split at the last blank line
 * signature = "— " name " " base64(u32 key ID ‖ signature bytes) LF
 * key ID    = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]
 * vkey      = name "+" hex8(key ID) "+" base64(type ‖ public key)
 * type 0x01 = Ed25519 over the text (with its last LF, without the blank line)
 * type 0x04 = u64 seconds ‖ Ed25519 over "cosignature/v1\ntime " decimal "\n" text
 * </pre>
 *
 * <p>Names are not empty and have neither Unicode spaces nor {@code +}. Signatures by keys the
 * reader does not know are ignored, so that witnesses can be added without asking readers; a
 * signature by a known key that does not verify condemns the whole note. Limits: 64 KiB, 100
 * signatures, names of 255 characters.
 */
@NullMarked
package jp.sekisho.audit.note;

import org.jspecify.annotations.NullMarked;
