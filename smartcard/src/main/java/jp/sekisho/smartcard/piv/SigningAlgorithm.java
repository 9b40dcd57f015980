package jp.sekisho.smartcard.piv;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import jp.sekisho.smartcard.verify.SignatureVerifier;

/**
 * How a card with a key of that type signs (SP 800-78-5, tables 6-2 and 6-3): it follows from the
 * key in its certificate, never from what the card says.
 */
public enum SigningAlgorithm {
  RSA_2048(0x07, "SHA-256"),
  RSA_3072(0x05, "SHA-256"),
  P_256(0x11, "SHA-256"),
  P_384(0x14, "SHA-384");

  /** DER of DigestInfo{sha256, NULL, OCTET STRING(32)} up to the hash. */
  private static final byte[] SHA256_INFO =
      HexFormat.of().parseHex("3031300d060960864801650304020105000420");

  private final int piv;
  private final String hash;

  SigningAlgorithm(int piv, String hash) {
    this.piv = piv;
    this.hash = hash;
  }

  /** Empty when it is a key we do not sign with. */
  public static Optional<SigningAlgorithm> of(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return switch (rsa.getModulus().bitLength()) {
        case 2048 -> Optional.of(RSA_2048);
        case 3072 -> Optional.of(RSA_3072);
        default -> Optional.empty();
      };
    }
    return SignatureVerifier.algorithm(key)
        .map(name -> name.equals("SHA384withECDSA") ? P_384 : P_256);
  }

  /** PIV's algorithm identifier. */
  public int piv() {
    return piv;
  }

  public boolean isRsa() {
    return this == RSA_2048 || this == RSA_3072;
  }

  /** The hash that is signed. */
  public byte[] hash(byte[] data) {
    try {
      return MessageDigest.getInstance(hash).digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + hash, e);
    }
  }

  /** What a card that pads by itself gets: the DigestInfo for RSA, the bare hash for EC. */
  public byte[] digestInfo(byte[] hashed) {
    if (!isRsa()) {
      return hashed.clone();
    }
    byte[] info = Arrays.copyOf(SHA256_INFO, SHA256_INFO.length + hashed.length);
    System.arraycopy(hashed, 0, info, SHA256_INFO.length, hashed.length);
    return info;
  }

  /**
   * What a card that does the bare operation gets: RFC 8017 EMSA-PKCS1-v1_5 for RSA, the hash for
   * EC.
   */
  byte[] block(byte[] hashed) {
    byte[] info = digestInfo(hashed);
    if (!isRsa()) {
      return info;
    }
    byte[] block = new byte[this == RSA_2048 ? 256 : 384];
    Arrays.fill(block, (byte) 0xFF);
    block[0] = 0;
    block[1] = 1;
    block[block.length - info.length - 1] = 0;
    System.arraycopy(info, 0, block, block.length - info.length, info.length);
    return block;
  }
}
