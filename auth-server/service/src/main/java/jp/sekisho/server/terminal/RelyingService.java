package jp.sekisho.server.terminal;

import java.time.Instant;
import java.util.Locale;

/**
 * A system that may ask for logins, as its sealed row says.
 *
 * @param name such as {@code keycloak}
 * @param realm the one realm that it may ask for
 * @param origin of its login page, as browsers send it
 * @param spki DER of its key
 * @param serial serial number of its newest certificate, hexadecimal
 * @param notAfter end of that certificate
 */
@SuppressWarnings("ArrayRecordComponent") // never handed to code that writes into it
public record RelyingService(
    String name,
    String realm,
    String origin,
    State state,
    byte[] spki,
    String serial,
    Instant notAfter) {

  /** Where a registration stands. */
  public enum State {
    /** It may ask. */
    ACTIVE,
    /** Removed; the row stays so that its certificate is recognised. */
    REVOKED;

    /** The word in the row. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  RelyingService revoked() {
    return new RelyingService(name, realm, origin, State.REVOKED, spki, serial, notAfter);
  }
}
