package jp.sekisho.audit;

import java.util.Base64;

/**
 * Standard base64 with padding (RFC 4648 §4), one spelling per value. The JDK's decoder also takes
 * missing padding and stray trailing bits, which would give one signed thing several spellings.
 */
public final class StrictBase64 {
  private StrictBase64() {}

  public static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Decodes text.
   *
   * @param code what the caller is parsing
   * @throws FormatException if text is not exactly what {@link #encode} writes
   */
  public static byte[] decode(String text, FormatException.Code code) throws FormatException {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new FormatException(code, "not base64");
    }
    if (!encode(bytes).equals(text)) {
      throw new FormatException(code, "base64 is not canonical");
    }
    return bytes;
  }
}
