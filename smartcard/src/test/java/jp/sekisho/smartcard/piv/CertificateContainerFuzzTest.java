package jp.sekisho.smartcard.piv;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.cert.CertificateEncodingException;
import jp.sekisho.smartcard.CardException;

/** Any bytes in a container are a certificate that can be encoded again, or are refused. */
class CertificateContainerFuzzTest {
  @FuzzTest
  void anyContainerOpensOrIsRefused(byte[] bytes) {
    try {
      if (CertificateContainer.open(bytes).getEncoded().length == 0) {
        throw new AssertionError("an empty certificate");
      }
    } catch (CardException | CertificateEncodingException e) {
      // Refused.
    }
  }
}
