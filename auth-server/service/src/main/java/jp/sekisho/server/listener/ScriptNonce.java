package jp.sekisho.server.listener;

import io.micronaut.http.HttpRequest;
import java.security.SecureRandom;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;

/**
 * The word by which a page's own scripts are known: made for one answer, named in its content
 * security policy and at each of its scripts. An answer that names none runs none.
 */
public final class ScriptNonce {
  private static final String ATTRIBUTE = "sekisho.script-nonce";
  private static final int BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private ScriptNonce() {}

  /** That of the answer to {@code request}; made when it is first asked for. */
  public static String of(HttpRequest<?> request) {
    return made(request)
        .orElseGet(() -> {
          byte[] random = new byte[BYTES];
          RANDOM.nextBytes(random);
          String nonce = Base64Url.encode(random);
          request.setAttribute(ATTRIBUTE, nonce);
          return nonce;
        });
  }

  /** That of the answer, if it is a page that asked for one. */
  static Optional<String> made(HttpRequest<?> request) {
    return request.getAttribute(ATTRIBUTE, String.class);
  }
}
