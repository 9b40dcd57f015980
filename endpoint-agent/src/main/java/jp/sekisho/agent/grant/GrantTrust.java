package jp.sekisho.agent.grant;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What verified signed files say about grants, as far as a terminal decides by it.
 *
 * @param rules the officer-signed bounds and approver keys
 * @param roster whose card is whose
 * @param revoked base64url of the SHA-256 of the SubjectPublicKeyInfo of revoked keys
 * @param startsNew whether a grant may begin: not while {@code current} is expired; running ones go
 *     on
 * @param longestSeries longest series (定例許可), first start to last end; zero where there is none
 * @param policy all that the officers signed; null where only reading is known of: then nothing
 *     leaves
 */
public record GrantTrust(
    GrantRules rules,
    Roster roster,
    Set<String> revoked,
    boolean startsNew,
    Duration longestSeries,
    @Nullable Policy policy) {
  public GrantTrust {
    revoked = Set.copyOf(revoked);
  }

  /** Of reading only. */
  public GrantTrust(
      GrantRules rules,
      Roster roster,
      Set<String> revoked,
      boolean startsNew,
      Duration longestSeries) {
    this(rules, roster, revoked, startsNew, longestSeries, null);
  }

  /** Without series. */
  public GrantTrust(GrantRules rules, Roster roster, Set<String> revoked, boolean startsNew) {
    this(rules, roster, revoked, startsNew, Duration.ZERO);
  }

  /** What files that are not expired say at {@code now}. */
  public static GrantTrust of(TrustedState files, Instant now) {
    return new GrantTrust(
        files.policy().grants(),
        files.roster(),
        files.revoked(),
        !files.currentExpired(now),
        files.policy().more().value(GrantSettings.LONGEST_SERIES),
        files.policy());
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
