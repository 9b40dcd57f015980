package jp.sekisho.protocol;

/**
 * The service's answer to {@link NewTransaction}; the pre-login cookie comes beside it.
 *
 * @param transaction base64url of 16 bytes
 * @param expires ISO-8601 UTC, 90 seconds ahead
 */
public record TransactionCreated(String transaction, String expires) {}
