package jp.sekisho.protocol.event;

import java.util.Map;

/**
 * Which rule of the signed policy decided about an act, as its entry says it. The rule's reason is
 * in the policy, whose version and hash the log has; it is not repeated in each entry.
 *
 * @param effect {@code allow}, {@code audit} (let in and marked) or {@code block}
 * @param rule id of the rule
 * @param layer {@code built-in}, {@code common}, {@code organ}, {@code division} or {@code group}
 */
public record Ruling(String effect, String rule, String layer) {
  void into(Map<String, Object> data) {
    data.put("effect", effect);
    data.put("rule", rule);
    data.put("layer", layer);
  }
}
