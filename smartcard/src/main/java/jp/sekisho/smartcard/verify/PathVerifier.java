package jp.sekisho.smartcard.verify;

import java.io.ByteArrayInputStream;
import java.security.NoSuchProviderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges certificates against the {@link TrustProfile} of their kind: the {@link PathRules} first,
 * then what we demand beyond them, key usage and key strength. Thread-safe.
 */
public final class PathVerifier {
  private static final int LARGEST_CERTIFICATE = 64 * 1024;
  private static final int MOST_INTERMEDIATES = 16;
  private static final int DIGITAL_SIGNATURE = 0;

  private final InstantSource clock;
  private final Map<CardKind, TrustProfile> profiles = new EnumMap<>(CardKind.class);

  public PathVerifier(InstantSource clock, List<TrustProfile> profiles) {
    this.clock = clock;
    profiles.forEach(profile -> this.profiles.put(profile.kind(), profile));
  }

  /**
   * Judges a card's certificate now.
   *
   * @param certificate DER
   * @param intermediates certificates that may stand between it and a root; none is trusted
   */
  public Verdict verify(CardKind kind, byte[] certificate, List<X509Certificate> intermediates) {
    TrustProfile profile = profiles.get(kind);
    if (profile == null) {
      return new Verdict.Distrusted(Clause.UNKNOWN_ISSUER, "no profile for " + kind);
    }
    if (intermediates.size() > MOST_INTERMEDIATES) {
      return new Verdict.Distrusted(Clause.MALFORMED, "too many intermediates");
    }
    X509Certificate leaf;
    try {
      leaf = parse(certificate);
    } catch (CertificateException e) {
      return new Verdict.Distrusted(Clause.MALFORMED, String.valueOf(e.getMessage()));
    }
    PathRules rules =
        new PathRules(
            profile.roots(), intermediates, profile.requiredPolicy(), profile.revocation());
    return inProfile(rules.judge(leaf, clock.instant()));
  }

  /**
   * Reads one certificate with the JDK's own parser.
   *
   * @throws CertificateException also for more than 64 KiB and for anything after the certificate
   */
  public static X509Certificate parse(byte[] der) throws CertificateException {
    if (der.length > LARGEST_CERTIFICATE) {
      throw new CertificateException("larger than 64 KiB");
    }
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509", "SUN")
                  .generateCertificate(new ByteArrayInputStream(der));
      if (certificate.getEncoded().length != der.length) {
        throw new CertificateException("not exactly one DER certificate");
      }
      return certificate;
    } catch (NoSuchProviderException e) {
      throw new IllegalStateException("every JDK has SUN", e);
    }
  }

  /** The serialNumber attribute (2.5.4.5) of the subject, if there is exactly one. */
  public static Optional<String> subjectNumber(X509Certificate certificate) {
    return SubjectNumber.of(certificate);
  }

  private static Verdict inProfile(Verdict verdict) {
    if (!(verdict instanceof Verdict.Trusted trusted)) {
      return verdict;
    }
    boolean[] usage = trusted.certificate().getKeyUsage();
    if (usage == null || !usage[DIGITAL_SIGNATURE]) {
      return new Verdict.Distrusted(Clause.KEY_USAGE, "no digitalSignature");
    }
    for (X509Certificate certificate : trusted.chain()) {
      if (SignatureVerifier.algorithm(certificate.getPublicKey()).isEmpty()) {
        return new Verdict.Distrusted(
            Clause.KEY_TYPE, "key of " + certificate.getSubjectX500Principal());
      }
    }
    return trusted;
  }
}
