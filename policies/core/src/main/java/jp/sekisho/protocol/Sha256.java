package jp.sekisho.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every JRE must provide. */
public final class Sha256 {
  /** Looking one up costs as much as a short digest, and a login makes some sixty. */
  private static final MessageDigest FRESH = found();

  private Sha256() {}

  private static MessageDigest found() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a JRE without SHA-256", e);
    }
  }

  private static MessageDigest fresh() {
    try {
      return (MessageDigest) FRESH.clone();
    } catch (CloneNotSupportedException e) {
      return found(); // of a provider that is not the JDK's
    }
  }

  /** The 32-byte digest of the parts, one after another. */
  public static byte[] of(byte[]... parts) {
    MessageDigest digest = fresh();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** The digest as base64url. */
  public static String text(byte[]... parts) {
    return Base64Url.encode(of(parts));
  }
}
