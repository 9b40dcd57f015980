/**
 * The sealed table of names and posts that a bundle may carry (ADR 0021). Entries hold staff
 * numbers only; an auditor who is to know whom they mean exports the table with the bundle, and
 * reads it offline with the code that was shown when it was made. Who has the bundle without the
 * code learns nothing but the table's length.
 *
 * <pre>
 * names.sealed = "sekisho/names/v1" LF, 16 bytes of salt, 12 bytes of nonce, AES-256-GCM
 * key          = HKDF-SHA256(code, salt, "sekisho/names/v1")
 * bound to     = the text of the bundle's checkpoint (additional data)
 * contents     = UTF-8 lines: number TAB name TAB division TAB its name TAB title TAB from TAB until
 * </pre>
 */
@NullMarked
package jp.sekisho.audit.names;

import org.jspecify.annotations.NullMarked;
