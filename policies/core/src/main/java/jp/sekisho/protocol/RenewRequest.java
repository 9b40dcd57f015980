package jp.sekisho.protocol;

/**
 * A new certificate for the same device key: {@code POST /agent/v1/renew}, open also to a
 * certificate expired ≤ 30 days.
 *
 * @param csr base64url of a PKCS#10 request by the same key
 */
public record RenewRequest(String csr) {}
