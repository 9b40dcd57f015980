package jp.sekisho.smartcard.verify;

import java.math.BigInteger;
import java.security.PublicKey;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;

/**
 * The highest number (RFC 5280 section 5.2.3) seen of each list since the program started, so that
 * an older list, still within its dates, cannot take a revocation back. Only lists whose signature
 * was verified count: a forged one with a large number would lock out the true ones. A CA with a
 * new key counts anew. Deltas count apart from complete lists, but one that is missing leaves its
 * complete list without an answer. Thread-safe.
 */
final class CrlNumbers {
  private static final int MOST_LISTS = 4096;

  private record Series(
      PublicKey key,
      DistinguishedName issuer,
      Optional<IssuingDistributionPoint> scope,
      boolean delta) {}

  private final Map<Series, BigInteger> highest = Recent.map(MOST_LISTS);
  private final Map<Series, BigInteger> missed = Recent.map(MOST_LISTS);
  private final Consumer<String> notices;

  /**
   * @param notices told of each list that comes after a newer one, and of each missing delta, once
   */
  CrlNumbers(Consumer<String> notices) {
    this.notices = notices;
  }

  /**
   * Takes note of a list, and tells of one that comes after a newer one.
   *
   * @param key the one that verified it
   * @return the higher number seen before; empty = the list is the newest
   */
  Optional<BigInteger> newerThan(Crl crl, PublicKey key) {
    note(crl, key);
    Optional<BigInteger> newer = above(crl, key);
    if (newer.isPresent() && crl.isToldStale()) {
      notices.accept(
          "an older list (number "
              + crl.number
              + ") in place of one seen before ("
              + newer.get()
              + ")");
    }
    return newer;
  }

  /** Takes note of a list. */
  void note(Crl crl, PublicKey key) {
    highest.merge(series(crl, key, crl.isDelta()), crl.number, BigInteger::max);
  }

  /** A higher number than this list's that was seen of it before; takes no note. */
  Optional<BigInteger> above(Crl crl, PublicKey key) {
    return Optional.ofNullable(highest.get(series(crl, key, crl.isDelta())))
        .filter(known -> known.compareTo(crl.number) > 0);
  }

  /**
   * Whether a delta is known that is newer than what is at hand; told once per number.
   *
   * @param complete the complete list
   * @param reached the number of the delta that completes it, or its own without one
   * @param key the one that verified it
   * @return the number of the delta that is missing; empty = there is none
   */
  Optional<BigInteger> missingDelta(Crl complete, BigInteger reached, PublicKey key) {
    Series series = series(complete, key, true);
    BigInteger known = highest.get(series);
    if (known == null || known.compareTo(reached) <= 0) {
      return Optional.empty();
    }
    if (!known.equals(missed.put(series, known))) {
      notices.accept(
          "the delta list number " + known + " is missing: at hand is only number " + reached);
    }
    return Optional.of(known);
  }

  private static Series series(Crl crl, PublicKey key, boolean delta) {
    return new Series(key, crl.issuer, crl.scope, delta);
  }
}
