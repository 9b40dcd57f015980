package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Asks the service for a transaction: {@code POST /authn/v1/transactions}.
 *
 * @param purpose {@code login}, {@code unlock} or {@code approve}; {@code unlock} needs the cookie
 *     of a suspended session, {@code approve} that of an active one
 * @param subject what is approved: the id of a request; null unless the purpose is {@code approve}
 */
public record NewTransaction(String purpose, @Nullable String subject) {}
