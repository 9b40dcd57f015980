package jp.sekisho.smartcard.verify;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.jspecify.annotations.Nullable;

/**
 * A certificate as path validation sees it: the fields of RFC 5280 section 4, read from the bytes
 * once and never re-encoded, so that what is judged is what was signed. Equal by its bytes.
 * Thread-safe.
 */
final class PathCertificate {
  static final int LARGEST = 64 * 1024;

  private final byte[] der;
  private final byte[] signed;
  private final byte[] signature;
  private final AlgorithmIdentifier signatureAlgorithm;
  private final boolean algorithmsAgree;
  private final TBSCertificate content;
  private final DistinguishedName issuer;
  private final DistinguishedName subject;
  private final Instant notBefore;
  private final Instant notAfter;
  private final CertificateExtensions extensions;
  private final int hash;
  private volatile @Nullable PublicKey key;
  private volatile @Nullable PublicKey signer;
  private volatile @Nullable X509Certificate standard;

  private PathCertificate(byte[] der) throws MalformedException, IOException {
    this.der = der.clone();
    signed = Der.firstElement(der);
    Certificate certificate = Certificate.getInstance(ASN1Primitive.fromByteArray(der));
    signature = certificate.getSignature().getOctets();
    signatureAlgorithm = certificate.getSignatureAlgorithm();
    content = certificate.getTBSCertificate();
    algorithmsAgree = signatureAlgorithm.equals(content.getSignature());
    issuer = DistinguishedName.of(content.getIssuer());
    subject = DistinguishedName.of(content.getSubject());
    notBefore = Times.of(content.getStartDate());
    notAfter = Times.of(content.getEndDate());
    extensions = new CertificateExtensions(content.getExtensions());
    hash = Arrays.hashCode(this.signature);
  }

  /**
   * Reads one certificate.
   *
   * @throws MalformedException for more than 64 KiB, for anything before or after the certificate,
   *     and for an extension we know that does not parse
   */
  static PathCertificate parse(byte[] der) throws MalformedException {
    if (der.length > LARGEST) {
      throw new MalformedException("4.1", "larger than 64 KiB");
    }
    try {
      return new PathCertificate(der);
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle refuses malformed structures by unchecked exceptions of many kinds.
      throw new MalformedException("4.1", "not one DER certificate: " + e.getMessage());
    }
  }

  byte[] der() {
    return der.clone();
  }

  /** The same certificate as the JDK reads it, once. */
  X509Certificate standard() throws CertificateException {
    X509Certificate known = standard;
    if (known == null) {
      known = X509.of(der);
      standard = known;
    }
    return known;
  }

  DistinguishedName issuer() {
    return issuer;
  }

  DistinguishedName subject() {
    return subject;
  }

  X500Name subjectName() {
    return content.getSubject();
  }

  /** Issuer and subject are one name: a CA speaking of itself, e.g. at a change of keys. */
  boolean isSelfIssued() {
    return issuer.equals(subject);
  }

  BigInteger serial() {
    return content.getSerialNumber().getValue();
  }

  int version() {
    return content.getVersionNumber();
  }

  Instant notBefore() {
    return notBefore;
  }

  Instant notAfter() {
    return notAfter;
  }

  CertificateExtensions extensions() {
    return extensions;
  }

  /** Whether the algorithm outside and inside the signed part is the same. */
  boolean algorithmsAgree() {
    return algorithmsAgree;
  }

  boolean isWeaklySigned() {
    return !SignedBytes.isStrong(signatureAlgorithm);
  }

  boolean isSignedWithSha1() {
    return SignedBytes.isSha1(signatureAlgorithm);
  }

  SubjectPublicKeyInfo keyInfo() {
    return content.getSubjectPublicKeyInfo();
  }

  /** Whether the time, whole seconds of it, lies in the validity period, ends included. */
  boolean isValidAt(Instant time) {
    Instant second = time.truncatedTo(ChronoUnit.SECONDS);
    return !second.isBefore(notBefore) && !second.isAfter(notAfter);
  }

  /** An elliptic-curve key whose curve is spelled out instead of named (RFC 5480 2.1.1). */
  boolean hasUnnamedCurve() {
    return Keys.hasUnnamedCurve(keyInfo());
  }

  /**
   * The certified key.
   *
   * @param issuerKey where a DSA key without parameters takes them from (RFC 3279 2.3.2)
   */
  Optional<PublicKey> key(@Nullable PublicKey issuerKey) {
    PublicKey known = key;
    if (known != null) {
      return Optional.of(known);
    }
    try {
      if (Keys.lacksParameters(keyInfo())) {
        return Keys.inherited(keyInfo(), issuerKey);
      }
      PublicKey read = Keys.of(keyInfo());
      key = read;
      return Optional.of(read);
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** A CA's certificate comes again with every card; that its signature is good stays so. */
  boolean isSignedBy(PublicKey issuerKey) {
    if (issuerKey.equals(signer)) {
      return true;
    }
    boolean good = SignedBytes.verifies(signed, signatureAlgorithm, signature, issuerKey);
    if (good) {
      signer = issuerKey;
    }
    return good;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PathCertificate that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return "\"" + content.getSubject() + "\"";
  }
}
