package jp.sekisho.server.grant;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jp.sekisho.policy.PolicyEvaluator;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.server.web.SamplePolicy;
import org.jdbi.v3.core.Handle;

/** Rules of exceptions as a test has them at the moment; the terminals obey no further layers. */
final class PolicyRules implements SignedRules {
  private Rules rules = new Rules.None();
  private Optional<PolicyEvaluator> evaluator = Optional.empty();

  /** None were ever imported. */
  void none() {
    rules = new Rules.None();
    evaluator = Optional.empty();
  }

  /** They are over. */
  void lapsed() {
    rules = new Rules.Lapsed();
    evaluator = Optional.empty();
  }

  /** The common ones count, and a layer of the terminals is over. */
  void layerLapsed() {
    evaluator = Optional.empty();
  }

  /** These count. */
  void of(GrantRules grants, SettingValues settings) {
    rules = new Rules.InForce(grants, settings);
    evaluator =
        Optional.of(PolicyEvaluator.by(SamplePolicy.policy(AddressMatch.FLAG, grants, settings)));
  }

  /** For so long a use, with these approvers of the mayor's. */
  static GrantRules rules(Duration use, List<Approver> approvers) {
    return new GrantRules(rule("g1", use), rule("g2", Duration.ofDays(1)), rule("g3", approvers));
  }

  /** Any medium is read, by one approval, with nothing demanded. */
  static SettingValues.Builder reading() {
    return put(
        put(
            put(
                put(
                    put(
                        new SettingValues.Builder(),
                        GrantSettings.CAPABILITIES,
                        List.of(GrantCapability.USB_READ)),
                    GrantSettings.SECOND_APPROVER,
                    List.of(GrantCapability.EXPORT_PLAIN)),
                GrantSettings.ATTENDANT,
                List.of(GrantCapability.EXPORT_PLAIN)),
            GrantSettings.FIELDS,
            List.<GrantField>of()),
        UsbSettings.MEDIA,
        List.of(UsbSettings.EVERY_REGISTERED));
  }

  /** Files leave too: ten of a mebibyte together, for {@code prefecture}. */
  static SettingValues.Builder leaving() {
    return put(
        put(
            put(
                put(
                    reading(),
                    GrantSettings.CAPABILITIES,
                    List.of(
                        GrantCapability.USB_READ,
                        GrantCapability.USB_EXPORT_ENCRYPTED,
                        GrantCapability.EXPORT_PLAIN)),
                GrantSettings.RECIPIENTS,
                List.of("prefecture")),
            GrantSettings.MOST_FILES,
            10),
        GrantSettings.MOST_DATA,
        new DataSize(1 << 20));
  }

  static <T> SettingValues.Builder put(SettingValues.Builder values, Setting<T> setting, T value) {
    return values.put(setting, rule("x." + setting.name(), value));
  }

  private static <T> Rule<T> rule(String id, T value) {
    return new Rule<>(id, new Reason("理由", "reason"), value);
  }

  @Override
  public Rules in(Handle handle) {
    return rules;
  }

  @Override
  public Optional<PolicyEvaluator> at(Handle handle, String organ, String terminal) {
    return evaluator;
  }
}
