package jp.sekisho.smartcard.simulate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Cipher;
import jp.sekisho.smartcard.piv.Tlv;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** Types of key the virtual cards hold, with their numbers in PIV (SP 800-78-5, table 8). */
public enum CardKey {
  RSA2048(0x07, 2048, ""),
  RSA3072(0x05, 3072, ""),
  P256(0x11, 256, "secp256r1"),
  P384(0x14, 384, "secp384r1");

  private final int algorithm;
  private final int bits;
  private final String curve;

  CardKey(int algorithm, int bits, String curve) {
    this.algorithm = algorithm;
    this.bits = bits;
    this.curve = curve;
  }

  /** By the name used on the command line, e.g. {@code p256}. */
  public static Optional<CardKey> named(String name) {
    return Arrays.stream(values()).filter(key -> key.toString().equals(name)).findFirst();
  }

  /** By PIV's algorithm identifier. */
  static Optional<CardKey> of(int algorithm) {
    return Arrays.stream(values()).filter(key -> key.algorithm == algorithm).findFirst();
  }

  static CardKey of(PrivateKey key) throws GeneralSecurityException {
    int size =
        key instanceof RSAPrivateCrtKey rsa
            ? rsa.getModulus().bitLength()
            : key instanceof ECPrivateKey ec
                ? ec.getParams().getCurve().getField().getFieldSize()
                : 0;
    return Arrays.stream(values())
        .filter(type -> type.bits == size)
        .findFirst()
        .orElseThrow(() -> new GeneralSecurityException("no key type of cards"));
  }

  int algorithm() {
    return algorithm;
  }

  boolean isRsa() {
    return curve.isEmpty();
  }

  /** Modulus or field, in bytes. */
  int bytes() {
    return bits / 8;
  }

  String curve() {
    return curve;
  }

  KeyPair generate() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(isRsa() ? "RSA" : "EC");
    if (isRsa()) {
      generator.initialize(bits);
    } else {
      generator.initialize(new ECGenParameterSpec(curve));
    }
    return generator.generateKeyPair();
  }

  /** Reads PKCS#8 of any of the types. */
  static PrivateKey read(byte[] pkcs8) throws GeneralSecurityException {
    ASN1ObjectIdentifier algorithm;
    try {
      algorithm = PrivateKeyInfo.getInstance(pkcs8).getPrivateKeyAlgorithm().getAlgorithm();
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("no PKCS#8 key", e);
    }
    boolean rsa = algorithm.equals(PKCSObjectIdentifiers.rsaEncryption);
    return KeyFactory.getInstance(rsa ? "RSA" : "EC")
        .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  /** The public half, which neither kind of private key file need hold. */
  static PublicKey publicKey(PrivateKey key) throws GeneralSecurityException {
    if (key instanceof RSAPrivateCrtKey rsa) {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
    }
    ECPrivateKey ec = (ECPrivateKey) key;
    org.bouncycastle.math.ec.ECPoint point =
        CustomNamedCurves.getByName(of(key).curve).getG().multiply(ec.getS()).normalize();
    return KeyFactory.getInstance("EC")
        .generatePublic(
            new ECPublicKeySpec(
                new ECPoint(
                    point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger()),
                ec.getParams()));
  }

  /**
   * What a card does with what it is given: a bare RSA operation over a whole block, or ECDSA over
   * a hash.
   */
  static byte[] operate(PrivateKey key, byte[] input) throws GeneralSecurityException {
    if (of(key).isRsa()) {
      Cipher rsa = Cipher.getInstance("RSA/ECB/NoPadding");
      rsa.init(Cipher.DECRYPT_MODE, key);
      return rsa.doFinal(input);
    }
    Signature ecdsa = Signature.getInstance("NONEwithECDSA");
    ecdsa.initSign(key);
    ecdsa.update(input);
    return ecdsa.sign();
  }

  /** The public key as PIV's template 7F49 holds it: modulus and exponent, or the point. */
  static byte[] encode(PublicKey key) {
    if (key instanceof RSAPublicKey rsa) {
      return Tlv.of(
              0,
              new Tlv(0x81, unsigned(rsa.getModulus(), (rsa.getModulus().bitLength() + 7) / 8)),
              new Tlv(0x82, unsigned(rsa.getPublicExponent(), 3)))
          .value();
    }
    ECPublicKey ec = (ECPublicKey) key;
    int length = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
    byte[] point = new byte[1 + 2 * length];
    point[0] = 4;
    System.arraycopy(unsigned(ec.getW().getAffineX(), length), 0, point, 1, length);
    System.arraycopy(unsigned(ec.getW().getAffineY(), length), 0, point, 1 + length, length);
    return new Tlv(0x86, point).encode();
  }

  private static byte[] unsigned(BigInteger number, int length) {
    byte[] bytes = new byte[length];
    byte[] signed = number.toByteArray();
    int from = Math.max(0, signed.length - length);
    System.arraycopy(signed, from, bytes, length - (signed.length - from), signed.length - from);
    return bytes;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
