package jp.sekisho.smartcard.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Any bytes are a certificate or a CRL, or are refused by the one exception meant for it. */
class CertificateFuzzTest {
  private static final Made ROOT = Made.root("CN=root");

  @FuzzTest
  void anyBytesAreACertificateOrRefused(byte[] bytes) {
    PathRules rules =
        PathRules.of(
            List.of(ROOT.der(), bytes),
            List.of(bytes),
            PathDemands.NONE,
            RevocationSource.unchecked());
    PathRules.Outcome outcome = rules.judge(bytes, Made.NOW);
    if (outcome == null) {
      throw new AssertionError("no outcome");
    }
  }

  @FuzzTest
  void anyBytesAreACrlOrRefused(byte[] bytes) {
    try {
      if (Crl.parse(bytes).size() > bytes.length) {
        throw new AssertionError("more entries than bytes");
      }
    } catch (MalformedException e) {
      // refused
    }
  }

  @FuzzTest
  void anyBytesAreASignatureOrRefused(byte[] bytes) {
    if (SignatureVerifier.verifies(ROOT.key().getPublic(), new byte[] {1}, bytes)) {
      throw new AssertionError("a signature nobody made");
    }
  }
}
