package jp.sekisho.smartcard.verify;

import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/** The staff number a certificate's subject carries. */
final class SubjectNumber {
  private SubjectNumber() {}

  /** The one serialNumber attribute; empty when there is none or more than one. */
  static Optional<String> of(X509Certificate certificate) {
    RDN[] found =
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded())
            .getRDNs(BCStyle.SERIALNUMBER);
    return found.length == 1 && !found[0].isMultiValued()
        ? Optional.of(IETFUtils.valueToString(found[0].getFirst().getValue()))
        : Optional.empty();
  }
}
