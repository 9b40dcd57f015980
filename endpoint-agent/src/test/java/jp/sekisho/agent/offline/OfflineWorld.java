package jp.sekisho.agent.offline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import jp.sekisho.agent.login.StaffNumbers;
import jp.sekisho.agent.testing.SignedSet;
import jp.sekisho.agent.testing.TestPki;
import jp.sekisho.policy.calendar.CalendarSettings;
import jp.sekisho.policy.calendar.Hours;
import jp.sekisho.policy.calendar.Weekday;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.trust.TrustOutcome;
import jp.sekisho.policy.trust.TrustVerifier;
import jp.sekisho.policy.trust.TrustedState;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.OnlineLogin;
import jp.sekisho.protocol.OnlineLogins;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/** A terminal and its clocks, as a test moves them, from Friday 20 November 2026, 17:15. */
final class OfflineWorld {
  static final String CLERK = "S-1024";
  static final Instant START = at("2026-11-20T17:15");
  private static final String PIN = Sha256.text(new byte[] {1});

  /** Japan's time. */
  static Instant at(String local) {
    return ZonedDateTime.parse(local + ":00+09:00[Asia/Tokyo]").toInstant();
  }

  final Path file;
  final X509Certificate certificate;
  final String spki;
  Instant wall = START;
  Duration sinceBoot = Duration.ofHours(9);
  String boot = id(1);
  private int boots = 1;
  @Nullable TrustedState trust;
  StaffNumbers.Outcome number = new StaffNumbers.Outcome.Carries(CLERK);
  Contacts contacts;

  /** With a clerk whose card has these keys. */
  OfflineWorld(Path file, KeyPair keys) {
    this(
        file,
        new TestPki("staff CA")
            .issue(keys.getPublic(), "staff", START, START.plus(Duration.ofDays(400))));
  }

  /** With a clerk whose card has this certificate. */
  OfflineWorld(Path file, X509Certificate certificate) {
    this.file = file;
    this.certificate = certificate;
    this.spki = Sha256.text(certificate.getPublicKey().getEncoded());
    this.contacts = open(Optional.empty());
    sign(START, policy -> policy);
  }

  static String id(int number) {
    byte[] id = new byte[16];
    id[0] = (byte) number;
    return Base64Url.encode(id);
  }

  Contacts open(Optional<String> lastRecorded) {
    return Contacts.open(file, boot, lastRecorded, () -> sinceBoot, () -> wall);
  }

  /** 3 opening days, 48 hours, 20 boots, 14 days; Monday to Friday, the real holidays. */
  static SettingValues.Builder usual() {
    return new SettingValues.Builder()
        .put(LoginSettings.FACTORS, SignedSet.rule("login.factors", List.of(LoginFactors.CARD_PIN)))
        .put(LoginSettings.OFFLINE_DAYS, SignedSet.rule("login.offline-days", 3))
        .put(LoginSettings.OFFLINE_POWER, SignedSet.rule("login.offline-power", Duration.ofDays(2)))
        .put(LoginSettings.OFFLINE_BOOTS, SignedSet.rule("login.offline-boots", 20))
        .put(
            LoginSettings.OFFLINE_KNOWN, SignedSet.rule("login.offline-known", Duration.ofDays(14)))
        .put(
            CalendarSettings.OPEN_DAYS,
            SignedSet.rule(
                "calendar.open-days",
                List.of(Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)))
        .put(
            CalendarSettings.HOURS,
            SignedSet.rule("calendar.hours", new Hours(LocalTime.of(8, 0), LocalTime.of(17, 30))))
        .put(
            CalendarSettings.HOLIDAYS,
            SignedSet.rule(
                "calendar.holidays",
                List.of(
                    LocalDate.of(2026, 11, 23),
                    LocalDate.of(2026, 12, 29),
                    LocalDate.of(2026, 12, 30),
                    LocalDate.of(2026, 12, 31),
                    LocalDate.of(2027, 1, 1))));
  }

  /** Files of {@code made} with this policy; the clerk's card stands in the roster. */
  void sign(Instant made, UnaryOperator<SettingValues.Builder> policy) {
    sign(made, policy, Map.of(spki, CLERK));
  }

  void sign(Instant made, UnaryOperator<SettingValues.Builder> policy, Map<String, String> cards) {
    SignedSet signed = new SignedSet(made, List.of(PIN));
    TrustOutcome outcome =
        new TrustVerifier("mayor", "T-0042", signed.rootHash())
            .accept(
                null,
                signed.bundle(
                    1,
                    made,
                    SignedSet.policy(List.of(), policy.apply(usual()).build()),
                    new HashMap<>(cards)),
                made);
    trust = ((TrustOutcome.Accepted) outcome).state();
  }

  OfflineGate gate() {
    return new OfflineGate(() -> Optional.ofNullable(trust), contacts, this::number);
  }

  private StaffNumbers.Outcome number(
      CardKind kind, X509Certificate shown, Collection<String> pins) {
    return pins.contains(PIN) ? number : new StaffNumbers.Outcome.No(Refusal.CERT_UNTRUSTED);
  }

  /** The service answers, and the clerk is logged in there. */
  OfflineWorld online() {
    contacts.heard(wall);
    contacts.logins(new OnlineLogins(List.of(new OnlineLogin(CLERK, spki, wall.toString()))));
    return this;
  }

  /** The service answers on another day, with files of that day. */
  OfflineWorld onlineAt(String local) {
    wall = at(local);
    sign(wall, policy -> policy);
    return online();
  }

  /** Time goes by on a terminal that is on, suspended or not; looked at now and then. */
  void on(Duration time) {
    for (Duration gone = Duration.ZERO; gone.compareTo(time) < 0; ) {
      Duration step = Duration.ofMinutes(30);
      step = time.minus(gone).compareTo(step) < 0 ? time.minus(gone) : step;
      gone = gone.plus(step);
      wall = wall.plus(step);
      sinceBoot = sinceBoot.plus(step);
      contacts.silent();
    }
  }

  /** Suspended: nothing looks, the boot clock goes on. */
  void suspended(Duration time) {
    wall = wall.plus(time);
    sinceBoot = sinceBoot.plus(time);
  }

  /** Shut down for that time, then the next boot's agent. */
  void off(Duration time) {
    contacts.mark();
    wall = wall.plus(time);
    String before = boot;
    boot = id(++boots);
    sinceBoot = Duration.ofSeconds(20);
    contacts = open(Optional.of(before));
  }

  /** Shut down until that time. */
  void offUntil(String local) {
    off(Duration.between(wall, at(local)));
  }

  /** {@code S-1024}, or the refusal's code with the rule where one decided. */
  String judged() {
    OfflineGate.Verdict verdict = gate().judge(CardKind.STAFF_PIV, certificate);
    if (verdict instanceof OfflineGate.Verdict.Yes yes) {
      return yes.person();
    }
    OfflineGate.Verdict.No no = (OfflineGate.Verdict.No) verdict;
    return no.reason() + (no.by() == null ? "" : " " + no.by().rule());
  }

  void damage(String text) throws IOException {
    Files.writeString(file, text);
  }
}
