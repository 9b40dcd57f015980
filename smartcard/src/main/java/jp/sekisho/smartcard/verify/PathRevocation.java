package jp.sekisho.smartcard.verify;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A source that judges the path as validation saw it, certificates of CRL issuers at hand. */
interface PathRevocation extends RevocationSource {
  /** Empty = no certificate of the path is revoked. */
  Optional<Failure> check(ValidPath path, Instant now);

  @Override
  default Status check(List<X509Certificate> chain, Instant now) {
    try {
      return status(check(X509.path(chain), now));
    } catch (MalformedException e) {
      return new Status.Unknown(e.failure().detail());
    }
  }

  /** Asks any source. */
  static Optional<Failure> ask(RevocationSource source, ValidPath path, Instant now) {
    if (source instanceof PathRevocation ours) {
      return ours.check(path, now);
    }
    Status status;
    try {
      status = source.check(X509.all(path.certificates()), now);
    } catch (MalformedException e) {
      return Optional.of(
          new Failure(Clause.REVOCATION_UNKNOWN, e.failure().section(), e.failure().reason()));
    }
    if (status instanceof Status.Revoked revoked) {
      return Optional.of(new Failure(Clause.REVOKED, "6.1.3(a)(3)", revoked.detail()));
    }
    if (status instanceof Status.Unknown unknown) {
      return Optional.of(new Failure(Clause.REVOCATION_UNKNOWN, "6.3.3", unknown.detail()));
    }
    return Optional.empty();
  }

  /** The answer in the form of {@link RevocationSource}. */
  static Status status(Optional<Failure> failure) {
    if (failure.isEmpty()) {
      return new Status.Good();
    }
    return failure.get().clause() == Clause.REVOKED
        ? new Status.Revoked(failure.get().reason())
        : new Status.Unknown(failure.get().detail());
  }

  /** Several sources, all of which must find nothing. */
  record All(List<RevocationSource> sources) implements PathRevocation {
    public All {
      sources = List.copyOf(sources);
      if (sources.isEmpty()) {
        throw new IllegalArgumentException("no revocation source; say unchecked() to mean it");
      }
    }

    @Override
    public Optional<Failure> check(ValidPath path, Instant now) {
      for (RevocationSource source : sources) {
        Optional<Failure> failure = ask(source, path, now);
        if (failure.isPresent()) {
          return failure;
        }
      }
      return Optional.empty();
    }

    @Override
    public Status check(List<X509Certificate> chain, Instant now) {
      for (RevocationSource source : sources) {
        Status status = source.check(chain, now);
        if (!(status instanceof Status.Good)) {
          return status;
        }
      }
      return new Status.Good();
    }

    @Override
    public long generation() {
      return sources.stream().mapToLong(RevocationSource::generation).sum();
    }
  }
}
