package jp.sekisho.agent.enforce.clipboard;

import java.util.List;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.setting.DataSize;
import org.jspecify.annotations.Nullable;

/**
 * A paste that {@code session} asks about: facts, never content. The session process is the user's
 * own, so they are believed no further than deterrence goes.
 *
 * @param from name of the program it was copied in; empty when it is not known
 * @param to name of the program that wants it; empty when it is not known
 * @param formats what it is; empty when that is not known
 * @param bytes how much
 * @param searched its text was searched for numbers to the end
 * @param number the highest score found; null for none
 */
public record Crossing(
    Board board,
    String from,
    String to,
    List<CopyFormat> formats,
    long bytes,
    boolean searched,
    @Nullable Score number) {
  public Crossing {
    formats = List.copyOf(formats);
  }

  /** As the policy judges it. */
  ClipboardCopy copy() {
    return new ClipboardCopy(from, to, formats, new DataSize(bytes), searched, number);
  }
}
