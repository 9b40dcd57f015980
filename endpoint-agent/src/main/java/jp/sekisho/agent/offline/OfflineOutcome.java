package jp.sekisho.agent.offline;

import jp.sekisho.policy.rule.Reason;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** What came of asking for an offline login. */
public sealed interface OfflineOutcome {
  /**
   * The person's card stands behind the seat.
   *
   * @param person staff number
   * @param minutes how long at most
   */
  record LoggedIn(String person, long minutes) implements OfflineOutcome {}

  /**
   * Nobody is; the refusal is recorded where records can be kept.
   *
   * @param why the reason of the policy's rule that refused it; null unless one did
   */
  record Refused(Refusal reason, @Nullable Reason why) implements OfflineOutcome {
    /** One that no rule of the policy decided. */
    public Refused(Refusal reason) {
      this(reason, null);
    }
  }
}
