package jp.sekisho.smartcard.verify;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** Somebody who knows which certificates were revoked. Implementations are thread-safe. */
public interface RevocationSource {

  /** An answer; there is no "probably". */
  sealed interface Status {
    /** Not revoked, as far as this source is asked to know. */
    record Good() implements Status {}

    record Revoked(String detail) implements Status {}

    /** The source cannot say: refused like a revoked one. */
    record Unknown(String detail) implements Status {}
  }

  /**
   * Asks about every certificate of a path.
   *
   * @param chain the card's certificate first, the pinned root last
   */
  Status check(List<X509Certificate> chain, Instant now);

  /**
   * Changes whenever a check loaded anew what this source knows: a path found valid before is then
   * looked at again. Reads no file itself.
   */
  default long generation() {
    return 0;
  }

  /** Checks nothing. For trials, where the profile says so in words. */
  static RevocationSource unchecked() {
    return (chain, now) -> new Status.Good();
  }

  /** Good only when all sources say so; the first other answer counts. */
  static RevocationSource all(List<RevocationSource> sources) {
    return new PathRevocation.All(sources);
  }
}
