package jp.sekisho.policy.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import jp.sekisho.protocol.Base64Url;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and signatures are made by the JDK, which is the other implementation here. */
class TrustKeyTest {
  private static final byte[] MESSAGE = {1, 2, 3};

  private static KeyPair pair(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static byte[] signed(KeyPair pair, String algorithm) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(pair.getPrivate());
    signature.update(MESSAGE);
    return signature.sign();
  }

  private static boolean isKey(byte[] der) {
    try {
      return new TrustKey(Base64Url.encode(der)).spki() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({"secp256r1, SHA256withECDSA", "secp384r1, SHA384withECDSA"})
  void aSignatureOfTheJdkIsValidAndNoneWithOneBitChanged(String curve, String algorithm)
      throws Exception {
    KeyPair pair = pair(curve);
    TrustKey key = TrustKey.of(pair.getPublic());
    assertEquals(algorithm, key.algorithm());
    byte[] signature = signed(pair, algorithm);
    assertTrue(key.verifies(MESSAGE, Base64Url.encode(signature)));
    assertFalse(key.verifies(new byte[] {1, 2, 4}, Base64Url.encode(signature)));
    assertFalse(
        TrustKey.of(pair(curve).getPublic()).verifies(MESSAGE, Base64Url.encode(signature)));
    for (int at = 0; at < signature.length; at++) {
      byte[] other = signature.clone();
      other[at] ^= (byte) (1 << at % 8); // one bit of each byte: a verification each
      assertFalse(key.verifies(MESSAGE, Base64Url.encode(other)), "byte " + at);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "3000",
        "30060201000201 00",
        "3006020101020100",
        "3006020100020101",
        "3006020101020101",
        "300602010102018f",
        "30070202000102 0101",
        "308006020101020101",
        "3026022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551020101",
        "3026020101022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
      })
  void numbersOutOfRangeAndOtherFormsAreNoSignature(String hex) throws Exception {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    assertFalse(
        TrustKey.of(pair("secp256r1").getPublic()).verifies(MESSAGE, Base64Url.encode(bytes)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1"})
  void aKeyWithOneBitChangedIsNone(String curve) throws Exception {
    byte[] der = pair(curve).getPublic().getEncoded();
    assertTrue(isKey(der));
    for (int bit = 0; bit < der.length * 8; bit++) {
      byte[] other = der.clone();
      other[bit / 8] ^= (byte) (1 << bit % 8);
      // The JDK takes points that are on no curve, and reads over unused bits behind one.
      assertFalse(isKey(other), "bit " + bit);
    }
    for (int length = 0; length < der.length; length++) {
      assertFalse(isKey(Arrays.copyOf(der, length)));
    }
    assertFalse(isKey(Arrays.copyOf(der, der.length + 1)));
  }

  @Test
  void otherFormsOfAKeyAreRefused() throws Exception {
    var curve = CustomNamedCurves.getByName("P-256");
    AlgorithmIdentifier explicit =
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
    byte[] point = curve.getG().getEncoded(false);
    assertFalse(isKey(new SubjectPublicKeyInfo(explicit, point).getEncoded()), "explicit curve");
    SubjectPublicKeyInfo named =
        SubjectPublicKeyInfo.getInstance(pair("secp256r1").getPublic().getEncoded());
    AlgorithmIdentifier byName = named.getAlgorithm();
    assertTrue(isKey(new SubjectPublicKeyInfo(byName, point).getEncoded()));
    assertFalse(
        isKey(new SubjectPublicKeyInfo(byName, curve.getG().getEncoded(true)).getEncoded()),
        "compressed point");
    assertFalse(isKey(new SubjectPublicKeyInfo(byName, new byte[] {0}).getEncoded()), "infinity");
    assertFalse(isKey(new SubjectPublicKeyInfo(byName, new byte[65]).getEncoded()));
    assertFalse(isKey(new SubjectPublicKeyInfo(byName, new byte[0]).getEncoded()));
    assertFalse(isKey(pair("secp521r1").getPublic().getEncoded()), "P-521");
    KeyPairGenerator ed = KeyPairGenerator.getInstance("Ed25519");
    assertFalse(isKey(ed.generateKeyPair().getPublic().getEncoded()), "Ed25519");
  }

  @Test
  void anRsaKeyOf2048BitsSignsAndOneOf1024IsNone() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    TrustKey key = TrustKey.of(pair.getPublic());
    assertTrue(key.verifies(MESSAGE, Base64Url.encode(signed(pair, key.algorithm()))));
    assertFalse(key.verifies(MESSAGE, Base64Url.encode(new byte[256])));
    generator.initialize(1024);
    assertFalse(isKey(generator.generateKeyPair().getPublic().getEncoded()));
  }
}
