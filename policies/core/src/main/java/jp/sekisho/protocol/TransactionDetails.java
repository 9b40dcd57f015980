package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What the first terminal to fetch a transaction learns: {@code POST
 * /agent/v1/transactions/<id>/fetch}.
 *
 * @param transaction base64url of 16 bytes
 * @param nonce base64url of 32 bytes
 * @param purpose word of {@link jp.sekisho.protocol.statement.Purpose}
 * @param origin origin of the page that created it; must equal the Origin header the agent saw
 * @param expires ISO-8601 UTC
 * @param text what is approved, shown in full before the PIN; null unless the purpose is approve
 * @param detail base64url of the SHA-256 of {@code text}; null exactly when that is
 */
public record TransactionDetails(
    String transaction,
    String nonce,
    String purpose,
    String origin,
    String expires,
    @Nullable String text,
    @Nullable String detail) {}
