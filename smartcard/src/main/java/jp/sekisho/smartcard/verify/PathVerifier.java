package jp.sekisho.smartcard.verify;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import jp.sekisho.smartcard.verify.VerifiedPaths.PathKey;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * Judges certificates of one kind of card against its {@link TrustProfile}: the {@link PathRules}
 * first, then what we demand beyond them, key usage, key strength and purpose. A path found valid
 * is remembered by the certificate's hash until the profile, its revocation data or the validity of
 * a certificate in it changes; revocation is asked every time. Thread-safe.
 */
public final class PathVerifier {
  private static final int MOST_INTERMEDIATES = 16;
  private static final int MOST_ISSUERS = 256;

  private final InstantSource clock;
  private final Supplier<Optional<TrustProfile>> profile;
  private final Optional<VerifiedPaths> verified;
  private final Map<X509Certificate, PathCertificate> issuers = Recent.map(MOST_ISSUERS);

  public PathVerifier(InstantSource clock, TrustProfile profile) {
    this(clock, profile, true);
  }

  PathVerifier(InstantSource clock, TrustProfile profile, boolean remember) {
    this(clock, () -> Optional.of(profile), remember);
  }

  private PathVerifier(
      InstantSource clock, Supplier<Optional<TrustProfile>> profile, boolean remember) {
    this.clock = clock;
    this.profile = profile;
    this.verified = remember ? Optional.of(new VerifiedPaths()) : Optional.empty();
  }

  /**
   * A verifier whose profile may change while it runs, e.g. with {@link AnchorFiles}.
   *
   * @param profile asked at every judgement; empty = nobody is trusted
   */
  public static PathVerifier reloading(
      InstantSource clock, Supplier<Optional<TrustProfile>> profile) {
    return new PathVerifier(clock, profile, true);
  }

  /**
   * Judges a card's certificate now.
   *
   * @param certificate DER
   * @param intermediates certificates that may stand between it and a root; none is trusted
   */
  public Verdict verify(byte[] certificate, List<X509Certificate> intermediates) {
    Optional<TrustProfile> current = profile.get();
    if (current.isEmpty()) {
      return new Verdict.Distrusted(Clause.UNKNOWN_ISSUER, "no CA is pinned");
    }
    if (intermediates.size() > MOST_INTERMEDIATES) {
      return new Verdict.Distrusted(Clause.MALFORMED, "too many intermediates");
    }
    if (certificate.length > PathCertificate.LARGEST) {
      return new Verdict.Distrusted(Clause.MALFORMED, "larger than 64 KiB");
    }
    Instant now = clock.instant();
    TrustProfile demanded = current.get();
    PathKey key = new PathKey(demanded, sha256(certificate));
    Optional<VerifiedPaths.Proven> known = verified.flatMap(paths -> paths.find(key, now));
    if (known.isPresent()) {
      Optional<Failure> revoked =
          PathRevocation.ask(demanded.revocation(), known.get().path(), now);
      if (revoked.isPresent()) {
        return distrusted(revoked.get());
      }
      // Asking may have loaded new lists; what was found valid under the old ones is then no more.
      if (known.get().generation() == demanded.revocation().generation()) {
        return known.get().verdict();
      }
    }
    try {
      return verify(demanded, certificate, intermediates, now, key);
    } catch (MalformedException e) {
      return distrusted(e.failure());
    }
  }

  private Verdict verify(
      TrustProfile profile,
      byte[] certificate,
      List<X509Certificate> intermediates,
      Instant now,
      PathKey key)
      throws MalformedException {
    PathCertificate leaf = PathCertificate.parse(certificate);
    PathRules rules =
        new PathRules(
            issuers(profile.roots()),
            readable(intermediates),
            profile.requiredPolicy().map(PathDemands::policy).orElse(PathDemands.NONE),
            profile.revocation());
    PathRules.Search search = rules.search(leaf, now);
    if (search.path().isEmpty()) {
      return distrusted(search.failure().orElseThrow());
    }
    ValidPath path = search.path().get();
    Verdict verdict = inProfile(path, profile, now);
    if (verdict instanceof Verdict.Trusted trusted) {
      verified.ifPresent(
          paths -> paths.remember(key, path, trusted, profile.revocation().generation()));
    }
    return verdict;
  }

  /** What comes with a card may be anything; what cannot be read cannot stand in a path. */
  private List<PathCertificate> readable(List<X509Certificate> certificates) {
    List<PathCertificate> all = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      try {
        all.addAll(issuers(List.of(certificate)));
      } catch (MalformedException e) {
        // The search says what is missing without it.
      }
    }
    return all;
  }

  /** Certificates of CAs come again with every card, so they are read, with their keys, once. */
  private List<PathCertificate> issuers(List<X509Certificate> certificates)
      throws MalformedException {
    List<PathCertificate> all = new ArrayList<>();
    for (X509Certificate certificate : certificates) {
      PathCertificate known = issuers.get(certificate);
      if (known == null) {
        known = X509.ours(certificate);
        issuers.put(certificate, known);
      }
      all.add(known);
    }
    return all;
  }

  /**
   * Reads one certificate with the JDK's own parser.
   *
   * @throws CertificateException also for more than 64 KiB and for anything after the certificate
   */
  public static X509Certificate parse(byte[] der) throws CertificateException {
    if (der.length > PathCertificate.LARGEST) {
      throw new CertificateException("larger than 64 KiB");
    }
    X509Certificate certificate = X509.of(der);
    if (certificate.getEncoded().length != der.length) {
      throw new CertificateException("not exactly one DER certificate");
    }
    return certificate;
  }

  /** The serialNumber attribute (2.5.4.5) of the subject, if there is exactly one. */
  public static Optional<String> subjectNumber(X509Certificate certificate) {
    return SubjectNumber.of(certificate);
  }

  private static Verdict inProfile(ValidPath path, TrustProfile profile, Instant now)
      throws MalformedException {
    PathCertificate leaf = path.certificates().get(0);
    if (leaf.extensions().keyUsage.isEmpty()
        || !leaf.extensions().allows(KeyUsage.digitalSignature)) {
      return new Verdict.Distrusted(Clause.KEY_USAGE, "4.2.1.3: no digitalSignature");
    }
    // Section 6.1 lets anyPolicy stand for every policy; a claim about hardware must be made by
    // name.
    Optional<String> policy = profile.requiredPolicy();
    if (policy.isPresent() && !names(leaf, policy.get())) {
      return new Verdict.Distrusted(Clause.POLICY, "4.2.1.4: does not name " + policy.get());
    }
    Optional<String> purpose = profile.extendedKeyUsage();
    if (purpose.isPresent()
        && !leaf.extensions().extendedKeyUsage.orElse(Set.of()).contains(purpose.get())) {
      return new Verdict.Distrusted(Clause.KEY_USAGE, "4.2.1.12: not for " + purpose.get());
    }
    List<X509Certificate> chain = X509.all(path.certificates());
    for (X509Certificate certificate : chain) {
      if (SignatureVerifier.algorithm(certificate.getPublicKey()).isEmpty()) {
        return new Verdict.Distrusted(
            Clause.KEY_TYPE, "key of " + certificate.getSubjectX500Principal());
      }
    }
    Optional<Failure> weak = weak(path.certificates());
    if (weak.isPresent()) {
      return distrusted(weak.get());
    }
    boolean reported =
        profile
            .reportedPolicy()
            .filter(one -> names(leaf, one) && holds(path, one, now))
            .isPresent();
    return new Verdict.Trusted(chain, SubjectNumber.of(chain.get(0)), reported);
  }

  private static boolean names(PathCertificate leaf, String policy) {
    return leaf.extensions().policies.orElse(Set.of()).contains(policy);
  }

  /** The pool knows the path's signatures already. */
  private static boolean holds(ValidPath path, String policy, Instant now) {
    return PathValidation.validate(
            path.certificates(), path.pool(), PathDemands.policy(policy), now)
        .failure()
        .isEmpty();
  }

  /** A signature below the anchor that somebody could afford to forge. */
  static Optional<Failure> weak(List<PathCertificate> path) {
    for (PathCertificate certificate : path.subList(0, path.size() - 1)) {
      if (certificate.isWeaklySigned()) {
        return Optional.of(
            new Failure(
                Clause.KEY_TYPE, "4.1.1.2", "not signed with SHA-256 or better: " + certificate));
      }
    }
    return Optional.empty();
  }

  private static Verdict distrusted(Failure failure) {
    return new Verdict.Distrusted(failure.clause(), failure.detail());
  }

  private static String sha256(byte[] bytes) {
    try {
      return java.util.HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
