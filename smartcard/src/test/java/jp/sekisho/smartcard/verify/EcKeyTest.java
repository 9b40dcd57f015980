package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of elliptic curves: what they are equal by, and a sum few signatures have. */
class EcKeyTest {
  private static KeyPair pair(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve), new SecureRandom());
    return generator.generateKeyPair();
  }

  /** As the certificate of a card would bring it. */
  private static EcKey key(KeyPair pair) throws Exception {
    return (EcKey) Keys.of(SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
  }

  private static byte[] der(BigInteger r, BigInteger s) throws Exception {
    return new DERSequence(new ASN1Integer[] {new ASN1Integer(r), new ASN1Integer(s)})
        .getEncoded("DER");
  }

  private static byte[] bytes(BigInteger number, int size) {
    byte[] all = number.toByteArray();
    byte[] last = new byte[size];
    System.arraycopy(
        all,
        Math.max(0, all.length - size),
        last,
        Math.max(0, size - all.length),
        Math.min(size, all.length));
    return last;
  }

  /**
   * Wycheproof's "k*G has a large x-coordinate": x = r + order is below the prime, so the sum's x
   * is not r itself. Such a signature is made from a chosen point, and the key that fits it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1"})
  void aSumWhoseCoordinateIsBeyondTheOrderStillVerifies(String curve) throws Exception {
    var parameters = CustomNamedCurves.getByName(curve);
    BigInteger order = parameters.getN();
    BigInteger r = BigInteger.ONE;
    ECPoint sum = null;
    while (sum == null) {
      r = r.add(BigInteger.ONE);
      byte[] compressed = bytes(r.add(order), (order.bitLength() + 7) / 8 + 1);
      compressed[0] = 2;
      try {
        sum = parameters.getCurve().decodePoint(compressed);
      } catch (IllegalArgumentException e) {
        // no point with this x
      }
    }
    byte[] data = new byte[1];
    String hash = curve.equals("secp256r1") ? "SHA-256" : "SHA-384";
    BigInteger e = new BigInteger(1, MessageDigest.getInstance(hash).digest(data));
    BigInteger s = BigInteger.valueOf(7);
    // sum = (e·G + r·Q) / s, so Q = (s·sum − e·G) / r.
    ECPoint q =
        sum.multiply(s)
            .subtract(parameters.getG().multiply(e))
            .multiply(r.modInverse(order))
            .normalize();
    SubjectPublicKeyInfo like =
        SubjectPublicKeyInfo.getInstance(pair(curve).getPublic().getEncoded());
    EcKey key = (EcKey) Keys.of(new SubjectPublicKeyInfo(like.getAlgorithm(), q.getEncoded(false)));
    for (int i = 0; i < 3; i++) {
      assertTrue(SignatureVerifier.verifies(key, data, der(r, s)));
      assertFalse(SignatureVerifier.verifies(key, data, der(r.add(BigInteger.ONE), s)));
      assertFalse(SignatureVerifier.verifies(key, data, der(r, s.add(BigInteger.ONE))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1"})
  void aKeyIsEqualByItsBytes(String curve) throws Exception {
    KeyPair pair = pair(curve);
    assertEquals(key(pair), key(pair));
    assertEquals(key(pair).hashCode(), key(pair).hashCode());
    assertNotEquals(key(pair), key(pair(curve)));
    assertEquals(((ECPublicKey) pair.getPublic()).getW(), key(pair).getW());
  }
}
