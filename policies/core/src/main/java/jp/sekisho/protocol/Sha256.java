package jp.sekisho.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every JRE must provide. */
public final class Sha256 {
  private Sha256() {}

  /** The 32-byte digest of the parts, one after another. */
  public static byte[] of(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a JRE without SHA-256", e);
    }
  }

  /** The digest as base64url. */
  public static String text(byte[]... parts) {
    return Base64Url.encode(of(parts));
  }
}
