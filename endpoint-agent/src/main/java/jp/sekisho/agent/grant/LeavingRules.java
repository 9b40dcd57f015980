package jp.sekisho.agent.grant;

import java.util.List;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.ExportGrant.Capability;
import org.jspecify.annotations.Nullable;

/**
 * What the officer-signed policy says of a text beyond its times and its first approver: whether
 * two approve, and for what leaves, comes in or goes over a boundary everything else the policy
 * says of it.
 */
final class LeavingRules {
  private LeavingRules() {}

  /**
   * Whether two must approve: always where files leave in plain, else where the policy says so. A
   * policy that says nothing of it demands it of everything but reading.
   */
  static boolean needsSecond(ExportGrant text, @Nullable Policy policy) {
    if (text.capability() == Capability.EXPORT_PLAIN) {
      return true;
    }
    if (policy == null) {
      return false;
    }
    GrantCapability capability = GrantCapability.of(text.capability());
    return text.capability() == Capability.USB_READ
        ? policy
            .more()
            .rule(GrantSettings.SECOND_APPROVER)
            .filter(rule -> rule.value().contains(capability))
            .isPresent()
        : policy.more().value(GrantSettings.SECOND_APPROVER).contains(capability);
  }

  /**
   * Why nothing passes under a text; null when it may, or when a medium is only read.
   *
   * @param approvers staff numbers of who verifiably approved it
   */
  static @Nullable Refusal refuses(
      ExportGrant text, List<String> approvers, @Nullable Policy policy) {
    if (text.amount() == null) {
      return null;
    }
    return policy == null
        ? Refusal.GRANT_CAPABILITY
        : PolicyEvaluator.by(policy).granted(GrantAsk.of(text, approvers)).refusal();
  }
}
