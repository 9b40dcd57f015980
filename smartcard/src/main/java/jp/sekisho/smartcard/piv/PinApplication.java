package jp.sekisho.smartcard.piv;

import java.security.cert.X509Certificate;
import jp.sekisho.smartcard.CardException;

/**
 * An application of a card, selected: one PIN, one key and its certificate. The commands only, in
 * whatever order; the order is {@link PinDiscipline}'s.
 */
public interface PinApplication {

  /** Whether the certificate is readable only after the PIN. */
  boolean isCertificateBehindPin();

  /** Asks for the tries; costs none. */
  PinStatus pinStatus() throws CardException;

  /**
   * Reads the certificate.
   *
   * @throws CardException UNKNOWN_CARD when there is none
   */
  X509Certificate certificate() throws CardException;

  /** Whether the application's key may be of that type. */
  boolean canSignWith(SigningAlgorithm algorithm);

  /**
   * Signs a hash.
   *
   * @return PKCS#1 v1.5 for RSA, DER for EC
   */
  byte[] sign(SigningAlgorithm algorithm, byte[] hash) throws CardException;
}
