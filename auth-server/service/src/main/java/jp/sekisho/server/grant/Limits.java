package jp.sekisho.server.grant;

import java.time.Duration;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * How far an exception may go and whose card approves it: by the signed policy, and while none is
 * installed by the built-in maxima {@link #USE} and {@link #SPAN}, with every approver of the role
 * table. Terminals open nothing without a signed policy, so that time is for trying out the pages.
 * Thread-safe.
 */
public final class Limits {
  /** Longest use without a signed policy. */
  public static final Duration USE = Duration.ofMinutes(30);

  /** Longest time from start to end without a signed policy. */
  public static final Duration SPAN = Duration.ofDays(1);

  private final SignedRules signed;
  private final boolean lowApproves;

  /**
   * @param lowApproves whether 低保証 cards approve, as they do only in a trial
   */
  public Limits(SignedRules signed, boolean lowApproves) {
    this.signed = signed;
    this.lowApproves = lowApproves;
  }

  /** Longest use now. */
  public Duration use() {
    return signed.current().map(rules -> rules.longestUse().value()).orElse(USE);
  }

  /** Longest time from start to end now. */
  public Duration span() {
    return signed.current().map(rules -> rules.longestSpan().value()).orElse(SPAN);
  }

  /** GRANT_TOO_LONG, or null when the text keeps within the maxima. */
  @Nullable Refusal tooLong(ExportGrant text) {
    boolean within =
        Duration.ofMinutes(text.minutes()).compareTo(use()) <= 0
            && Duration.between(text.start(), text.end()).compareTo(span()) <= 0;
    return within ? null : Refusal.GRANT_TOO_LONG;
  }

  /**
   * APPROVER_LOW, APPROVER_UNLISTED, or null when this key may approve for the organ.
   *
   * @param spki DER of the key
   * @param low whether the card is 低保証
   */
  @Nullable Refusal approver(String organ, String person, byte[] spki, boolean low) {
    if (low && !lowApproves) {
      return Refusal.APPROVER_LOW;
    }
    GrantRules rules = signed.current().orElse(null);
    boolean listed =
        rules == null
            || rules
                .approver(organ, Sha256.text(spki))
                .filter(one -> one.person().equals(person))
                .isPresent();
    return listed ? null : Refusal.APPROVER_UNLISTED;
  }
}
