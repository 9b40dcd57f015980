package jp.sekisho.policy;

import jp.sekisho.policy.grant.GrantDemand;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says of a request for a grant.
 *
 * @param demand what decided
 * @param decision {@code ALLOW} or {@code BLOCK}, with the rule that says so
 */
public record GrantRuling(GrantDemand demand, Decision decision) {
  /** Whether it may be granted. */
  public boolean allowed() {
    return decision.effect() == Effect.ALLOW;
  }

  /** What a person is told of it; null when it may be granted. */
  public @Nullable Refusal refusal() {
    return allowed() ? null : demand.refusal();
  }
}
