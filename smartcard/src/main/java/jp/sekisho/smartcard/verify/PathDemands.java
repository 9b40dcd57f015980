package jp.sekisho.smartcard.verify;

import java.util.Optional;
import java.util.Set;

/**
 * The inputs (c) to (g) of RFC 5280 section 6.1.1 and what we ask of the last certificate.
 *
 * @param policies user-initial-policy-set; empty = any-policy
 * @param keyUsage bits of {@link org.bouncycastle.asn1.x509.KeyUsage} the last certificate must
 *     allow; 0 = none. One without the extension allows everything
 * @param extendedKeyUsage purpose the last certificate must allow, if it names any
 */
public record PathDemands(
    Set<String> policies,
    boolean requireExplicitPolicy,
    boolean inhibitPolicyMapping,
    boolean inhibitAnyPolicy,
    int keyUsage,
    Optional<String> extendedKeyUsage) {

  /** RFC 5280 with its own defaults. */
  public static final PathDemands NONE =
      new PathDemands(Set.of(), false, false, false, 0, Optional.empty());

  public PathDemands {
    policies = Set.copyOf(policies);
  }

  /** A policy that must hold along the whole path. */
  public static PathDemands policy(String identifier) {
    return new PathDemands(Set.of(identifier), true, false, false, 0, Optional.empty());
  }

  /** The policies as {@link PolicyTree} takes them. */
  Set<String> initialPolicies() {
    return policies.isEmpty() ? Set.of(PolicyTree.ANY) : policies;
  }
}
