package jp.sekisho.smartcard.verify;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges certificates against the {@link TrustProfile} of their kind. Path rules are those of RFC
 * 5280 as the JDK implements them; choice of the issuer, key usage, key strength and revocation are
 * ours. Thread-safe.
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
    Verdict verdict = new Verdict.Distrusted(Clause.UNKNOWN_ISSUER, "no path to a pinned root");
    for (List<X509Certificate> chain :
        new IssuerSearch(profile.roots(), intermediates).chainsFrom(leaf)) {
      verdict = judge(chain, profile, clock.instant());
      if (verdict instanceof Verdict.Trusted) {
        break;
      }
    }
    return verdict;
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
    } catch (java.security.NoSuchProviderException e) {
      throw new IllegalStateException("every JDK has SUN", e);
    }
  }

  private static Verdict judge(List<X509Certificate> chain, TrustProfile profile, Instant now) {
    X509Certificate leaf = chain.get(0);
    try {
      PKIXParameters parameters = parameters(chain, now);
      if (profile.requiredPolicy().isPresent()) {
        parameters.setExplicitPolicyRequired(true);
        parameters.setInitialPolicies(Set.of(profile.requiredPolicy().get()));
      }
      CertPathValidator.getInstance("PKIX", "SUN").validate(path(chain), parameters);
      if (!validNow(chain.get(chain.size() - 1), now)) {
        return new Verdict.Distrusted(Clause.EXPIRED, "the root is outside its validity");
      }
    } catch (CertPathValidatorException e) {
      return new Verdict.Distrusted(clause(e.getReason()), String.valueOf(e.getMessage()));
    } catch (GeneralSecurityException e) {
      return new Verdict.Distrusted(Clause.PATH, e.toString());
    }
    boolean[] usage = leaf.getKeyUsage();
    if (usage == null || !usage[DIGITAL_SIGNATURE]) {
      return new Verdict.Distrusted(Clause.KEY_USAGE, "no digitalSignature");
    }
    for (X509Certificate certificate : chain) {
      if (SignatureVerifier.algorithm(certificate.getPublicKey()).isEmpty()) {
        return new Verdict.Distrusted(
            Clause.KEY_TYPE, "key of " + certificate.getSubjectX500Principal());
      }
    }
    RevocationSource.Status status = profile.revocation().check(chain, now);
    if (status instanceof RevocationSource.Status.Revoked revoked) {
      return new Verdict.Distrusted(Clause.REVOKED, revoked.detail());
    }
    if (status instanceof RevocationSource.Status.Unknown unknown) {
      return new Verdict.Distrusted(Clause.REVOCATION_UNKNOWN, unknown.detail());
    }
    return new Verdict.Trusted(chain, subjectNumber(leaf));
  }

  private static boolean validNow(X509Certificate certificate, Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && !now.isAfter(certificate.getNotAfter().toInstant());
  }

  /** Trust in exactly the chain's root, at that time, revocation left to the caller. */
  static PKIXParameters parameters(List<X509Certificate> chain, Instant now)
      throws GeneralSecurityException {
    X509Certificate root = chain.get(chain.size() - 1);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    parameters.setSigProvider(null);
    return parameters;
  }

  /** The chain without its root. */
  static CertPath path(List<X509Certificate> chain) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509", "SUN")
        .generateCertPath(new ArrayList<>(chain.subList(0, chain.size() - 1)));
  }

  private static Clause clause(Reason reason) {
    if (reason instanceof BasicReason basic) {
      return switch (basic) {
        case EXPIRED -> Clause.EXPIRED;
        case NOT_YET_VALID -> Clause.NOT_YET_VALID;
        case REVOKED -> Clause.REVOKED;
        case UNDETERMINED_REVOCATION_STATUS -> Clause.REVOCATION_UNKNOWN;
        case ALGORITHM_CONSTRAINED -> Clause.KEY_TYPE;
        case INVALID_SIGNATURE, UNSPECIFIED -> Clause.PATH;
      };
    }
    if (reason instanceof PKIXReason pkix) {
      return switch (pkix) {
        case INVALID_POLICY -> Clause.POLICY;
        case INVALID_KEY_USAGE -> Clause.KEY_USAGE;
        case NAME_CHAINING, NO_TRUST_ANCHOR -> Clause.UNKNOWN_ISSUER;
        case INVALID_NAME, NOT_CA_CERT, PATH_TOO_LONG, UNRECOGNIZED_CRIT_EXT -> Clause.PATH;
      };
    }
    return Clause.PATH;
  }

  /** The serialNumber attribute (2.5.4.5) of the subject. */
  public static Optional<String> subjectNumber(X509Certificate certificate) {
    return SubjectNumber.of(certificate);
  }
}
