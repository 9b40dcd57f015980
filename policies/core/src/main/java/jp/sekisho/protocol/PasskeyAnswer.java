package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A passkey's answer to a transaction: {@code POST /authn/v1/transactions/<id>/passkey}. All values
 * are base64url.
 *
 * @param id the credential's id, 1 to 1023 bytes
 * @param authenticatorData what the authenticator says of itself
 * @param clientDataJson what the browser says of page and challenge
 * @param signature over both
 * @param userHandle whose the authenticator believes it is
 * @param terminalStatement {@link TerminalVoucher#statement}; null without a terminal, which is
 *     refused
 * @param terminalSignature {@link TerminalVoucher#signature}
 */
public record PasskeyAnswer(
    String id,
    String authenticatorData,
    String clientDataJson,
    String signature,
    String userHandle,
    @Nullable String terminalStatement,
    @Nullable String terminalSignature) {
  @Override
  public String toString() {
    return "PasskeyAnswer[***]";
  }
}
