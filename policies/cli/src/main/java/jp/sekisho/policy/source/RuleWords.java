package jp.sekisho.policy.source;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.Settings;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.RecipientCertificate;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.Comparison;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.setting.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * What two policies differ in, setting by setting, in words an officer can read before signing, and
 * whether each is stricter or wider.
 */
final class RuleWords {
  /** The roles of readers, which are rules of their own. */
  private static final String ROLES = "readers.roles";

  private RuleWords() {}

  /**
   * One difference.
   *
   * @param setting path of what is set; its name in words is the message {@code setting.<path>}
   * @param rule id of the rule now, or of the one that is gone
   * @param before value in words; null where the item is new
   * @param after value in words; null for an item that is gone
   * @param comparison whether the setting as a whole is stricter or wider
   */
  record Change(
      String setting,
      String rule,
      @Nullable String before,
      @Nullable String after,
      Comparison comparison) {

    /** One line: the rule, both values, the setting in words, and which way it goes. */
    String line(Messages messages) {
      String none = messages.text("sign.none");
      return "  "
          + rule
          + ": "
          + (before == null ? none : before)
          + " → "
          + (after == null ? none : after)
          + " — "
          + messages.text("setting." + setting)
          + ": "
          + messages.text("diff." + Shapes.text(comparison));
    }
  }

  /**
   * What changes from {@code before} to {@code after}. Without one before, everything is new and
   * compared with the strictest values there are.
   */
  static List<Change> changes(@Nullable Policy before, Policy after) {
    List<Change> changes = new ArrayList<>();
    boolean bared = before != null && isBared(before.values(), after.values());
    Settings.all().forEach(setting -> compare(setting, before, after, bared, changes));
    roles(before == null ? List.of() : before.readers().roles(), after.readers().roles(), changes);
    return changes;
  }

  /** Whether what is encrypted for a recipient's key before leaves by a passphrase afterwards. */
  private static boolean isBared(SettingValues before, SettingValues after) {
    Set<String> bare = recipients(before);
    bare.removeAll(recipients(after));
    return !Collections.disjoint(bare, after.value(GrantSettings.RECIPIENTS));
  }

  private static Set<String> recipients(SettingValues values) {
    return values.value(GrantSettings.RECIPIENT_CERTIFICATES).stream()
        .map(RecipientCertificate::recipient)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static <T> void compare(
      Setting<T> setting,
      @Nullable Policy before,
      Policy after,
      boolean bared,
      List<Change> changes) {
    Rule<T> was = before == null ? null : before.values().rule(setting).orElse(null);
    Rule<T> is = after.values().rule(setting).orElse(null);
    if (was == null && is == null) {
      return;
    }
    T from = was == null ? setting.strictest() : was.value();
    T to = is == null ? setting.strictest() : is.value();
    Comparison comparison =
        bared && setting == GrantSettings.RECIPIENT_CERTIFICATES
            ? Comparison.WIDER
            : setting.order().compare(from, to);
    String rule = is == null ? String.valueOf(was == null ? null : was.id()) : is.id();
    if (was != null && is != null && from instanceof List<?> items && to instanceof List<?> now) {
      items(setting, rule, items, now, comparison, changes);
    } else if (was == null || is == null || !from.equals(to)) {
      changes.add(
          new Change(
              setting.path(),
              rule,
              was == null ? null : ValueWords.of(from),
              is == null ? null : ValueWords.of(to),
              comparison));
    }
  }

  /** In a list each item that comes or goes is a line, so that one among hundreds is seen. */
  private static void items(
      Setting<?> setting,
      String rule,
      List<?> before,
      List<?> after,
      Comparison comparison,
      List<Change> changes) {
    for (Object item : before) {
      if (!after.contains(item)) {
        String words = ValueWords.of(item);
        changes.add(new Change(setting.path(), rule, words, null, comparison));
      }
    }
    for (Object item : after) {
      if (!before.contains(item)) {
        String words = ValueWords.of(item);
        changes.add(new Change(setting.path(), rule, null, words, comparison));
      }
    }
  }

  private static void roles(
      List<Rule<ReaderAssignment>> before,
      List<Rule<ReaderAssignment>> after,
      List<Change> changes) {
    Map<String, String> old = byId(before);
    Map<String, String> now = byId(after);
    now.forEach((id, words) -> {
      String was = old.get(id);
      if (!words.equals(was)) {
        changes.add(new Change(ROLES, id, was, words, Comparison.OTHER));
      }
    });
    old.forEach((id, words) -> {
      if (!now.containsKey(id)) {
        changes.add(new Change(ROLES, id, words, null, Comparison.OTHER));
      }
    });
    if (changes.stream().noneMatch(change -> change.setting().equals(ROLES))
        && !List.copyOf(old.keySet()).equals(List.copyOf(now.keySet()))) {
      String was = String.join(", ", old.keySet());
      String words = String.join(", ", now.keySet());
      changes.add(new Change(ROLES, ROLES, was, words, Comparison.OTHER));
    }
  }

  private static Map<String, String> byId(List<Rule<ReaderAssignment>> roles) {
    Map<String, String> words = new LinkedHashMap<>();
    roles.forEach(role -> words.put(role.id(), ValueWords.of(role.value())));
    return words;
  }

  /** Whether anything is permitted now that was not before. */
  static boolean widens(List<Change> changes) {
    return changes.stream()
        .anyMatch(change ->
            change.comparison() == Comparison.WIDER || change.comparison() == Comparison.OTHER);
  }
}
