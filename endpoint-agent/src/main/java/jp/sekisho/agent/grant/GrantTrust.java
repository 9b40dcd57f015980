package jp.sekisho.agent.grant;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * What verified signed files say about grants, as far as a terminal decides by it.
 *
 * @param policy the rules that the officers signed, of all layers that this terminal obeys
 * @param roster whose card is whose
 * @param revoked base64url of the SHA-256 of the SubjectPublicKeyInfo of revoked keys
 * @param startsNew whether a grant may begin: not while {@code current} is expired; running ones go
 *     on
 */
public record GrantTrust(Policy policy, Roster roster, Set<String> revoked, boolean startsNew) {
  public GrantTrust {
    revoked = Set.copyOf(revoked);
  }

  /** What files that are not expired say at {@code now}. */
  public static GrantTrust of(TrustedState files, Instant now) {
    return new GrantTrust(
        files.policy(), files.roster(), files.revoked(), !files.currentExpired(now));
  }

  /** The bounds and approver keys. */
  public GrantRules rules() {
    return policy.grants();
  }

  /** Longest series (定例許可), first start to last end; zero where there is none. */
  Duration longestSeries() {
    return policy.more().value(GrantSettings.LONGEST_SERIES);
  }

  /**
   * What the policy has against a text, in every demand, as the service asks it; null for nothing.
   *
   * @param approvers staff numbers of who verifiably approved it
   */
  @Nullable Refusal refuses(ExportGrant text, List<String> approvers) {
    return PolicyEvaluator.by(policy).granted(GrantAsk.of(text, approvers)).refusal();
  }

  /** The person whose unrevoked card key has this hash. */
  public Optional<String> personOf(String spki) {
    return revoked.contains(spki) ? Optional.empty() : roster.personOf(spki);
  }

  /** Either what is in force, or why nothing is: then nothing opens. */
  public sealed interface Now {
    /** This is. */
    record InForce(GrantTrust trust) implements Now {}

    /**
     * Nothing is.
     *
     * @param reason POLICY_MISSING or POLICY_EXPIRED
     */
    record None(Refusal reason) implements Now {}
  }

  /** Where it comes from. Thread-safe; called under the desk's lock, so it returns at once. */
  public interface Source {
    Now now();

    /**
     * From verified files.
     *
     * @param state the last good ones; empty before the first
     * @param clock the best known time
     */
    static Source of(Supplier<Optional<TrustedState>> state, Supplier<Instant> clock) {
      return () -> state.get().map(files -> at(files, clock.get())).orElseGet(Source::missing);
    }

    private static Now missing() {
      return new Now.None(Refusal.POLICY_MISSING);
    }

    private static Now at(TrustedState files, Instant now) {
      return files.rulesExpired(now)
          ? new Now.None(Refusal.POLICY_EXPIRED)
          : new Now.InForce(GrantTrust.of(files, now));
    }
  }
}
