package jp.sekisho.policy;

import java.util.Map;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.usb.UsbEvaluator;

/** The rules no policy can change, with their reasons. */
final class BuiltIn {
  /** A login needs two factors. */
  static final String TWO_FACTORS = "built-in.two-factors";

  /** Offline logins are by card, and only with a known past. */
  static final String OFFLINE = "built-in.offline";

  /** A request that does not say what it must. */
  static final String REQUEST = "built-in.request";

  /** Two persons decide, never the applicant. */
  static final String APPROVER = "built-in.approver";

  /** A setting nobody named. */
  static final String UNSET = "built-in.unset";

  /** A grant that is for something else, or over. */
  static final String GRANT = "built-in.grant";

  /** The policy, or a layer of it, is over. */
  static final String LAPSED = "built-in.lapsed";

  private static final Map<String, Reason> REASONS =
      Map.ofEntries(
          reason(UsbEvaluator.SYSTEM_DISK, "システムが起動したディスクです。", "The disk the system runs from."),
          reason(
              UsbEvaluator.MALFORMED,
              "機器の申告が正しく読めないため遮断します。",
              "What the device says of itself cannot be read whole."),
          reason(
              UsbEvaluator.KEYBOARD_AT_START,
              "起動時から使われているキーボードです。",
              "The keyboard was in use when the gate started."),
          reason(
              UsbEvaluator.FURTHER_KEYBOARD,
              "二台目のキーボードは確認されるまで使えません。",
              "A further keyboard waits until it is confirmed."),
          reason(UsbEvaluator.KEYBOARD, "最初のキーボードは遮断しません。", "The first keyboard is never blocked."),
          reason(UsbEvaluator.HUB, "ハブは遮断しません。", "Hubs are never blocked."),
          reason(
              UsbEvaluator.SMART_CARD, "カードリーダーは遮断しません。", "Smart-card readers are never blocked."),
          reason(
              UsbEvaluator.INPUT,
              "ポインターとセキュリティキーは遮断しません。",
              "Pointers and security keys are never blocked."),
          reason(TWO_FACTORS, "ログインには二つの要素が必要です。", "A login needs two factors."),
          reason(
              OFFLINE,
              "サーバーにつながらないときは、条件を満たす職員証だけでログインできます。",
              "Without the service only staff cards log in, and only within the limits."),
          reason(REQUEST, "申請に必要な事項が足りません。", "The request does not say what it must."),
          reason(
              APPROVER,
              "承認者は申請者以外の登録された職員でなければなりません。",
              "Approvers are registered persons other than the applicant."),
          reason(
              LAPSED,
              "ポリシーの期限が切れているため、同じ端末の職員証だけでログインできます。",
              "The policy is over, so only staff cards log in, at their own terminal."),
          reason(
              UNSET,
              "ポリシーに定めがないため、最も厳しい扱いとします。",
              "The policy does not name it, so the strictest value holds."),
          reason(
              GRANT,
              "この許可では使えません（対象・端末・本人・期間のいずれかが違います）。",
              "The grant is for another act, terminal, person or time."));

  private BuiltIn() {}

  /** The decision by the rule called {@code id}. */
  static Decision decision(String id, Effect effect) {
    Reason reason = REASONS.get(id);
    if (reason == null) {
      throw new IllegalArgumentException("no built-in rule " + id);
    }
    return new Decision(effect, id, Layer.BUILT_IN, reason);
  }

  private static Map.Entry<String, Reason> reason(String id, String ja, String en) {
    return Map.entry(id, new Reason(ja, en));
  }
}
