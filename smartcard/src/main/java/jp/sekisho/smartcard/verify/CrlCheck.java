package jp.sekisho.smartcard.verify;

import java.math.BigInteger;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * The CRL validation of RFC 5280 section 6.3 for one path: complete, indirect, partitioned and
 * delta CRLs. Whoever signs a CRL must itself have a path to the same anchor and not be revoked;
 * its status may rest on the CRL it signs (PKITS 4.14.30). What no CRL answers is unknown, which is
 * refused. One instance per validation; not thread-safe.
 */
final class CrlCheck {
  private static final int DEEPEST = 4;

  private final List<Crl> complete = new ArrayList<>();
  private final List<Crl> deltas = new ArrayList<>();

  /** Deltas that show what numbers there are, also overdue ones and those of a later base. */
  private final List<Crl> evidence = new ArrayList<>();

  private final CrlDemands demands;
  private final CrlNumbers numbers;
  private final PathPool pool;
  private final Instant now;
  private final Set<PathCertificate> settled = new HashSet<>();
  private final Map<PathCertificate, Boolean> signers = new HashMap<>();
  private int depth;

  /**
   * Of a given set of CRLs.
   *
   * @param numbers what was seen of these lists before
   * @param pool where certificates of CRL issuers are looked for
   */
  CrlCheck(List<Crl> crls, CrlDemands demands, CrlNumbers numbers, PathPool pool, Instant now) {
    this.demands = demands;
    this.numbers = numbers;
    this.pool = pool;
    this.now = now;
    for (Crl crl : crls) {
      if (demands.admit(crl, now)) {
        (crl.isDelta() ? deltas : complete).add(crl);
      }
      if (crl.isDelta() && demands.strong() && !crl.isWeaklySigned()) {
        evidence.add(crl);
      }
    }
    complete.sort(
        Comparator.comparing((Crl crl) -> crl.thisUpdate)
            .thenComparing(crl -> crl.number)
            .reversed());
    deltas.sort(Comparator.comparing((Crl crl) -> crl.number).reversed());
  }

  /** Whether no certificate below the anchor is revoked; the one nearest the anchor first. */
  Optional<Failure> check(ValidPath path) {
    settled.addAll(path.certificates());
    for (int i = path.certificates().size() - 2; i >= 0; i--) {
      Optional<Failure> failure = status(path, i);
      if (failure.isPresent()) {
        return failure;
      }
    }
    return Optional.empty();
  }

  private Optional<Failure> status(ValidPath path, int index) {
    PathCertificate certificate = path.certificates().get(index);
    Tally tally = new Tally(path, index);
    try {
      for (DistributionPoint point : certificate.extensions().distributionPoints) {
        tally.ask(CrlScope.of(point, certificate));
      }
      tally.ask(CrlScope.implied(certificate));
    } catch (MalformedException e) {
      return Optional.of(
          new Failure(Clause.REVOCATION_UNKNOWN, e.failure().section(), e.failure().reason()));
    } catch (RuntimeException e) {
      // Bouncy Castle reads distribution points when they are asked for, and refuses malformed ones
      // by unchecked exceptions of many kinds.
      return Optional.of(
          new Failure(
              Clause.REVOCATION_UNKNOWN,
              "4.2.1.13",
              "a malformed distribution point at " + certificate));
    }
    return tally.outcome();
  }

  /** What the CRLs together say of one certificate: reasons_mask and cert_status. */
  private final class Tally {
    private final ValidPath path;
    private final int index;
    private final PathCertificate certificate;
    private int reasonsMask;
    private boolean revoked;
    private Optional<Failure> unfit = Optional.empty();

    Tally(ValidPath path, int index) {
      this.path = path;
      this.index = index;
      certificate = path.certificates().get(index);
    }

    void ask(CrlScope point) throws MalformedException {
      for (Crl crl : complete) {
        if (revoked || reasonsMask == CrlScope.ALL_REASONS) {
          return;
        }
        Optional<Failure> excluded = point.excludes(crl, certificate);
        int interim = point.reasonsOf(crl);
        if (excluded.isEmpty() && (interim & ~reasonsMask) != 0) {
          apply(crl, interim);
        } else if (excluded.isPresent() && !excluded.get().section().equals("6.3.3(b)(1)")) {
          unfit = excluded;
        }
      }
    }

    Optional<Failure> outcome() {
      if (revoked) {
        return Optional.of(new Failure(Clause.REVOKED, "6.1.3(a)(3)", "revoked: " + certificate));
      }
      if (reasonsMask == CrlScope.ALL_REASONS) {
        return Optional.empty();
      }
      return unfit.or(() ->
          Optional.of(
              new Failure(
                  Clause.REVOCATION_UNKNOWN,
                  "6.3.3",
                  "no current CRL answers for " + certificate)));
    }

    private void apply(Crl crl, int interim) {
      Optional<PublicKey> signer = signer(crl, path, index);
      if (signer.isEmpty()) {
        unfit =
            Optional.of(
                new Failure(
                    Clause.REVOCATION_UNKNOWN,
                    "6.3.3(f)",
                    "nobody trusted to sign CRLs signed the one for " + certificate));
        return;
      }
      Optional<BigInteger> newer = numbers.newerThan(crl, signer.get());
      if (newer.isPresent()) {
        unfit =
            Optional.of(
                new Failure(
                    Clause.REVOCATION_UNKNOWN,
                    "5.2.3",
                    "list number " + crl.number + " came after " + newer.get()));
        return;
      }
      Optional<Crl> delta =
          deltas.stream()
              .filter(one -> crl.isCompletedBy(one) && one.isSignedBy(signer.get()))
              .findFirst();
      boolean listed = isListed(crl, delta);
      Optional<BigInteger> missing = missingDelta(crl, delta, signer.get());
      if (missing.isPresent() && !listed) {
        unfit =
            Optional.of(
                new Failure(
                    Clause.REVOCATION_UNKNOWN,
                    "5.2.4",
                    "the delta list number " + missing.get() + " is known but not at hand"));
        return;
      }
      revoked = listed;
      reasonsMask |= interim;
    }

    private boolean isListed(Crl crl, Optional<Crl> delta) {
      OptionalInt later =
          delta
              .map(one -> one.find(certificate.issuer(), certificate.serial()))
              .orElse(OptionalInt.empty());
      return later.isPresent()
          ? later.getAsInt() != Crl.REMOVE_FROM_CRL
          : crl.find(certificate.issuer(), certificate.serial()).isPresent();
    }
  }

  /**
   * The number of a delta that says more than these two. RFC 5280 lets the complete list answer
   * alone; but then whoever takes the delta away takes its revocations back.
   */
  private Optional<BigInteger> missingDelta(Crl crl, Optional<Crl> delta, PublicKey key) {
    delta.ifPresent(one -> numbers.note(one, key));
    for (Crl one : evidence) {
      if (one.issuer.equals(crl.issuer) && one.scope.equals(crl.scope) && one.isSignedBy(key)) {
        numbers.note(one, key);
      }
    }
    return numbers.missingDelta(crl, delta.map(one -> one.number).orElse(crl.number), key);
  }

  /** 6.3.3(f) and (g): the key that signed the CRL, if its owner may sign CRLs. */
  private Optional<PublicKey> signer(Crl crl, ValidPath path, int index) {
    List<PathCertificate> above =
        path.certificates().subList(index + 1, path.certificates().size());
    for (int i = 0; i < above.size(); i++) {
      PathCertificate candidate = above.get(i);
      if (candidate.subject().equals(crl.issuer)
          && candidate.extensions().allows(KeyUsage.cRLSign)) {
        PublicKey key = path.issuerKeys().get(index + i);
        if (crl.isSignedBy(key)) {
          return Optional.of(key);
        }
      }
    }
    for (PathCertificate candidate : pool.intermediates()) {
      if (candidate.subject().equals(crl.issuer) && !above.contains(candidate)) {
        Optional<PublicKey> key = candidate.key(null);
        if (key.isPresent() && crl.isSignedBy(key.get()) && maySign(candidate, path.anchor())) {
          return key;
        }
      }
    }
    return Optional.empty();
  }

  private boolean maySign(PathCertificate candidate, PathCertificate anchor) {
    if (!candidate.extensions().allows(KeyUsage.cRLSign)) {
      return false;
    }
    Boolean known = signers.get(candidate);
    if (known != null) {
      return known;
    }
    if (depth >= DEEPEST) {
      return false;
    }
    depth++;
    // While its own status is asked for, a CRL it signed may answer.
    signers.put(candidate, true);
    PathPool below = pool.onlyAnchor(anchor);
    boolean may =
        below.search(candidate, now, chain -> judgeSigner(chain, below)).path().isPresent();
    if (!may) {
      // Whoever was believed on this one's word is asked again.
      signers.clear();
    }
    signers.put(candidate, may);
    depth--;
    return may;
  }

  private Optional<PathPool.Stop> judgeSigner(List<PathCertificate> chain, PathPool below) {
    PathValidation.Result result = PathValidation.validate(chain, below, PathDemands.NONE, now);
    Optional<Failure> failure = result.failure();
    if (failure.isEmpty() && demands.strong()) {
      failure = PathVerifier.weak(chain);
    }
    if (failure.isEmpty()) {
      ValidPath path = new ValidPath(chain, result.issuerKeys(), pool);
      for (int i = chain.size() - 2; i >= 0 && failure.isEmpty(); i--) {
        if (i == 0 || !settled.contains(chain.get(i))) {
          failure = status(path, i);
        }
      }
    }
    return failure.map(found -> new PathPool.Stop(found, 0));
  }
}
