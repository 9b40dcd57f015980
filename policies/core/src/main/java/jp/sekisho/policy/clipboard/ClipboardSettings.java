package jp.sekisho.policy.clipboard;

import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shapes;

/** Settings of the section {@code clipboard}. */
public final class ClipboardSettings {
  /** A program's name as the system gives it, in lower case: {@code juki.exe}. */
  public static final Pattern PROGRAM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  /** How copies are treated. */
  public static final Setting<ClipboardMode> MODE =
      Setting.optional(
          "clipboard.mode", Shapes.word(ClipboardMode.class), Order.smaller(), ClipboardMode.BLOCK);

  /** The business programs between which paste is free. */
  public static final Setting<List<String>> PROGRAMS =
      Setting.optional(
          "clipboard.programs",
          Shapes.list(Shapes.text(PROGRAM), 0, 500),
          Order.fewer(),
          List.of());

  /** What may be copied over a boundary in {@link ClipboardMode#GUARD}. */
  public static final Setting<List<CopyFormat>> FORMATS =
      Setting.optional(
          "clipboard.formats", Shapes.words(CopyFormat.class, 0), Order.fewer(), List.of());

  /** Largest copy over a boundary in {@link ClipboardMode#GUARD}. */
  public static final Setting<DataSize> LARGEST =
      Setting.optional(
          "clipboard.largest", Shapes.size(new DataSize(1 << 30)), Order.smaller(), DataSize.NONE);

  /** What a possible 個人番号 does at a boundary in {@link ClipboardMode#GUARD}. */
  public static final Setting<NumberRule> NUMBER =
      Setting.optional(
          "clipboard.number", Shapes.word(NumberRule.class), Order.smaller(), NumberRule.BLOCK);

  /** From which score on {@link #NUMBER} applies. */
  public static final Setting<Score> NUMBER_SCORE =
      Setting.optional(
          "clipboard.number-score", Shapes.word(Score.class), Order.smaller(), Score.LOW);

  private ClipboardSettings() {}

  /** All of them, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.of(MODE, PROGRAMS, FORMATS, LARGEST, NUMBER, NUMBER_SCORE);
  }
}
