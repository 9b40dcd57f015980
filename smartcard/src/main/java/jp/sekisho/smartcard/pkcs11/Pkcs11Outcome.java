package jp.sekisho.smartcard.pkcs11;

import java.security.cert.X509Certificate;
import java.util.List;
import jp.sekisho.smartcard.CardFailure;

/** What came of asking a module. */
public sealed interface Pkcs11Outcome {

  /**
   * What the token holds that can be seen without a PIN.
   *
   * @param certificates all of them, in the module's order; not judged
   * @param pinHint what the token says of its PIN
   */
  record Present(String label, String serial, List<X509Certificate> certificates, PinHint pinHint)
      implements Pkcs11Outcome {
    private static final int DIGITAL_SIGNATURE = 0;

    public Present {
      certificates = List.copyOf(certificates);
    }

    /** Those that can be a person's: no CA, and marked for digitalSignature if for anything. */
    public List<X509Certificate> signing() {
      return certificates.stream().filter(Present::signs).toList();
    }

    private static boolean signs(X509Certificate certificate) {
      boolean[] usage = certificate.getKeyUsage();
      return certificate.getBasicConstraints() < 0 && (usage == null || usage[DIGITAL_SIGNATURE]);
    }
  }

  /**
   * Signed, and the signature verifies with the certificate's key.
   *
   * @param signature RSA: PKCS#1 v1.5 with SHA-256; P-256: SHA-256, P-384: SHA-384, both in DER
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Signed(X509Certificate certificate, byte[] signature) implements Pkcs11Outcome {
    /** Always low. */
    public Assurance assurance() {
      return Assurance.LOW;
    }
  }

  /**
   * More than one token matches; nothing was done.
   *
   * @param tokens how many
   */
  record Several(int tokens) implements Pkcs11Outcome {}

  /**
   * Not done. NO_CARD: no token matches. CARD_TIMEOUT: the module hung and was killed. CARD_ERROR:
   * it crashed, does not load, or answered what it should not.
   *
   * @param detail for the log; never holds the PIN
   */
  record Refused(CardFailure failure, String detail) implements Pkcs11Outcome {}

  /** PKCS#11 tells no number. */
  enum PinHint {
    UNKNOWN,
    /** At least one wrong try since the last right one. */
    FEW,
    LAST,
    BLOCKED
  }
}
