package jp.sekisho.agent.testing;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.Segment;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginRules;
import jp.sekisho.policy.reader.JpkiStaffLogin;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.reader.ReaderRules;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.Current;
import jp.sekisho.policy.trust.Current.Listed;
import jp.sekisho.policy.trust.FileSigner;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.policy.trust.Roster;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustBundle;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;

/** A trial's officer and online key, and bundles they sign for the mayor's 機関. */
public final class SignedSet {
  private final FileSigner officer = FileSigner.of(TestPki.newKeys());
  private final FileSigner online = FileSigner.of(TestPki.newKeys());
  private final SignedFile root;

  public SignedSet(Instant now) {
    this(now, List.of());
  }

  /** With pins of these CAs of staff cards. */
  public SignedSet(Instant now, List<String> staffCas) {
    Root body =
        new Root(
            1,
            List.of(new Officer("S-3001", officer.key())),
            online.key(),
            staffCas,
            List.of(),
            List.of(),
            List.of(),
            List.of());
    root = file(TrustKind.ROOT, null, 1, now, body.bytes(), officer);
  }

  /** What a ticket pins. */
  public String rootHash() {
    return root.hash();
  }

  /** A bundle made at {@code now}; its current's version is that second. */
  public TrustBundle bundle(
      long policyVersion, Instant now, List<Approver> approvers, Map<String, String> cards) {
    return bundle(policyVersion, now, policy(approvers), cards);
  }

  /** As the other, of a whole policy. */
  public TrustBundle bundle(
      long policyVersion, Instant now, Policy rules, Map<String, String> cards) {
    SignedFile policy = file(TrustKind.POLICY, null, policyVersion, now, rules.bytes(), officer);
    SignedFile roster =
        file(
            TrustKind.ROSTER,
            "mayor",
            now.getEpochSecond(),
            now,
            new Roster(cards).bytes(),
            online);
    Current current =
        new Current(Listed.of(root), Listed.of(policy), List.of(Listed.of(roster)), List.of());
    return new TrustBundle(
        List.of(root),
        policy,
        roster,
        file(TrustKind.CURRENT, null, now.getEpochSecond(), now, current.bytes(), online));
  }

  /** The same files under a current of {@code now}. */
  public TrustBundle renewed(TrustBundle files, Instant now) {
    Current current =
        new Current(
            Listed.of(root),
            Listed.of(files.policy()),
            List.of(Listed.of(files.roster())),
            List.of());
    return new TrustBundle(
        files.roots(),
        files.policy(),
        files.roster(),
        file(TrustKind.CURRENT, null, now.getEpochSecond(), now, current.bytes(), online));
  }

  private static SignedFile file(
      TrustKind kind,
      @Nullable String organ,
      long version,
      Instant now,
      byte[] body,
      FileSigner by) {
    Instant issued = now.truncatedTo(ChronoUnit.SECONDS);
    try {
      return SignedFile.sign(
          TrustHeader.of(
              kind,
              organ,
              version,
              issued,
              issued.plus(kind.maxLife()),
              true,
              List.of(by.key().id()),
              body),
          body,
          List.of(by));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A rule with a reason. */
  public static <T> Rule<T> rule(String id, T value) {
    return new Rule<>(id, new Reason("試験", "for a test"), value);
  }

  /** A policy with these approvers. */
  public static Policy policy(List<Approver> approvers) {
    return policy(approvers, SettingValues.NONE);
  }

  /** A policy with these approvers and further settings. */
  public static Policy policy(List<Approver> approvers, SettingValues more) {
    return new Policy(
        rule("segment", Segment.MY_NUMBER),
        new LoginRules(
            rule("login.absolute", Duration.ofHours(12)),
            rule("login.idle", Duration.ofMinutes(15)),
            rule("login.lock", Duration.ofMinutes(5)),
            rule("login.end", Duration.ofMinutes(30)),
            rule("login.address", AddressMatch.REQUIRE),
            rule("login.cards", List.of(CardKind.STAFF_PIV))),
        new ReaderRules(
            rule("readers.jpki", JpkiStaffLogin.OFF),
            List.of(rule("readers.all", new ReaderAssignment("*", ReaderRole.STAFF)))),
        new UsbRules(
            rule("usb.storage", StorageAccess.GRANT_ONLY),
            rule("usb.unlisted", UnlistedDevices.BLOCK),
            rule("usb.enrolled", List.of())),
        new GrantRules(
            rule("grants.use", Duration.ofHours(1)),
            rule("grants.span", Duration.ofDays(7)),
            rule("grants.approvers", approvers)),
        more);
  }
}
