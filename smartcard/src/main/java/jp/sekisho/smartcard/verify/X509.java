package jp.sekisho.smartcard.verify;

import java.io.ByteArrayInputStream;
import java.security.NoSuchProviderException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Between the JDK's certificates, which callers hold, and ours. */
final class X509 {
  private X509() {}

  /** The JDK's parser keeps what it parsed, so that the same bytes cost little again. */
  static X509Certificate of(byte[] der) throws CertificateException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509", "SUN")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (NoSuchProviderException e) {
      throw new IllegalStateException("every JDK has SUN", e);
    }
  }

  static List<X509Certificate> all(List<PathCertificate> certificates) throws MalformedException {
    List<X509Certificate> all = new ArrayList<>();
    try {
      for (PathCertificate certificate : certificates) {
        all.add(certificate.standard());
      }
    } catch (CertificateException e) {
      throw new MalformedException("4.1", String.valueOf(e.getMessage()));
    }
    return all;
  }

  static PathCertificate ours(X509Certificate certificate) throws MalformedException {
    try {
      return PathCertificate.parse(certificate.getEncoded());
    } catch (CertificateException e) {
      throw new MalformedException("4.1", String.valueOf(e.getMessage()));
    }
  }

  static List<PathCertificate> ours(List<X509Certificate> certificates) throws MalformedException {
    List<PathCertificate> all = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      all.add(ours(certificate));
    }
    return all;
  }

  /** A chain somebody else validated, as a path of ours. */
  static ValidPath path(List<X509Certificate> chain) throws MalformedException {
    List<PathCertificate> certificates = ours(chain);
    List<PublicKey> keys = new ArrayList<>();
    for (PathCertificate issuer : certificates.subList(1, certificates.size())) {
      Optional<PublicKey> key = issuer.key(null);
      if (key.isEmpty()) {
        throw new MalformedException("4.1.2.7", "a key that is none");
      }
      keys.add(key.get());
    }
    return new ValidPath(certificates, keys, new PathPool(List.of(), List.of()));
  }
}
