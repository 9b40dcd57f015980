package jp.sekisho.policy.audit;

import java.util.List;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shapes;

/** Settings of the section {@code audit}. */
public final class AuditSettings {
  /** Years for which entries are kept: 1 to 10. */
  public static final Setting<Integer> RETENTION =
      Setting.optional("audit.retention-years", Shapes.count(1, 10), Order.larger(), 10);

  /** What auditors are asked to go through. */
  public static final Setting<List<AuditPreset>> PRESETS =
      Setting.optional(
          "audit.presets",
          Shapes.words(AuditPreset.class, 0),
          Order.more(),
          List.of(AuditPreset.values()));

  /** What a terminal without room for records does. */
  public static final Setting<WhenFull> WHEN_FULL =
      Setting.optional(
          "audit.when-full", Shapes.word(WhenFull.class), Order.smaller(), WhenFull.STOP);

  private AuditSettings() {}

  /** All of them, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.of(RETENTION, PRESETS, WHEN_FULL);
  }
}
