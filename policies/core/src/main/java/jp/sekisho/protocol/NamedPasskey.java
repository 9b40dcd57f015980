package jp.sekisho.protocol;

/**
 * Names a passkey of one's own: {@code POST /api/v1/passkeys/remove}, and the answer to {@link
 * NewPasskey}.
 *
 * @param id base64url of the SHA-256 of its public key, as in the log
 */
public record NamedPasskey(String id) {}
