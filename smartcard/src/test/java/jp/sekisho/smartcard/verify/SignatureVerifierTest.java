package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureVerifierTest {
  private static final byte[] DATA = {1, 2, 3};

  private static byte[] sign(KeyPair pair, String algorithm) throws Exception {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(pair.getPrivate());
    signature.update(DATA);
    return signature.sign();
  }

  private static KeyPair pair(String type, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @ParameterizedTest
  @CsvSource({
    "RSA,2048,SHA256withRSA,true",
    "RSA,2048,SHA512withRSA,false",
    "RSA,1024,SHA256withRSA,false",
    "EC,256,SHA256withECDSA,true",
    "EC,256,SHA384withECDSA,false",
    "EC,384,SHA384withECDSA,true",
    "EC,384,SHA256withECDSA,false",
    "EC,521,SHA256withECDSA,false",
    "EC,256,SHA256withECDSAinP1363Format,false",
  })
  void theKeyDecidesTheAlgorithm(String type, int bits, String algorithm, boolean accepted)
      throws Exception {
    KeyPair pair = pair(type, bits);
    byte[] signature = sign(pair, algorithm);
    assertTrue(accepted == SignatureVerifier.verifies(pair.getPublic(), DATA, signature));
  }

  @Test
  void aChangedSignatureOrTextOrKeyFails() throws Exception {
    KeyPair pair = pair("EC", 256);
    byte[] signature = sign(pair, "SHA256withECDSA");
    assertFalse(SignatureVerifier.verifies(pair.getPublic(), new byte[] {1, 2}, signature));
    assertFalse(SignatureVerifier.verifies(pair("EC", 256).getPublic(), DATA, signature));
    assertFalse(SignatureVerifier.verifies(pair.getPublic(), DATA, new byte[0]));
    signature[signature.length - 1] ^= 1;
    assertFalse(SignatureVerifier.verifies(pair.getPublic(), DATA, signature));
    assertFalse(SignatureVerifier.verifies(pair("Ed25519", 255).getPublic(), DATA, new byte[64]));
  }

  @Test
  void aKeyWhosePointIsNotOnItsCurveVerifiesNothing() throws Exception {
    ECPublicKey good = (ECPublicKey) pair("EC", 256).getPublic();
    PublicKey forged =
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(
                    new ECPoint(good.getW().getAffineX(), BigInteger.TWO), good.getParams()));
    assertFalse(
        SignatureVerifier.verifies(forged, DATA, new byte[] {0x30, 0x06, 2, 1, 1, 2, 1, 1}));
  }
}
