package jp.sekisho.server.grant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registered medium (登録媒体).
 *
 * @param id such as {@code M-0007}, written on it
 * @param organ the 機関 that keeps it
 * @param fingerprint base64url of the SHA-256 that recognises it at a port
 * @param registered when it was entered into the register
 * @param disposal null while it is in use
 */
public record Medium(
    String id, String organ, String fingerprint, Instant registered, @Nullable Disposal disposal) {

  /**
   * The end of a medium (廃棄). Its row stays: neither its number nor the very device is registered
   * again.
   *
   * @param at when it was entered into the register
   * @param reference the document that proves it, such as a 廃棄証明書's number ({@link
   *     jp.sekisho.protocol.Names#isReference})
   */
  public record Disposal(Instant at, String reference) {}

  /** Whether it may be lent out. */
  public boolean usable() {
    return disposal == null;
  }
}
