package jp.sekisho.smartcard.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedRsaKeysTest {
  private static KeyPair made(FixedRsaKeys generator) {
    return generator.generateKeyPair();
  }

  private static FixedRsaKeys generator(int bits) throws GeneralSecurityException {
    FixedRsaKeys generator = new FixedRsaKeys();
    generator.initialize(bits, new java.security.SecureRandom());
    return generator;
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 3072})
  @DisplayName("a key has its size, and what one half signs the other verifies")
  void works(int bits) throws GeneralSecurityException {
    KeyPair pair = made(generator(bits));
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair.getPrivate();
    assertEquals(bits, key.getModulus().bitLength());
    assertTrue(key.getPrimeP().isProbablePrime(40) && key.getPrimeQ().isProbablePrime(40));
    Signature signer = Signature.getInstance("SHA256withRSA");
    signer.initSign(key);
    signer.update(new byte[] {1, 2, 3});
    byte[] signature = signer.sign();
    signer.initVerify(pair.getPublic());
    signer.update(new byte[] {1, 2, 3});
    assertTrue(signer.verify(signature));
  }

  @Test
  @DisplayName("no key is given out twice, whoever asks")
  void different() throws GeneralSecurityException {
    Set<BigInteger> seen = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      assertTrue(seen.add(((RSAPublicKey) made(generator(2048)).getPublic()).getModulus()));
    }
  }

  @Test
  @DisplayName("another size or exponent is Java's own generator's")
  void others() throws GeneralSecurityException {
    assertEquals(1024, ((RSAPublicKey) made(generator(1024)).getPublic()).getModulus().bitLength());
    FixedRsaKeys generator = new FixedRsaKeys();
    generator.initialize(
        new RSAKeyGenParameterSpec(1024, RSAKeyGenParameterSpec.F0),
        new java.security.SecureRandom());
    assertEquals(
        RSAKeyGenParameterSpec.F0,
        ((RSAPublicKey) made(generator).getPublic()).getPublicExponent());
  }

  @Test
  @DisplayName("unit tests get them, where Maven runs them")
  void installed() throws GeneralSecurityException {
    String provider = KeyPairGenerator.getInstance("RSA").getProvider().getName();
    if ("fixed".equals(System.getProperty("sekisho.test.rsa"))) {
      assertEquals("SekishoTestKeys", provider);
    } else {
      assertNotEquals("SekishoTestKeys", provider);
    }
  }
}
