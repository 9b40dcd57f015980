package jp.sekisho.smartcard.verify;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.ReasonFlags;

/**
 * One DistributionPoint of a certificate, or the one RFC 5280 section 6.3.3 assumes, and whether a
 * CRL answers for it (steps (b) and (d)).
 *
 * @param names what the point is called; empty = it has no name
 * @param crlIssuers who may sign indirect CRLs for it; empty = the certificate's issuer
 * @param reasons mask it covers
 */
record CrlScope(Set<Object> names, Set<DistinguishedName> crlIssuers, int reasons) {
  /** All reasons but "unused", as {@link ReasonFlags} packs them. */
  static final int ALL_REASONS =
      ReasonFlags.keyCompromise
          | ReasonFlags.cACompromise
          | ReasonFlags.affiliationChanged
          | ReasonFlags.superseded
          | ReasonFlags.cessationOfOperation
          | ReasonFlags.certificateHold
          | ReasonFlags.privilegeWithdrawn
          | ReasonFlags.aACompromise;

  /** Stands for a name no CRL can be found by; equal to nothing but itself. */
  private static final Object UNUSABLE = new Object();

  /** The point of a CRL its certificates say nothing about. */
  static CrlScope implied(PathCertificate certificate) {
    return new CrlScope(Set.of(certificate.issuer()), Set.of(), ALL_REASONS);
  }

  static CrlScope of(DistributionPoint point, PathCertificate certificate)
      throws MalformedException {
    Set<DistinguishedName> issuers = new HashSet<>();
    if (point.getCRLIssuer() != null) {
      for (GeneralName name : point.getCRLIssuer().getNames()) {
        if (name.getTagNo() == GeneralName.directoryName) {
          issuers.add(DistinguishedName.of(X500Name.getInstance(name.getName())));
        }
      }
      if (issuers.isEmpty()) {
        throw new MalformedException("4.2.1.13", "a CRL issuer without a directory name");
      }
    }
    if (point.getDistributionPoint() == null && issuers.isEmpty()) {
      throw new MalformedException("4.2.1.13", "a distribution point that says nothing");
    }
    DistinguishedName above =
        issuers.size() == 1 ? issuers.iterator().next() : certificate.issuer();
    Set<Object> names =
        point.getDistributionPoint() == null
            ? Set.of()
            : names(point.getDistributionPoint(), above);
    int reasons =
        point.getReasons() == null ? ALL_REASONS : point.getReasons().intValue() & ALL_REASONS;
    return new CrlScope(names, issuers, reasons);
  }

  /** Why the CRL says nothing about the certificate by way of this point; empty = it does. */
  Optional<Failure> excludes(Crl crl, PathCertificate certificate) throws MalformedException {
    boolean indirect = crl.scope.isPresent() && crl.scope.get().isIndirectCRL();
    if (crlIssuers.isEmpty()
        ? !crl.issuer.equals(certificate.issuer())
        : !crlIssuers.contains(crl.issuer) || !indirect) {
      return unfit("6.3.3(b)(1)", "a CRL of another issuer");
    }
    if (crl.scope.isEmpty()) {
      return Optional.empty();
    }
    IssuingDistributionPoint scope = crl.scope.get();
    if (scope.getDistributionPoint() != null) {
      Set<Object> covered = names(scope.getDistributionPoint(), crl.issuer);
      Set<?> wanted = names.isEmpty() ? crlIssuers : names;
      if (covered.contains(UNUSABLE)
          || wanted.contains(UNUSABLE)
          || wanted.stream().noneMatch(covered::contains)) {
        return unfit("6.3.3(b)(2)(i)", "a CRL for another distribution point");
      }
    }
    if (scope.onlyContainsUserCerts() && certificate.extensions().ca) {
      return unfit("6.3.3(b)(2)(ii)", "a CRL for end entities only");
    }
    if (scope.onlyContainsCACerts() && !certificate.extensions().ca) {
      return unfit("6.3.3(b)(2)(iii)", "a CRL for CAs only");
    }
    if (scope.onlyContainsAttributeCerts()) {
      return unfit("6.3.3(b)(2)(iv)", "a CRL for attribute certificates only");
    }
    return Optional.empty();
  }

  /** 6.3.3(d): the reasons this point and the CRL both cover. */
  int reasonsOf(Crl crl) {
    ReasonFlags some = crl.scope.map(IssuingDistributionPoint::getOnlySomeReasons).orElse(null);
    return some == null ? reasons : reasons & some.intValue();
  }

  private static Set<Object> names(DistributionPointName name, DistinguishedName above)
      throws MalformedException {
    if (name.getType() == DistributionPointName.NAME_RELATIVE_TO_CRL_ISSUER) {
      return Set.of(above.plus(RDN.getInstance(name.getName())));
    }
    Set<Object> names = new HashSet<>();
    for (GeneralName one : GeneralNames.getInstance(name.getName()).getNames()) {
      switch (one.getTagNo()) {
        case GeneralName.directoryName ->
            names.add(DistinguishedName.of(X500Name.getInstance(one.getName())));
        case GeneralName.uniformResourceIdentifier ->
            names.add(ASN1IA5String.getInstance(one.getName()).getString());
        default -> names.add(UNUSABLE);
      }
    }
    return names;
  }

  private static Optional<Failure> unfit(String section, String reason) {
    return Optional.of(new Failure(Clause.REVOCATION_UNKNOWN, section, reason));
  }
}
