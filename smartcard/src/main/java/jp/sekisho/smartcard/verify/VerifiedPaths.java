package jp.sekisho.smartcard.verify;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Paths found valid, so that their signatures need not be checked at every login. An entry holds
 * for the certificate's exact bytes under the very same roots and demands, until a certificate of
 * the path expires or the revocation data is loaded anew. It says nothing about revocation, which
 * is asked each time. Bounded; the least used goes first. Thread-safe.
 */
final class VerifiedPaths {
  private static final int MOST = 20_000;

  /** What an entry is found by: the profile's own objects, not their likes, and the SHA-256. */
  @SuppressWarnings("ReferenceEquality") // new roots or lists of the same content are new
  static final class PathKey {
    private final TrustProfile profile;
    private final String hash;

    PathKey(TrustProfile profile, String hash) {
      this.profile = profile;
      this.hash = hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof PathKey that
          && hash.equals(that.hash)
          && profile.roots() == that.profile.roots()
          && profile.revocation() == that.profile.revocation()
          && profile.requiredPolicy().equals(that.profile.requiredPolicy())
          && profile.reportedPolicy().equals(that.profile.reportedPolicy())
          && profile.extendedKeyUsage().equals(that.profile.extendedKeyUsage());
    }

    @Override
    public int hashCode() {
      return hash.hashCode();
    }
  }

  /** A path and what was said of it. */
  record Proven(
      ValidPath path,
      Verdict.Trusted verdict,
      Instant notBefore,
      Instant notAfter,
      long generation) {}

  private final Map<PathKey, Proven> entries = Recent.map(MOST);

  Optional<Proven> find(PathKey key, Instant now) {
    Proven entry = entries.get(key);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.generation != key.profile.revocation().generation()
        || now.isBefore(entry.notBefore)
        || now.isAfter(entry.notAfter)) {
      entries.remove(key);
      return Optional.empty();
    }
    return Optional.of(entry);
  }

  void remember(PathKey key, ValidPath path, Verdict.Trusted verdict, long generation) {
    Instant notBefore = Instant.MIN;
    Instant notAfter = Instant.MAX;
    for (PathCertificate certificate : path.certificates()) {
      notBefore = certificate.notBefore().isAfter(notBefore) ? certificate.notBefore() : notBefore;
      notAfter = certificate.notAfter().isBefore(notAfter) ? certificate.notAfter() : notAfter;
    }
    entries.put(key, new Proven(path, verdict, notBefore, notAfter, generation));
  }
}
