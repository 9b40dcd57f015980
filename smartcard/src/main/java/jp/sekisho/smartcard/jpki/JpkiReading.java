package jp.sekisho.smartcard.jpki;

import java.security.cert.X509Certificate;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;

/** What a JPKI token says before the PIN. */
public sealed interface JpkiReading {

  /**
   * A token with a certificate. Nothing about it is verified yet.
   *
   * @param triesLeft tries of the authentication PIN, 0 (blocked) to 15
   */
  record Present(
      JpkiProfile profile, X509Certificate certificate, Fingerprint fingerprint, int triesLeft)
      implements JpkiReading {}

  /**
   * A token that shows its certificate only after the PIN.
   *
   * @param triesLeft tries of the authentication PIN, 0 (blocked) to 15
   */
  record CertificateBehindPin(JpkiProfile profile, int triesLeft) implements JpkiReading {}

  /** Not readable, and why. */
  record Refused(CardFailure failure, String detail) implements JpkiReading {}
}
