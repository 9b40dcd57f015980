package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates with ML-DSA keys (RFC 9881): judged by the rules, refused from any card. */
class MlDsaTest {
  private static KeyPair pair(String size) throws Exception {
    return KeyPairGenerator.getInstance(size, Keys.BOUNCY_CASTLE).generateKeyPair();
  }

  private static Made root(String size) throws Exception {
    return Made.ca("CN=quantum root").key(pair(size)).signedWith(size).selfSigned();
  }

  private static String judge(Made root, Made leaf) {
    PathRules.Outcome outcome =
        PathRules.of(List.of(root.der()), List.of(), PathDemands.NONE, RevocationSource.unchecked())
            .judge(leaf.der(), Made.NOW);
    return outcome instanceof PathRules.Outcome.Invalid no ? no.failure().section() : "valid";
  }

  @ParameterizedTest
  @ValueSource(strings = {"ML-DSA-44", "ML-DSA-65", "ML-DSA-87"})
  void aPathOfEachSizeIsVerified(String size) throws Exception {
    Made root = root(size);
    Made.Recipe leaf = Made.leaf("CN=card").key(pair(size)).signedWith(size);
    assertEquals("valid", judge(root, leaf.by(root)));
    Made impostor = root(size);
    assertEquals("6.1.3(a)(1)", judge(root, leaf.by(impostor)));
    byte[] changed = leaf.by(root).der();
    changed[changed.length - 1] ^= 1;
    assertEquals(
        "6.1.3(a)(1)", judge(root, new Made(changed, root.name(), root.key(), root.serial())));
  }

  @Test
  void rfc9881Section5AKeyForSignaturesIsNotMarkedForEncryption() throws Exception {
    Made root = root("ML-DSA-44");
    for (int usage :
        new int[] {
          KeyUsage.keyEncipherment,
          KeyUsage.keyAgreement,
          KeyUsage.dataEncipherment,
          KeyUsage.decipherOnly
        }) {
      Made leaf =
          Made.leaf("CN=card")
              .key(pair("ML-DSA-44"))
              .usage(KeyUsage.digitalSignature | usage)
              .signedWith("ML-DSA-44")
              .by(root);
      assertEquals("RFC 9881 5", judge(root, leaf));
    }
  }

  @Test
  void aKeyUsageWithoutABitIsNoMishap() throws Exception {
    Made root = root("ML-DSA-44");
    Made leaf =
        Made.leaf("CN=card").key(pair("ML-DSA-44")).usage(0).signedWith("ML-DSA-44").by(root);
    assertEquals("valid", judge(root, leaf));
  }

  @Test
  void noCardLogsInByOne() throws Exception {
    Made root = root("ML-DSA-44");
    assertEquals(
        java.util.Optional.empty(),
        SignatureVerifier.algorithm(SignatureVerifier.certified(root.der()).orElseThrow()));
  }
}
