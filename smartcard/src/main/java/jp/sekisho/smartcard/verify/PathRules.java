package jp.sekisho.smartcard.verify;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXReason;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * RFC 5280 section 6 as the JDK implements it, over every chain of keys that leads to a root, and
 * revocation. Of several failing chains the last one's reason is given. Thread-safe.
 *
 * @param roots pinned; what else they say than key, name and validity is not asked
 * @param intermediates may stand between; none is trusted
 * @param requiredPolicy the user-initial-policy-set if present, with an explicit policy required
 */
public record PathRules(
    List<X509Certificate> roots,
    List<X509Certificate> intermediates,
    Optional<String> requiredPolicy,
    RevocationSource revocation) {
  public PathRules {
    roots = List.copyOf(roots);
    intermediates = List.copyOf(intermediates);
  }

  /** Judges a certificate as of an instant. */
  public Verdict judge(X509Certificate leaf, Instant now) {
    Verdict verdict = new Verdict.Distrusted(Clause.UNKNOWN_ISSUER, "no path to a pinned root");
    for (List<X509Certificate> chain : new IssuerSearch(roots, intermediates).chainsFrom(leaf)) {
      verdict = judge(chain, now);
      if (verdict instanceof Verdict.Trusted) {
        break;
      }
    }
    return verdict;
  }

  private Verdict judge(List<X509Certificate> chain, Instant now) {
    X509Certificate root = chain.get(chain.size() - 1);
    // The JDK does not look at a trust anchor's dates.
    if (now.isBefore(root.getNotBefore().toInstant())
        || now.isAfter(root.getNotAfter().toInstant())) {
      return new Verdict.Distrusted(Clause.EXPIRED, "the root is outside its validity");
    }
    try {
      PKIXParameters parameters = parameters(chain, now);
      if (requiredPolicy.isPresent()) {
        parameters.setExplicitPolicyRequired(true);
        parameters.setInitialPolicies(Set.of(requiredPolicy.get()));
      }
      CertPathValidator.getInstance("PKIX", "SUN").validate(path(chain), parameters);
    } catch (CertPathValidatorException e) {
      return new Verdict.Distrusted(clause(e.getReason()), String.valueOf(e.getMessage()));
    } catch (GeneralSecurityException e) {
      return new Verdict.Distrusted(Clause.PATH, e.toString());
    }
    RevocationSource.Status status = revocation.check(chain, now);
    if (status instanceof RevocationSource.Status.Revoked revoked) {
      return new Verdict.Distrusted(Clause.REVOKED, revoked.detail());
    }
    if (status instanceof RevocationSource.Status.Unknown unknown) {
      return new Verdict.Distrusted(Clause.REVOCATION_UNKNOWN, unknown.detail());
    }
    return new Verdict.Trusted(chain, SubjectNumber.of(chain.get(0)));
  }

  /** Trust in exactly the chain's root, at that time, revocation left to the caller. */
  static PKIXParameters parameters(List<X509Certificate> chain, Instant now)
      throws GeneralSecurityException {
    X509Certificate root = chain.get(chain.size() - 1);
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    return parameters;
  }

  /** The chain without its root. */
  static CertPath path(List<X509Certificate> chain) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509", "SUN")
        .generateCertPath(chain.subList(0, chain.size() - 1));
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
}
