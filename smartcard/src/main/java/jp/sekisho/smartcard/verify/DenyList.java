package jp.sekisho.smartcard.verify;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import jp.sekisho.smartcard.Fingerprint;

/**
 * Certificates revoked by their hash, faster than any CA. Says nothing good about others, so it is
 * used beside a CRL.
 *
 * @param denied asked at every check; what it throws is the caller's to handle
 */
public record DenyList(Supplier<Set<Fingerprint>> denied) implements RevocationSource {
  @Override
  public Status check(List<X509Certificate> chain, Instant now) {
    Set<Fingerprint> set = denied.get();
    for (X509Certificate certificate : chain) {
      Fingerprint fingerprint = Fingerprint.of(certificate);
      if (set.contains(fingerprint)) {
        return new Status.Revoked("denied " + fingerprint);
      }
    }
    return new Status.Good();
  }
}
