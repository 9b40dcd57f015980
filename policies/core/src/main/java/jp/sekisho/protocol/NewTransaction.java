package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Asks the service for a transaction: {@code POST /authn/v1/transactions}.
 *
 * @param purpose {@code login}, {@code unlock}, {@code step-up} or {@code approve}; {@code unlock}
 *     needs the cookie of a suspended session, the last two that of an active one
 * @param subject what is approved, the id of a request; or the action that a step-up is for, such
 *     as {@code passkey-register} or {@code passkey-remove:<id>}; null for the other purposes
 */
public record NewTransaction(String purpose, @Nullable String subject) {}
