package jp.sekisho.protocol;

/**
 * Asks the service for a transaction: {@code POST /authn/v1/transactions}.
 *
 * @param purpose {@code login} or {@code unlock}; the latter needs the cookie of a suspended
 *     session
 */
public record NewTransaction(String purpose) {}
