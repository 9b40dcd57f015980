package jp.sekisho.policy.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.usb.EnrolledPeripheral;
import org.jspecify.annotations.Nullable;

/** What two policies differ in, rule by rule, in words an officer can read before signing. */
final class RuleWords {
  private RuleWords() {}

  /**
   * One difference.
   *
   * @param rule id
   * @param before value in words; null for a new rule
   * @param after value in words; null for a rule that is gone
   */
  record Change(String rule, @Nullable String before, @Nullable String after) {}

  /** What changes from {@code before} to {@code after}; all of it without one before. */
  static List<Change> changes(@Nullable Policy before, Policy after) {
    Map<String, Rule<?>> old = before == null ? Map.of() : byId(before);
    Map<String, Rule<?>> now = byId(after);
    List<Change> changes = new ArrayList<>();
    now.forEach((id, rule) -> {
      Rule<?> was = old.get(id);
      if (was == null) {
        changes.add(new Change(id, null, words(rule.value())));
      } else if (was.value() instanceof List<?> wasList && rule.value() instanceof List<?> list) {
        items(id, wasList, list, changes);
      } else if (!was.value().equals(rule.value())) {
        changes.add(new Change(id, words(was.value()), words(rule.value())));
      }
    });
    old.forEach((id, rule) -> {
      if (!now.containsKey(id)) {
        changes.add(new Change(id, words(rule.value()), null));
      }
    });
    return changes;
  }

  /** In a list each item that comes or goes is a line, so that one among hundreds is seen. */
  private static void items(String id, List<?> before, List<?> after, List<Change> changes) {
    for (Object item : before) {
      if (!after.contains(item)) {
        changes.add(new Change(id, words(item), null));
      }
    }
    for (Object item : after) {
      if (!before.contains(item)) {
        changes.add(new Change(id, null, words(item)));
      }
    }
  }

  private static Map<String, Rule<?>> byId(Policy policy) {
    Map<String, Rule<?>> rules = new LinkedHashMap<>();
    policy.rules().forEach(rule -> rules.put(rule.id(), rule));
    return rules;
  }

  private static String words(Object value) {
    if (value instanceof Duration duration) {
      return duration(duration);
    }
    if (value instanceof Enum<?> word) {
      return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    if (value instanceof List<?> list) {
      return "[" + String.join("; ", list.stream().map(RuleWords::words).toList()) + "]";
    }
    if (value instanceof ReaderAssignment reader) {
      return reader.name() + " → " + words(reader.role());
    }
    if (value instanceof EnrolledPeripheral device) {
      String serial = device.serial() == null ? "*" : device.serial();
      return device.vendor()
          + ":"
          + device.product()
          + " "
          + serial
          + " "
          + String.join(",", device.interfaces());
    }
    if (value instanceof Approver approver) {
      return approver.person() + " (" + approver.organ() + ") " + approver.spki();
    }
    return value.toString();
  }

  private static String duration(Duration duration) {
    long seconds = duration.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
