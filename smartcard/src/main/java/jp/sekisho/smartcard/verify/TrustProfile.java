package jp.sekisho.smartcard.verify;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What a certificate of one kind of card must satisfy. Each kind has one of its own, and a verifier
 * of its own: a root of one kind never vouches for another.
 *
 * @param roots pinned certificates; need not be self-signed, must be CAs in force
 * @param requiredPolicy policy OID that must be valid along the whole path; empty = none demanded
 * @param extendedKeyUsage purpose the card's certificate must name; empty = none demanded
 * @param reportedPolicy policy OID that is not demanded but reported where it holds along the path
 *     and the card's certificate names it; empty = none
 * @param revocation who is asked; {@link RevocationSource#unchecked()} must be chosen in words
 */
public record TrustProfile(
    List<X509Certificate> roots,
    Optional<String> requiredPolicy,
    Optional<String> extendedKeyUsage,
    Optional<String> reportedPolicy,
    RevocationSource revocation) {
  public TrustProfile {
    roots = List.copyOf(roots);
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("a profile without roots trusts nobody");
    }
  }

  /** A profile that reports no policy. */
  public TrustProfile(
      List<X509Certificate> roots,
      Optional<String> requiredPolicy,
      Optional<String> extendedKeyUsage,
      RevocationSource revocation) {
    this(roots, requiredPolicy, extendedKeyUsage, Optional.empty(), revocation);
  }

  /** A profile that asks for no purpose: real cards differ in whether they name one. */
  public TrustProfile(
      List<X509Certificate> roots, Optional<String> requiredPolicy, RevocationSource revocation) {
    this(roots, requiredPolicy, Optional.empty(), revocation);
  }
}
