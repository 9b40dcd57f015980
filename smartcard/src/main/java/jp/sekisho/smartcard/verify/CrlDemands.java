package jp.sekisho.smartcard.verify;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a CRL must satisfy to be believed, beyond its own dates.
 *
 * @param maxAge how old thisUpdate may be, whatever nextUpdate promises; empty = no limit
 * @param ahead how far thisUpdate may lie in the future, for a CA whose clock is before ours: else
 *     its newest list would refuse everybody until our clock has caught up
 * @param strong whether a list signed with SHA-1 is none
 */
record CrlDemands(Optional<Duration> maxAge, Duration ahead, boolean strong) {
  /** How far another machine's clock may be before ours. */
  static final Duration CLOCK_ALLOWANCE = Duration.ofMinutes(5);

  /** RFC 5280 alone. */
  static CrlDemands rfc(Optional<Duration> maxAge) {
    return new CrlDemands(maxAge, Duration.ZERO, false);
  }

  /** For the logins of a service. */
  static CrlDemands service(Duration maxAge) {
    return new CrlDemands(Optional.of(maxAge), CLOCK_ALLOWANCE, true);
  }

  /** Whether the list is current and strong enough. */
  boolean admit(Crl crl, Instant now) {
    boolean young =
        maxAge.isEmpty() || Duration.between(crl.thisUpdate, now).compareTo(maxAge.get()) <= 0;
    return young
        && !crl.thisUpdate.isAfter(now.plus(ahead))
        && !crl.nextUpdate.isBefore(now)
        && !(strong && crl.isWeaklySigned());
  }
}
