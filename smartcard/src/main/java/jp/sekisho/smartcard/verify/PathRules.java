package jp.sekisho.smartcard.verify;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * RFC 5280: section 4 of each certificate, section 6.1 of every path to an anchor until one is
 * valid, section 6.3 for its revocation. Nothing beyond the RFC is asked: {@link PathVerifier} adds
 * what a card must be. Immutable; thread-safe.
 */
public final class PathRules {
  private static final int VALID = 10_000;

  private final List<PathCertificate> anchors;
  private final List<PathCertificate> intermediates;
  private final PathDemands demands;
  private final RevocationSource revocation;

  PathRules(
      List<PathCertificate> anchors,
      List<PathCertificate> intermediates,
      PathDemands demands,
      RevocationSource revocation) {
    this.anchors = List.copyOf(anchors);
    this.intermediates = List.copyOf(intermediates);
    this.demands = demands;
    this.revocation = revocation;
  }

  /** What came out. */
  public sealed interface Outcome {
    /**
     * There is a valid path.
     *
     * @param path DER, the certificate first, the anchor last
     */
    record Valid(List<byte[]> path) implements Outcome {
      public Valid {
        path = List.copyOf(path);
      }
    }

    /** There is none; the failure is that of the path that got furthest. */
    record Invalid(Failure failure) implements Outcome {}
  }

  /**
   * Rules over certificates from anywhere. One that does not parse can neither be an anchor nor
   * stand in a path; it is passed over.
   *
   * @param anchors DER
   * @param intermediates DER, in any order; certificates of CRL issuers too
   */
  public static PathRules of(
      List<byte[]> anchors,
      List<byte[]> intermediates,
      PathDemands demands,
      RevocationSource revocation) {
    return new PathRules(parsed(anchors), parsed(intermediates), demands, revocation);
  }

  /** Judges a certificate, in DER, as of an instant. */
  public Outcome judge(byte[] certificate, Instant now) {
    PathCertificate leaf;
    try {
      leaf = PathCertificate.parse(certificate);
    } catch (MalformedException e) {
      return new Outcome.Invalid(e.failure());
    }
    if (anchors.isEmpty()) {
      return new Outcome.Invalid(
          new Failure(Clause.UNKNOWN_ISSUER, "6.1.1(d)", "no usable trust anchor"));
    }
    Search search = search(leaf, now);
    return search.path().isPresent()
        ? new Outcome.Valid(
            search.path().get().certificates().stream().map(PathCertificate::der).toList())
        : new Outcome.Invalid(search.failure().orElseThrow());
  }

  /** One of both is present. */
  record Search(Optional<ValidPath> path, Optional<Failure> failure) {}

  Search search(PathCertificate leaf, Instant now) {
    PathPool pool = new PathPool(anchors, intermediates);
    List<ValidPath> found = new ArrayList<>(1);
    PathPool.Search search = pool.search(leaf, now, path -> judge(path, pool, now, found));
    return search.path().isPresent()
        ? new Search(Optional.of(found.get(0)), Optional.empty())
        : new Search(Optional.empty(), search.failure());
  }

  private Optional<PathPool.Stop> judge(
      List<PathCertificate> path, PathPool pool, Instant now, List<ValidPath> found) {
    PathValidation.Result result = PathValidation.validate(path, pool, demands, now);
    if (result.failure().isPresent()) {
      return Optional.of(new PathPool.Stop(result.failure().get(), VALID - 1 - result.left() * 10));
    }
    ValidPath valid = new ValidPath(path, result.issuerKeys(), pool);
    Optional<Failure> revoked = PathRevocation.ask(revocation, valid, now);
    if (revoked.isPresent()) {
      return Optional.of(new PathPool.Stop(revoked.get(), VALID));
    }
    found.add(valid);
    return Optional.empty();
  }

  private static List<PathCertificate> parsed(List<byte[]> certificates) {
    List<PathCertificate> parsed = new ArrayList<>();
    for (byte[] der : certificates) {
      try {
        parsed.add(PathCertificate.parse(der));
      } catch (MalformedException e) {
        // Unusable for any path; the search says what is missing without it.
      }
    }
    return parsed;
  }
}
