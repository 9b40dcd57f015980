package jp.sekisho.agent.enforce.clipboard;

import java.util.Optional;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * What {@code service} says about a paste.
 *
 * @param refusal why not; null when it may be
 * @param why the reason of the policy's rule; null where none decided
 * @param warn it may be, and the person is told that it is in the log
 * @param help whom to call; empty where that is not known
 */
public record Answer(@Nullable Refusal refusal, @Nullable Reason why, boolean warn, String help) {
  /** The service does not answer, so nothing crosses. */
  public static final Answer NONE = new Answer(Refusal.CLIPBOARD_UNDECIDED, null, false, "");

  /** It may be. */
  public static Answer yes() {
    return new Answer(null, null, false, "");
  }

  /** Whether it may be. */
  public boolean goes() {
    return refusal == null;
  }

  /** Why not. */
  public Optional<Refusal> no() {
    return Optional.ofNullable(refusal);
  }
}
