package jp.sekisho.protocol;

/**
 * What the page posted, handed on: {@code POST /agent/v1/services/transactions/<id>/answer}.
 *
 * @param realm as asked
 * @param client as asked
 * @param session as asked
 * @param secret of the {@link RelyingQuestion}
 * @param answer the opaque string of a {@link CardAnswer}; or {@link #PASSKEY} and base64url of a
 *     {@link PasskeyAnswer}
 */
public record RelyingAnswer(
    String realm, String client, String session, String secret, String answer) {
  /** What the answer of a passkey begins with; no card's answer does. */
  public static final String PASSKEY = "passkey.";

  @Override
  public String toString() {
    return "RelyingAnswer[***]";
  }
}
