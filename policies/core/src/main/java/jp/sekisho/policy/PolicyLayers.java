package jp.sekisho.policy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.RecipientCertificate;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;

/**
 * Combines layers (共通 → 機関 → 課 → 端末グループ) by the stricter value.
 *
 * <p>The result permits nothing that any one layer forbids, whatever the layers say and in whatever
 * order they come; a lower layer that tries to widen something is ignored there. Whoever compiles
 * policies refuses such a layer before ({@link #widens}). A setting the common layer leaves out has
 * its strictest value, whatever lower layers say.
 */
public final class PolicyLayers {
  private PolicyLayers() {}

  /**
   * The policy of a terminal.
   *
   * @param common what holds everywhere; names every required setting and a role for every reader
   * @param lower the layers below
   * @throws IllegalArgumentException if {@code common} is no whole policy
   */
  public static Policy combine(PolicyLayer common, List<PolicyLayer> lower) {
    SettingValues.Builder all = new SettingValues.Builder();
    Settings.all().forEach(setting -> put(all, setting, common, lower));
    List<Rule<ReaderAssignment>> roles = new ArrayList<>();
    lower.stream()
        .flatMap(layer -> layer.roles().stream())
        .filter(PolicyLayers::takesAway)
        .forEach(roles::add);
    roles.addAll(common.roles());
    return Policy.of(encrypted(consistent(all.build()), common, lower), roles);
  }

  /** Whether a role of a lower layer only takes a reader away; for every reader, it needs none. */
  public static boolean takesAway(Rule<ReaderAssignment> role) {
    return role.value().role() == ReaderRole.RESIDENT && !role.value().name().equals("*");
  }

  /**
   * Whether {@code lower} permits something by {@code setting} that {@code upper} does not; where
   * {@code upper} is silent, that its strictest value does not.
   */
  public static <T> boolean widens(Setting<T> setting, SettingValues upper, SettingValues lower) {
    Optional<Rule<T>> rule = lower.rule(setting);
    return rule.isPresent() && !setting.order().tightens(rule.get().value(), upper.value(setting));
  }

  private static <T> void put(
      SettingValues.Builder all, Setting<T> setting, PolicyLayer common, List<PolicyLayer> lower) {
    Optional<Rule<T>> first = common.values().rule(setting);
    if (first.isEmpty()) {
      return;
    }
    Rule<T> rule = first.get();
    for (PolicyLayer layer : lower) {
      rule = stricter(setting, rule, layer.values().rule(setting));
    }
    all.put(setting, rule);
  }

  private static <T> Rule<T> stricter(Setting<T> setting, Rule<T> upper, Optional<Rule<T>> lower) {
    if (lower.isEmpty() || setting.order().tightens(upper.value(), lower.get().value())) {
      return upper;
    }
    T meet = setting.order().meet(upper.value(), lower.get().value());
    return lower.get().with(meet);
  }

  /**
   * Without the recipients of whom a layer names a certificate while the combination has none: for
   * whom one layer encrypts, no other brings it about that a passphrase does.
   */
  private static SettingValues encrypted(
      SettingValues all, PolicyLayer common, List<PolicyLayer> lower) {
    Set<String> bare =
        Stream.concat(Stream.of(common), lower.stream())
            .flatMap(layer -> recipients(layer.values()))
            .collect(Collectors.toSet());
    recipients(all).forEach(bare::remove);
    Optional<Rule<List<String>>> named = all.rule(GrantSettings.RECIPIENTS);
    if (named.isEmpty() || Collections.disjoint(named.get().value(), bare)) {
      return all;
    }
    List<String> left = named.get().value().stream().filter(one -> !bare.contains(one)).toList();
    SettingValues.Builder changed = new SettingValues.Builder();
    all.settings().forEach(setting -> changed.copy(setting, all));
    return changed.put(GrantSettings.RECIPIENTS, named.get().with(left)).build();
  }

  private static Stream<String> recipients(SettingValues values) {
    return values.value(GrantSettings.RECIPIENT_CERTIFICATES).stream()
        .map(RecipientCertificate::recipient);
  }

  /** A suspension cannot outlast the session: where one layer shortens the one, so the other. */
  private static SettingValues consistent(SettingValues all) {
    Duration absolute = all.value(LoginSettings.SESSION_ABSOLUTE);
    Optional<Rule<Duration>> toEnd = all.rule(LoginSettings.LOCK_TO_END);
    if (toEnd.isEmpty() || toEnd.get().value().compareTo(absolute) <= 0) {
      return all;
    }
    SettingValues.Builder changed = new SettingValues.Builder();
    all.settings().forEach(setting -> changed.copy(setting, all));
    return changed.put(LoginSettings.LOCK_TO_END, toEnd.get().with(absolute)).build();
  }
}
