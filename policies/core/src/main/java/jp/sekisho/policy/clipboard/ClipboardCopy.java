package jp.sekisho.policy.clipboard;

import java.util.List;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.setting.DataSize;
import org.jspecify.annotations.Nullable;

/**
 * Something on its way from one program to another.
 *
 * @param from name of the program it was copied in; empty when it is not known
 * @param to name of the program it would be pasted in; empty when it is not known
 * @param formats what it is; empty when that is not known
 * @param size how much
 * @param scanned its text was searched for numbers to the end
 * @param number the highest score found; null for none
 */
public record ClipboardCopy(
    String from,
    String to,
    List<CopyFormat> formats,
    DataSize size,
    boolean scanned,
    @Nullable Score number) {
  /** Makes the formats unmodifiable. */
  public ClipboardCopy {
    formats = List.copyOf(formats);
  }
}
