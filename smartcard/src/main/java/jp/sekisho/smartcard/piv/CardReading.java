package jp.sekisho.smartcard.piv;

import java.security.cert.X509Certificate;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.Fingerprint;

/** What a card says before the PIN. */
public sealed interface CardReading {

  /**
   * A PIV card with a certificate. Nothing about it is verified yet.
   *
   * @param triesLeft PIN tries, 0 (blocked) to 15
   */
  record Present(X509Certificate certificate, Fingerprint fingerprint, int triesLeft)
      implements CardReading {}

  /** Not readable, and why. */
  record Refused(CardFailure failure, String detail) implements CardReading {}
}
