package jp.sekisho.smartcard.issue;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * A card management key (9B) of 24 bytes, triple DES or AES-192, to be closed when used. The one of
 * an issued card is random and kept by nobody (ADR 0008).
 */
final class ManagementSecret implements AutoCloseable {
  static final int TDES = 0x03;
  static final int AES192 = 0x0A;

  /** What cards come with, of either algorithm. */
  private static final String DEFAULT = "010203040506070801020304050607080102030405060708";

  private final int algorithm;
  private final byte[] key;

  private ManagementSecret(int algorithm, byte[] key) {
    this.algorithm = algorithm;
    this.key = key;
  }

  static ManagementSecret ofNewCards(int algorithm) {
    return new ManagementSecret(algorithm, HexFormat.of().parseHex(DEFAULT));
  }

  static ManagementSecret random(int algorithm, SecureRandom random) {
    byte[] key = new byte[24];
    random.nextBytes(key);
    if (algorithm == TDES) {
      for (int i = 0; i < key.length; i++) {
        // Odd parity, which some cards insist on.
        int bits = key[i] & 0xFE;
        key[i] = (byte) (bits | (1 ^ (Integer.bitCount(bits) & 1)));
      }
    }
    return new ManagementSecret(algorithm, key);
  }

  int algorithm() {
    return algorithm;
  }

  int block() {
    return algorithm == TDES ? 8 : 16;
  }

  /** A copy: the caller wipes it. */
  byte[] bytes() {
    return key.clone();
  }

  byte[] encrypt(byte[] block) {
    return cipher(Cipher.ENCRYPT_MODE, block);
  }

  byte[] decrypt(byte[] block) {
    return cipher(Cipher.DECRYPT_MODE, block);
  }

  /** One block, the challenge of a card: there is nothing to chain. */
  private byte[] cipher(int mode, byte[] block) {
    try {
      String name = algorithm == TDES ? "DESede" : "AES";
      Cipher cipher = Cipher.getInstance(name + "/ECB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, name));
      return cipher.doFinal(block);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has DESede and AES", e);
    }
  }

  @Override
  public void close() {
    Arrays.fill(key, (byte) 0);
  }

  @Override
  public String toString() {
    return "ManagementSecret[" + algorithm + "]";
  }
}
