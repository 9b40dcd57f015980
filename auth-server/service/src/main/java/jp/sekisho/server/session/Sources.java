package jp.sekisho.server.session;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jp.sekisho.protocol.Base64Url;
import org.jspecify.annotations.Nullable;

/**
 * Where sessions are used from: the network address of the browser, which the login found to be its
 * terminal's, as a keyed hash. Thread-safe.
 *
 * <p>All addresses of loopback are one place: a browser on the service's own machine takes {@code
 * 127.0.0.1} or {@code ::1} as it pleases.
 */
public final class Sources {
  /** Sessions are bound to no address: the terminals stand behind NAT. */
  public static final Sources ANYWHERE = new Sources(null);

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] PURPOSE =
      "sekisho/session-source/v1\0".getBytes(StandardCharsets.US_ASCII);

  private final @Nullable SecretKeySpec key;

  private Sources(@Nullable SecretKeySpec key) {
    this.key = key;
  }

  /**
   * Sessions are bound to the address of their login.
   *
   * @param sourceKey 32 bytes from {@code keys/source-hash.key}, copied
   */
  public static Sources bound(byte[] sourceKey) {
    return new Sources(new SecretKeySpec(sourceKey, ALGORITHM));
  }

  /** The address that {@code text} is, as {@link InetAddress#getHostAddress} wrote it. */
  public static InetAddress address(String text) {
    int zone = text.indexOf('%');
    return InetAddress.ofLiteral(zone < 0 ? text : text.substring(0, zone));
  }

  /** The name of an address, base64url of 12 bytes; null when addresses do not count. */
  @Nullable String name(InetAddress address) {
    if (key == null) {
      return null;
    }
    byte[] place = address.isLoopbackAddress() ? new byte[0] : address.getAddress();
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(PURPOSE);
      return Base64Url.encode(Arrays.copyOf(mac.doFinal(place), 12));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
