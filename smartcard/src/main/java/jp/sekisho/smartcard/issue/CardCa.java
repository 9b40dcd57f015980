package jp.sekisho.smartcard.issue;

import java.io.IOException;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.cert.X509Certificate;

/**
 * A certificate authority as the card desk sees it. What it signs has the {@link StaffProfile};
 * that the key is bound to hardware and PIN the caller has made sure of before it asks.
 */
public interface CardCa {

  /** The certificate staff certificates are issued under. */
  X509Certificate root();

  /**
   * Issues a staff certificate.
   *
   * @throws IOException also when the CA refuses
   */
  X509Certificate issue(PublicKey key, Holder holder) throws IOException;

  /** Puts a certificate on the revocation list; once more is no error here. */
  void revoke(BigInteger serial) throws IOException;
}
