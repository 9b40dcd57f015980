package jp.sekisho.protocol;

/**
 * A passkey that was made: {@code POST /api/v1/passkeys}.
 *
 * @param label what the person calls it, 1 to 40 characters
 * @param id base64url of the credential's id
 * @param clientDataJson base64url of what the browser says of page and challenge
 * @param attestationObject base64url of the authenticator's attestation
 */
public record NewPasskey(
    String label, String id, String clientDataJson, String attestationObject) {}
