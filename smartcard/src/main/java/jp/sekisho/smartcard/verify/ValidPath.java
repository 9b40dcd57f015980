package jp.sekisho.smartcard.verify;

import java.security.PublicKey;
import java.util.List;

/**
 * A path that is valid but for revocation.
 *
 * @param certificates the card's first, the anchor last
 * @param issuerKeys the key each but the anchor was verified with, in the same order
 * @param pool what else was given: certificates of CRL issuers may be among it
 */
record ValidPath(List<PathCertificate> certificates, List<PublicKey> issuerKeys, PathPool pool) {
  ValidPath {
    certificates = List.copyOf(certificates);
    issuerKeys = List.copyOf(issuerKeys);
  }

  PathCertificate anchor() {
    return certificates.get(certificates.size() - 1);
  }
}
