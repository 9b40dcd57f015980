package jp.sekisho.protocol;

/**
 * A terminal's first words: {@code POST /agent/v1/enroll}, the only route without a client
 * certificate.
 *
 * @param token the ticket's token, base64url of 16 bytes
 * @param csr base64url of a PKCS#10 request, P-256, signed by the device key (the proof of
 *     possession)
 * @param agentVersion version of the agent
 */
public record EnrollRequest(String token, String csr, String agentVersion) {
  @Override
  public String toString() {
    return "EnrollRequest[token=***, agentVersion=" + agentVersion + "]";
  }
}
