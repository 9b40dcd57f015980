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
 * new key counts anew. Deltas count apart from complete lists. Thread-safe.
 */
final class CrlNumbers {
  private static final int MOST_LISTS = 4096;

  private record Series(
      PublicKey key,
      DistinguishedName issuer,
      Optional<IssuingDistributionPoint> scope,
      boolean delta) {}

  private final Map<Series, BigInteger> highest = Recent.map(MOST_LISTS);
  private final Consumer<String> notices;

  /**
   * @param notices told of each list that comes after a newer one, once
   */
  CrlNumbers(Consumer<String> notices) {
    this.notices = notices;
  }

  /**
   * Takes note of a list.
   *
   * @param key the one that verified it
   * @return the higher number seen before; empty = the list is the newest
   */
  Optional<BigInteger> newerThan(Crl crl, PublicKey key) {
    Series series = new Series(key, crl.issuer, crl.scope, crl.isDelta());
    BigInteger known =
        highest.merge(
            series, crl.number, (before, now) -> before.compareTo(now) < 0 ? now : before);
    if (known.compareTo(crl.number) <= 0) {
      return Optional.empty();
    }
    if (crl.isToldStale()) {
      notices.accept(
          "an older list (number " + crl.number + ") in place of one seen before (" + known + ")");
    }
    return Optional.of(known);
  }
}
