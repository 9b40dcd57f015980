package jp.sekisho.server.webauthn;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import jp.sekisho.protocol.Sha256;

/**
 * The one place a passkey of ours works at.
 *
 * @param origin of the pages, compared as text: scheme, host and port
 * @param rpId the origin's host exactly, never a parent domain: another service of the municipality
 *     on a sibling name can neither use these passkeys nor ask for them
 */
public record RelyingPlace(String origin, String rpId) {
  /** The place of an origin. */
  public static RelyingPlace of(String origin) {
    return new RelyingPlace(origin, URI.create(origin).getHost());
  }

  byte[] rpIdHash() {
    return Sha256.of(rpId.getBytes(StandardCharsets.UTF_8));
  }
}
