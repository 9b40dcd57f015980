package jp.sekisho.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link RelyingAsk}.
 *
 * @param transaction base64url of 16 bytes; all that the page learns
 * @param secret base64url of 32 bytes; stays on the relying service's side and stands in its {@link
 *     RelyingAnswer}, as the pre-login cookie stands for a browser
 * @param expires ISO-8601 UTC, 90 seconds ahead
 * @param page for a login by passkey: our page, where the browser has to go; absent for a card
 */
public record RelyingQuestion(
    String transaction, String secret, String expires, @Nullable String page) {
  @Override
  public String toString() {
    return "RelyingQuestion[" + transaction + "]";
  }
}
