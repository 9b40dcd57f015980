package jp.sekisho.server.web;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import jp.sekisho.server.policy.PolicyImport;
import jp.sekisho.server.terminal.RunningServer;

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

  /** Lets a service take in such a policy with these settings, signed by one officer. */
  public static void importInto(
      RunningServer server, FileSigner officer, long version, SettingValues settings)
      throws Exception {
    String line =
        Files.readAllLines(server.installation.directory().keys().resolve("online.key")).getFirst();
    Root root =
        new Root(
            1,
            List.of(new Root.Officer("S-3001", officer.key())),
            new TrustKey(line.substring("public ".length())),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of());
    Instant now = server.clock.instant();
    PolicyImport.Outcome outcome =
        server
            .context
            .getBean(PolicyImport.class)
            .importFiles(
                file(officer, TrustKind.ROOT, 1, now, root.bytes()),
                file(officer, TrustKind.POLICY, version, now, bytes(AddressMatch.FLAG, settings)));
    if (!(outcome instanceof PolicyImport.Outcome.Imported)) {
      throw new AssertionError(outcome);
    }
  }

  private static SignedFile file(
      FileSigner by, TrustKind kind, long version, Instant at, byte[] body) throws Exception {
    Instant now = at.truncatedTo(ChronoUnit.SECONDS);
    return SignedFile.sign(
        TrustHeader.of(
            kind, null, version, now, now.plus(kind.maxLife()), true, List.of(by.key().id()), body),
        body,
        List.of(by));
  }
}
