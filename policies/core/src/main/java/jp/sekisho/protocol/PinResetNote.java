package jp.sekisho.protocol;

/**
 * A PIN was reset at the desk: {@code POST /api/v1/desk/pin-reset}, after a step-up by card for
 * {@code card-pin-reset:<person>:<card>}. The PIN, and the halves themselves, are in no message.
 *
 * @param person staff number of the holder
 * @param card base64url SHA-256 of the card's public key
 * @param first staff number of who typed one half of the PUK
 * @param second staff number of who typed the other
 */
public record PinResetNote(String person, String card, String first, String second) {}
