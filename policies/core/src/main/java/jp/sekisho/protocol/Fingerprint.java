package jp.sekisho.protocol;

import java.util.HexFormat;
import java.util.Locale;

/**
 * The short form of a device key that two people read to each other: 80 bits of SHA-256(SPKI) as 5
 * groups of 4 hex digits.
 */
public final class Fingerprint {
  private Fingerprint() {}

  /** Fingerprint of a SubjectPublicKeyInfo's DER, such as {@code 3F2A-90C1-77B0-12DE-5A04}. */
  public static String of(byte[] spki) {
    String hex = HexFormat.of().formatHex(Sha256.of(spki), 0, 10).toUpperCase(Locale.ROOT);
    return hex.replaceAll("(.{4})(?!$)", "$1-");
  }
}
