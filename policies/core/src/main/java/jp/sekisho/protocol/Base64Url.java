package jp.sekisho.protocol;

import java.util.Base64;

/**
 * base64url without padding (RFC 4648 §5), read strictly: one byte sequence has exactly one text.
 *
 * <p>The JDK's decoder accepts non-zero trailing bits, so two texts could name one transaction;
 * {@link #decode} re-encodes and refuses the difference.
 */
public final class Base64Url {
  private Base64Url() {}

  /** Text of {@code bytes}, without padding. */
  public static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * The bytes of {@code text}; malformed unless {@code text} is exactly what {@link #encode} gives
   * for them.
   */
  public static byte[] decode(String text) throws MalformedException {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException("not base64url");
    }
    if (!encode(bytes).equals(text)) {
      throw new MalformedException("not canonical base64url");
    }
    return bytes;
  }

  /** As {@link #decode(String)}, and exactly {@code length} bytes. */
  public static byte[] decode(String text, int length) throws MalformedException {
    if (text.length() != (length * 8 + 5) / 6) {
      throw new MalformedException("base64url value is not " + length + " bytes");
    }
    return decode(text);
  }
}
