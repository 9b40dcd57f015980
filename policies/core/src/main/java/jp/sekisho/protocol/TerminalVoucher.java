package jp.sekisho.protocol;

/**
 * The agent's answer to {@code POST http://127.0.0.1:47621/v1/passkey}: this terminal vouches for a
 * transaction that a passkey is going to answer.
 *
 * @param statement base64url of the bytes of a {@link
 *     jp.sekisho.protocol.statement.TerminalStatement} without an answer
 * @param signature base64url of the device key's signature over them
 * @param challenge what the passkey has to sign: base64url of 32 bytes, {@link
 *     jp.sekisho.protocol.statement.TerminalStatement#challenge}
 */
public record TerminalVoucher(String statement, String signature, String challenge) {
  /** Masked: it is half of a credential until it is used. */
  @Override
  public String toString() {
    return "TerminalVoucher[***]";
  }
}
