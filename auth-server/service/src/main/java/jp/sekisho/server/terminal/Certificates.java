package jp.sekisho.server.terminal;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import jp.sekisho.server.listener.DeviceCa;

/** Device certificates in the form their rows keep. */
final class Certificates {
  private Certificates() {}

  /** A new certificate of {@code key} for {@code terminal}. */
  static Terminal.Certified issue(DeviceCa ca, String terminal, DeviceCsr csr, Instant now) {
    try {
      X509Certificate certificate = ca.issue(terminal, csr.key(), now);
      return new Terminal.Certified(
          der(certificate),
          certificate.getSerialNumber().toString(16),
          certificate.getNotAfter().toInstant());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the device CA cannot issue", e);
    }
  }

  static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has an encoding", e);
    }
  }
}
