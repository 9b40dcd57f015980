package jp.sekisho.policy;

import jp.sekisho.policy.grant.GrantDemand;

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
}
