package jp.sekisho.smartcard.verify;

import java.security.PublicKey;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * What RFC 5280 section 4 demands of a certificate by itself, as far as a certificate that breaks
 * it cannot be trusted to mean what it says. Negative serial numbers pass: 4.1.2.2 asks users to
 * bear with them. Each check is empty when it is satisfied.
 */
final class CertificateRules {
  private static final int LONGEST_SERIAL = 20;

  /** NIST SP 800-131A: no signature is generated with it from here on. */
  private static final Instant END_OF_SHA1 = Instant.parse("2014-01-01T00:00:00Z");

  /** Key usages a signature-only key cannot have (RFC 9881 5). */
  private static final Set<Integer> ENCRYPTING =
      Set.of(
          KeyUsage.keyEncipherment,
          KeyUsage.dataEncipherment,
          KeyUsage.keyAgreement,
          KeyUsage.encipherOnly,
          KeyUsage.decipherOnly);

  private static final Set<String> ML_DSA =
      Set.of("2.16.840.1.101.3.4.3.17", "2.16.840.1.101.3.4.3.18", "2.16.840.1.101.3.4.3.19");

  private CertificateRules() {}

  /** Any certificate of a path, its anchor included. */
  static Optional<Failure> any(PathCertificate certificate) {
    CertificateExtensions extensions = certificate.extensions();
    if (!certificate.algorithmsAgree()) {
      return broken("4.1.1.2", "signature algorithm differs inside and outside", certificate);
    }
    if (certificate.serial().signum() == 0) {
      return broken("4.1.2.2", "serial number 0", certificate);
    }
    if (certificate.serial().toByteArray().length > LONGEST_SERIAL) {
      return broken("4.1.2.2", "serial number longer than 20 octets", certificate);
    }
    if (certificate.issuer().isEmpty()) {
      return broken("4.1.2.4", "empty issuer", certificate);
    }
    if (certificate.hasUnnamedCurve()) {
      return Optional.of(
          new Failure(
              Clause.KEY_TYPE, "RFC 5480 2.1.1", "curve not given by name: " + certificate));
    }
    if (certificate.subject().isEmpty()
        && (extensions.ca || !extensions.isCritical(Extension.subjectAlternativeName))) {
      return broken(
          extensions.ca ? "4.1.2.6" : "4.2.1.6",
          "empty subject without critical alternative names, or of a CA",
          certificate);
    }
    if (extensions.isCritical(Extension.authorityKeyIdentifier)) {
      return broken("4.2.1.1", "critical authority key identifier", certificate);
    }
    if (extensions.isCritical(Extension.subjectKeyIdentifier)) {
      return broken("4.2.1.2", "critical subject key identifier", certificate);
    }
    if (extensions.ca && extensions.subjectKeyIdentifier.isEmpty()) {
      return broken("4.2.1.2", "CA without subject key identifier", certificate);
    }
    if (!extensions.ca
        && extensions.keyUsage.isPresent()
        && extensions.allows(KeyUsage.keyCertSign)) {
      return broken("4.2.1.9", "keyCertSign without cA", certificate);
    }
    if (!extensions.ca && extensions.nameConstraints.isPresent()) {
      return broken("4.2.1.10", "name constraints without cA", certificate);
    }
    if (extensions.nameConstraints.isPresent()
        && !extensions.isCritical(Extension.nameConstraints)) {
      return broken("4.2.1.10", "name constraints not critical", certificate);
    }
    if (extensions.has(Extension.policyConstraints)
        && !extensions.isCritical(Extension.policyConstraints)) {
      return broken("4.2.1.11", "policy constraints not critical", certificate);
    }
    if (ML_DSA.contains(certificate.keyInfo().getAlgorithm().getAlgorithm().getId())
        && extensions.keyUsage.isPresent()
        && ENCRYPTING.stream().anyMatch(extensions.keyUsage.get()::hasUsages)) {
      return broken("RFC 9881 5", "a signature key marked for encryption", certificate);
    }
    for (GeneralName name : extensions.alternativeNames) {
      if (!isWellFormed(name)) {
        return broken("4.2.1.6", "an alternative name that is none", certificate);
      }
    }
    return extensions
        .unprocessedCritical()
        .flatMap(type -> broken("4.2", "unknown critical extension " + type, certificate));
  }

  /** A certificate below the anchor. */
  static Optional<Failure> issued(PathCertificate certificate) {
    return certificate.extensions().authorityKeyIdentifier.isPresent() || isSelfSigned(certificate)
        ? Optional.empty()
        : broken("4.2.1.1", "no authority key identifier", certificate);
  }

  /**
   * The hash that was signed below the anchor. SHA-1 stopped to be one in 2013; certificates of
   * before, and DSA, which knew no other, are left to who demands more.
   */
  static Optional<Failure> signature(PathCertificate certificate) {
    return certificate.isSignedWithSha1() && !certificate.notBefore().isBefore(END_OF_SHA1)
        ? Optional.of(
            new Failure(Clause.KEY_TYPE, "4.1.1.2", "signed with SHA-1 after 2013: " + certificate))
        : Optional.empty();
  }

  /** A trust anchor: pinned, but not excused from being a CA in force. */
  static Optional<Failure> anchor(PathCertificate anchor, Instant now) {
    CertificateExtensions extensions = anchor.extensions();
    Optional<Failure> failure = any(anchor);
    if (failure.isPresent()) {
      return failure;
    }
    if (!anchor.isValidAt(now)) {
      return Optional.of(
          new Failure(
              now.isBefore(anchor.notBefore()) ? Clause.NOT_YET_VALID : Clause.EXPIRED,
              "6.1.3(a)(2)",
              "the anchor is outside its validity: " + anchor));
    }
    if (!extensions.ca || !extensions.isCritical(Extension.basicConstraints)) {
      return broken("4.2.1.9", "an anchor without critical basic constraints, cA", anchor);
    }
    if (!extensions.allows(KeyUsage.keyCertSign)) {
      return Optional.of(
          new Failure(Clause.KEY_USAGE, "4.2.1.3", "an anchor without keyCertSign: " + anchor));
    }
    return anchor.isSelfIssued() ? Optional.empty() : issued(anchor);
  }

  private static boolean isSelfSigned(PathCertificate certificate) {
    Optional<PublicKey> key = certificate.key(null);
    return certificate.isSelfIssued() && key.isPresent() && certificate.isSignedBy(key.get());
  }

  private static boolean isWellFormed(GeneralName name) {
    if (name.getTagNo() == GeneralName.iPAddress) {
      int length =
          org.bouncycastle.asn1.ASN1OctetString.getInstance(name.getName()).getOctets().length;
      return length == 4 || length == 16;
    }
    return true;
  }

  private static Optional<Failure> broken(
      String section, String reason, PathCertificate certificate) {
    return Optional.of(new Failure(Clause.PATH, section, reason + ": " + certificate));
  }
}
