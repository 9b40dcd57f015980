package jp.sekisho.policy.trust;

import java.time.Instant;
import jp.sekisho.protocol.statement.TrustHeader;

/**
 * A file that was verified.
 *
 * @param <T> what its body says
 * @param header its header
 * @param hash base64url of the SHA-256 of header and body
 * @param body what it says
 */
public record Trusted<T>(TrustHeader header, String hash, T body) {
  /** Its version. */
  public long version() {
    return header.version();
  }

  /** Whether it no longer counts. */
  public boolean isExpired(Instant now) {
    return !now.isBefore(header.expires());
  }
}
