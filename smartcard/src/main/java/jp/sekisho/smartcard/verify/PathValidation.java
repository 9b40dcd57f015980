package jp.sekisho.smartcard.verify;

import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * The path validation of RFC 5280 section 6.1 for one path, step by step as it is written there:
 * the names of the variables are its names. The anchor's own certificate is judged too (validity,
 * cA, key usage, name constraints, path length), which the RFC leaves open. Revocation,
 * 6.1.3(a)(3), comes after, elsewhere. One instance per path; not thread-safe.
 */
final class PathValidation {
  private final PathPool pool;
  private final PathDemands demands;
  private final Instant now;
  private final NameSpace nameSpace = new NameSpace();
  private final PolicyTree validPolicyTree = new PolicyTree();
  private final List<PublicKey> keys = new ArrayList<>();
  private int explicitPolicy;
  private int policyMapping;
  private int inhibitAnyPolicy;
  private int maxPathLength;
  private int reached;

  /**
   * How a path fared.
   *
   * @param failure empty = the path is valid but for revocation
   * @param left how many certificates below the anchor were not accepted; 0 = all
   * @param issuerKeys the key each certificate was verified with, the card's first
   */
  record Result(Optional<Failure> failure, int left, List<PublicKey> issuerKeys) {}

  private PathValidation(PathPool pool, PathDemands demands, Instant now) {
    this.pool = pool;
    this.demands = demands;
    this.now = now;
  }

  /**
   * Validates.
   *
   * @param path the card's certificate first, the anchor last; at least two
   * @param pool remembers which signatures were found good while the path was built
   */
  static Result validate(
      List<PathCertificate> path, PathPool pool, PathDemands demands, Instant now) {
    PathValidation validation = new PathValidation(pool, demands, now);
    Optional<Failure> failure = validation.run(path);
    List<PublicKey> issuerKeys = new ArrayList<>();
    for (int i = validation.keys.size() - 1; i >= 0; i--) {
      issuerKeys.add(validation.keys.get(i));
    }
    return new Result(failure, path.size() - 1 - validation.reached, issuerKeys);
  }

  private Optional<Failure> run(List<PathCertificate> path) {
    int n = path.size() - 1;
    PathCertificate anchor = path.get(n);
    Optional<Failure> failure = CertificateRules.anchor(anchor, now);
    if (failure.isPresent()) {
      return failure;
    }
    Optional<PublicKey> key = anchor.key(null);
    if (key.isEmpty()) {
      return refused(Clause.KEY_TYPE, "6.1.1(d)", "the anchor's key is unusable", anchor);
    }
    // 6.1.2
    explicitPolicy = demands.requireExplicitPolicy() ? 0 : n + 1;
    policyMapping = demands.inhibitPolicyMapping() ? 0 : n + 1;
    inhibitAnyPolicy = demands.inhibitAnyPolicy() ? 0 : n + 1;
    maxPathLength = Math.min(n, anchor.extensions().pathLength.orElse(n));
    Optional<Failure> limited = constrainNames(anchor).or(() -> purpose(anchor));
    if (limited.isPresent()) {
      return limited;
    }
    PublicKey workingKey = key.get();
    for (int i = 1; i <= n; i++) {
      PathCertificate certificate = path.get(n - i);
      keys.add(workingKey);
      failure = basic(certificate, path.get(n - i + 1), workingKey, i == n);
      if (failure.isEmpty()) {
        failure = i < n ? prepareForNext(certificate) : wrapUp(certificate);
      }
      if (failure.isPresent()) {
        return failure;
      }
      reached = i;
      if (i < n) {
        Optional<PublicKey> next = certificate.key(workingKey);
        if (next.isEmpty()) {
          return refused(Clause.KEY_TYPE, "6.1.4(d)", "a key that is none", certificate);
        }
        workingKey = next.get();
      }
    }
    return Optional.empty();
  }

  /** 6.1.3. */
  private Optional<Failure> basic(
      PathCertificate certificate, PathCertificate issuer, PublicKey workingKey, boolean last) {
    if (!pool.isSigned(issuer, certificate, workingKey)) {
      return refused(Clause.UNKNOWN_ISSUER, "6.1.3(a)(1)", "wrong signature", certificate);
    }
    if (!certificate.isValidAt(now)) {
      return now.isBefore(certificate.notBefore())
          ? refused(Clause.NOT_YET_VALID, "6.1.3(a)(2)", "not yet valid", certificate)
          : refused(Clause.EXPIRED, "6.1.3(a)(2)", "expired", certificate);
    }
    if (!certificate.issuer().equals(issuer.subject())) {
      return refused(Clause.UNKNOWN_ISSUER, "6.1.3(a)(4)", "names do not chain", certificate);
    }
    Optional<Failure> failure =
        CertificateRules.any(certificate)
            .or(() -> CertificateRules.issued(certificate))
            .or(() -> CertificateRules.signature(certificate));
    if (failure.isPresent()) {
      return failure;
    }
    if (last || !certificate.isSelfIssued()) {
      failure = nameSpace.check(certificate);
      if (failure.isPresent()) {
        return failure;
      }
    }
    Optional<Set<String>> policies = certificate.extensions().policies;
    if (policies.isPresent() && !validPolicyTree.isNull()) {
      validPolicyTree.descend(
          policies.get(), inhibitAnyPolicy > 0 || (!last && certificate.isSelfIssued()));
    } else {
      validPolicyTree.setNull();
    }
    return explicitPolicy > 0 || !validPolicyTree.isNull()
        ? Optional.empty()
        : refused(Clause.POLICY, "6.1.3(f)", "no policy is valid any more", certificate);
  }

  /** 6.1.4. */
  private Optional<Failure> prepareForNext(PathCertificate certificate) {
    CertificateExtensions extensions = certificate.extensions();
    if (extensions.mappings.containsKey(PolicyTree.ANY)
        || extensions.mappings.values().stream().anyMatch(set -> set.contains(PolicyTree.ANY))) {
      return refused(Clause.POLICY, "6.1.4(a)", "anyPolicy is mapped", certificate);
    }
    validPolicyTree.map(extensions.mappings, policyMapping > 0);
    Optional<Failure> constrained = constrainNames(certificate);
    if (constrained.isPresent()) {
      return constrained;
    }
    boolean selfIssued = certificate.isSelfIssued();
    if (!selfIssued) {
      explicitPolicy = Math.max(0, explicitPolicy - 1);
      policyMapping = Math.max(0, policyMapping - 1);
      inhibitAnyPolicy = Math.max(0, inhibitAnyPolicy - 1);
    }
    explicitPolicy =
        Math.min(explicitPolicy, extensions.requireExplicitPolicy.orElse(explicitPolicy));
    policyMapping = Math.min(policyMapping, extensions.inhibitPolicyMapping.orElse(policyMapping));
    inhibitAnyPolicy =
        Math.min(inhibitAnyPolicy, extensions.inhibitAnyPolicy.orElse(inhibitAnyPolicy));
    if (certificate.version() != 3 || !extensions.ca) {
      return refused(Clause.PATH, "6.1.4(k)", "not a CA", certificate);
    }
    if (!selfIssued) {
      if (maxPathLength <= 0) {
        return refused(Clause.PATH, "6.1.4(l)", "the path is longer than allowed", certificate);
      }
      maxPathLength--;
    }
    maxPathLength = Math.min(maxPathLength, extensions.pathLength.orElse(maxPathLength));
    if (!extensions.allows(KeyUsage.keyCertSign)) {
      return refused(Clause.KEY_USAGE, "6.1.4(n)", "no keyCertSign", certificate);
    }
    return purpose(certificate);
  }

  /** 6.1.5, and the demands on the last certificate. */
  private Optional<Failure> wrapUp(PathCertificate certificate) {
    CertificateExtensions extensions = certificate.extensions();
    explicitPolicy = Math.max(0, explicitPolicy - 1);
    if (extensions.requireExplicitPolicy.orElse(-1) == 0) {
      explicitPolicy = 0;
    }
    validPolicyTree.intersect(demands.initialPolicies());
    if (explicitPolicy == 0 && validPolicyTree.isNull()) {
      return refused(Clause.POLICY, "6.1.5(g)", "none of the demanded policies holds", certificate);
    }
    if (!extensions.allows(demands.keyUsage())) {
      return refused(Clause.KEY_USAGE, "4.2.1.3", "not marked for the demanded use", certificate);
    }
    return purpose(certificate);
  }

  /**
   * The RFC asks it of the last certificate only. A CA that says what it issues for is held to it
   * too, as those hold it who write such CAs.
   */
  private Optional<Failure> purpose(PathCertificate certificate) {
    Optional<String> purpose = demands.extendedKeyUsage();
    Optional<Set<String>> allowed = certificate.extensions().extendedKeyUsage;
    return purpose.isEmpty()
            || allowed.isEmpty()
            || allowed.get().contains(purpose.get())
            || allowed.get().contains(KeyPurposeId.anyExtendedKeyUsage.getId())
        ? Optional.empty()
        : refused(Clause.KEY_USAGE, "4.2.1.12", "not for the demanded purpose", certificate);
  }

  private Optional<Failure> constrainNames(PathCertificate certificate) {
    try {
      if (certificate.extensions().has(Extension.nameConstraints)) {
        nameSpace.constrain(certificate.extensions().nameConstraints.orElseThrow());
      }
      return Optional.empty();
    } catch (MalformedException e) {
      return Optional.of(e.failure());
    }
  }

  private static Optional<Failure> refused(
      Clause clause, String section, String reason, PathCertificate certificate) {
    return Optional.of(new Failure(clause, section, reason + ": " + certificate));
  }
}
