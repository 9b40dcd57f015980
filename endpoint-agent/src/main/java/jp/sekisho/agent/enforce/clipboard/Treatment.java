package jp.sekisho.agent.enforce.clipboard;

import java.util.Set;
import jp.sekisho.policy.clipboard.ClipboardMode;

/**
 * What {@code session} does about what is copied, as {@code service} last said.
 *
 * @param mode of the policy
 * @param keeps whether contents are taken over and served; else what is copied is only emptied
 * @param free the programs between which nothing is asked
 */
public record Treatment(ClipboardMode mode, boolean keeps, Set<String> free) {
  /** Nothing is touched. */
  public static final Treatment NONE = new Treatment(ClipboardMode.ALLOW, false, Set.of());

  public Treatment {
    free = Set.copyOf(free);
  }

  /** Whether the clipboard is touched at all. */
  public boolean holds() {
    return mode != ClipboardMode.ALLOW;
  }

  /** Whether nothing is asked about a paste from one program into another. */
  public boolean isFree(String from, String to) {
    return !from.isEmpty() && !to.isEmpty() && free.contains(from) && free.contains(to);
  }
}
