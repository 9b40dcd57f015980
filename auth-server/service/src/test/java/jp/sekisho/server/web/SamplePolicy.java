package jp.sekisho.server.web;

import java.time.Duration;
import java.util.List;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.Segment;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginRules;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.reader.JpkiStaffLogin;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.reader.ReaderRules;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.protocol.CardKind;

/** A small compiled policy, for tests that need any. */
public final class SamplePolicy {
  private SamplePolicy() {}

  private static <T> Rule<T> rule(String id, T value) {
    return new Rule<>(id, new Reason("試験", "for a test"), value);
  }

  /** By card and PIN only. */
  static byte[] bytes() {
    return bytes(List.of(LoginFactors.CARD_PIN));
  }

  /** With these factors of a login. */
  public static byte[] bytes(List<LoginFactors> factors) {
    return bytes(
        AddressMatch.FLAG,
        new SettingValues.Builder()
            .put(LoginSettings.FACTORS, rule("login.factors", factors))
            .build());
  }

  /** With this rule for the addresses of browser and terminal, and these settings. */
  public static byte[] bytes(AddressMatch address, SettingValues settings) {
    return policy(
            address,
            new GrantRules(
                rule("grants.use", Duration.ofHours(1)),
                rule("grants.span", Duration.ofDays(7)),
                rule("grants.approvers", List.of())),
            settings)
        .bytes();
  }

  /** With these rules of exceptions, and these settings. */
  public static Policy policy(AddressMatch address, GrantRules grants, SettingValues settings) {
    return new Policy(
        rule("segment", Segment.MY_NUMBER),
        new LoginRules(
            rule("login.absolute", Duration.ofHours(12)),
            rule("login.idle", Duration.ofMinutes(15)),
            rule("login.lock", Duration.ofMinutes(5)),
            rule("login.end", Duration.ofMinutes(30)),
            rule("login.address", address),
            rule("login.cards", List.of(CardKind.STAFF_PIV))),
        new ReaderRules(
            rule("readers.jpki", JpkiStaffLogin.OFF),
            List.of(rule("readers.all", new ReaderAssignment("*", ReaderRole.STAFF)))),
        new UsbRules(
            rule("usb.storage", StorageAccess.GRANT_ONLY),
            rule("usb.unlisted", UnlistedDevices.BLOCK),
            rule("usb.enrolled", List.of())),
        grants,
        settings);
  }
}
