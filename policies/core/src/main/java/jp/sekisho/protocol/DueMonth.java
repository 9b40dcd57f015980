package jp.sekisho.protocol;

/**
 * A month for which a series waits for a card's confirmation (月次確認).
 *
 * @param month {@code 2027-01}
 * @param text the exact text that the card would sign
 * @param detail base64url of the SHA-256 of its bytes
 */
public record DueMonth(String month, String text, String detail) {}
