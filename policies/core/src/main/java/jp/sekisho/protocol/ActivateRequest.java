package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A terminal asks to use a grant now: {@code POST /agent/v1/grants/<id>/activate}.
 *
 * @param nonce base64url of 32 random bytes, stored by the terminal before it asks; the same nonce
 *     gets the same answer again, another one is refused once the grant is active
 * @param boot the terminal's boot, base64url of 16 bytes
 * @param fingerprint base64url of the SHA-256 that the terminal itself made of the plugged medium;
 *     null exactly where the grant's text names no medium
 */
public record ActivateRequest(String nonce, String boot, @Nullable String fingerprint) {}
