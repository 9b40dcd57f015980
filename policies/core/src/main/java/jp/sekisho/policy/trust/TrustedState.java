package jp.sekisho.policy.trust;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jp.sekisho.policy.LayerScope;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import org.jspecify.annotations.Nullable;

/**
 * What a terminal goes by: verified files that belong together, what they say combined, and every
 * revocation it was ever told and no officer cleared. Immutable.
 *
 * @param organ id of the terminal's 機関
 * @param signedRoot the newest root
 * @param signedPolicy the policy for all
 * @param layers the layers below it that this terminal obeys, from the 機関 down
 * @param policy the rules of all of them, by the stricter value. Ask {@link #rulesExpired} before
 *     every decision that lets something happen
 * @param signedRoster the roster of {@code organ}
 * @param signedCurrent what made these count
 * @param revoked base64url SHA-256 of the SubjectPublicKeyInfo of revoked keys
 */
public record TrustedState(
    String organ,
    Trusted<Root> signedRoot,
    Trusted<Policy> signedPolicy,
    List<Trusted<ScopedLayer>> layers,
    Policy policy,
    Trusted<Roster> signedRoster,
    Trusted<Current> signedCurrent,
    Set<String> revoked) {
  /** Copies what can be changed. */
  public TrustedState {
    layers = List.copyOf(layers);
    revoked = Set.copyOf(revoked);
  }

  /** Who may sign what. */
  public Root root() {
    return signedRoot.body();
  }

  /** The layers as the log names them: scope, version and hash, one space between. */
  public List<String> layerNames() {
    return SignedLayers.names(layers);
  }

  /** The layer of {@code scope}; null when this terminal obeys none there. */
  @Nullable Trusted<ScopedLayer> layer(LayerScope scope) {
    return layers.stream().filter(one -> one.body().scope().equals(scope)).findFirst().orElse(null);
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

  /** Whether root, policy or a layer expired: storage and exports are blocked, boundaries too. */
  public boolean rulesExpired(Instant now) {
    return !now.isBefore(rulesUntil());
  }

  /** Whether current expired: the last good rules count, running grants go on, none starts. */
  public boolean currentExpired(Instant now) {
    return signedCurrent.isExpired(now);
  }

  /** When the rules stop to count, whichever of root, policy and layers is first. */
  public Instant rulesUntil() {
    Instant until = signedRoot.header().expires();
    List<Trusted<?>> rules = new ArrayList<>(layers);
    rules.add(signedPolicy);
    for (Trusted<?> one : rules) {
      Instant expires = one.header().expires();
      until = expires.isBefore(until) ? expires : until;
    }
    return until;
  }
}
