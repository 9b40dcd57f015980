package jp.sekisho.server.listener;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A private key of ours and its certificate; prints as the certificate's subject only.
 *
 * @param key P-256
 * @param certificate its certificate
 */
public record CertifiedKey(PrivateKey key, X509Certificate certificate) {
  @Override
  public String toString() {
    return "CertifiedKey[" + certificate.getSubjectX500Principal() + ", key=***]";
  }
}
