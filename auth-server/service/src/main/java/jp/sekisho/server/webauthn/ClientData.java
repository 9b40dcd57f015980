package jp.sekisho.server.webauthn;

import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/**
 * What a browser says of a ceremony ({@code CollectedClientData}); unknown members are ignored, a
 * repeated one is refused.
 *
 * @param type {@code webauthn.create} or {@code webauthn.get}
 * @param challenge base64url
 * @param origin of the page
 * @param crossOrigin whether the page was framed by another site; absent means no
 * @param topOrigin the site that framed it
 */
record ClientData(
    String type,
    String challenge,
    String origin,
    @Nullable Boolean crossOrigin,
    @Nullable String topOrigin) {
  /** Many times what a browser writes. */
  static final int MAX_BYTES = 4096;

  /** Reads it with the one JSON codec of the service. */
  static ClientData parse(byte[] json) throws MalformedException {
    if (json.length > MAX_BYTES) {
      throw new MalformedException("client data over " + MAX_BYTES + " bytes");
    }
    return WireJson.read(json, ClientData.class);
  }

  /** Whether the page stood in another site's frame. */
  boolean isFramed() {
    return Boolean.TRUE.equals(crossOrigin) || topOrigin != null;
  }
}
