package jp.sekisho.policy.trust;

import java.time.Instant;
import java.util.Set;
import jp.sekisho.policy.Policy;

/**
 * What a terminal goes by: four verified files that belong together, and every revocation it was
 * ever told and no officer cleared. Immutable.
 *
 * @param organ id of the terminal's 機関
 * @param signedRoot the newest root
 * @param signedPolicy the policy for all
 * @param signedRoster the roster of {@code organ}
 * @param signedCurrent what made these count
 * @param revoked base64url SHA-256 of the SubjectPublicKeyInfo of revoked keys
 */
public record TrustedState(
    String organ,
    Trusted<Root> signedRoot,
    Trusted<Policy> signedPolicy,
    Trusted<Roster> signedRoster,
    Trusted<Current> signedCurrent,
    Set<String> revoked) {
  /** Copies the set. */
  public TrustedState {
    revoked = Set.copyOf(revoked);
  }

  /** Who may sign what. */
  public Root root() {
    return signedRoot.body();
  }

  /** The rules. Ask {@link #rulesExpired} before every decision that lets something happen. */
  public Policy policy() {
    return signedPolicy.body();
  }

  /** Whose card is whose. */
  public Roster roster() {
    return signedRoster.body();
  }

  /** Whether this is a trial: everything that shows it also shows the banner. */
  public boolean trial() {
    return signedRoot.header().trial();
  }

  /** Whether the key with this hash was revoked. */
  public boolean isRevoked(String spkiHash) {
    return revoked.contains(spkiHash);
  }

  /** Whether policy or root expired: storage and exports are blocked, boundaries too. */
  public boolean rulesExpired(Instant now) {
    return signedPolicy.isExpired(now) || signedRoot.isExpired(now);
  }

  /** Whether current expired: the last good rules count, running grants go on, none starts. */
  public boolean currentExpired(Instant now) {
    return signedCurrent.isExpired(now);
  }

  /** When the rules stop to count, whichever of root and policy is first. */
  public Instant rulesUntil() {
    Instant root = signedRoot.header().expires();
    Instant policy = signedPolicy.header().expires();
    return root.isBefore(policy) ? root : policy;
  }
}
