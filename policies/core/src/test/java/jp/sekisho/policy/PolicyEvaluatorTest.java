package jp.sekisho.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import jp.sekisho.policy.calendar.CalendarSettings;
import jp.sekisho.policy.calendar.Counter;
import jp.sekisho.policy.calendar.Election;
import jp.sekisho.policy.calendar.Hours;
import jp.sekisho.policy.calendar.Weekday;
import jp.sekisho.policy.clipboard.ClipboardCopy;
import jp.sekisho.policy.clipboard.ClipboardMode;
import jp.sekisho.policy.clipboard.ClipboardSettings;
import jp.sekisho.policy.clipboard.CopyFormat;
import jp.sekisho.policy.clipboard.NumberRule;
import jp.sekisho.policy.grant.Approver;
import jp.sekisho.policy.grant.GrantAsk;
import jp.sekisho.policy.grant.GrantCapability;
import jp.sekisho.policy.grant.GrantDemand;
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.media.MediaAccess;
import jp.sekisho.policy.media.MediaKind;
import jp.sekisho.policy.media.MediaSettings;
import jp.sekisho.policy.number.Score;
import jp.sekisho.policy.reader.JpkiStaffLogin;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.reader.ReaderSettings;
import jp.sekisho.policy.rule.Layer;
import jp.sekisho.policy.rule.Reason;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.DataSize;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.EnrolledPeripheral;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbDevice;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.policy.usb.UsbSurroundings;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What one ordinary policy of a town decides, requirement by requirement: one list, as long as
 * theirs.
 */
class PolicyEvaluatorTest {
  private static final LocalDateTime WORK = LocalDateTime.of(2026, 11, 20, 10, 0);
  private static final UsbDevice STICK = RandomPolicies.device("080650");
  private static final Instant START = Instant.parse("2026-11-20T00:00:00Z");

  private final SettingValues.Builder values = town();

  private static <T> void put(SettingValues.Builder into, Setting<T> setting, T value) {
    into.put(setting, new Rule<>(setting.path(), new Reason("理由", "because"), value));
  }

  private static SettingValues.Builder town() {
    SettingValues.Builder town = new SettingValues.Builder();
    put(town, Settings.SEGMENT, Segment.MY_NUMBER);
    put(
        town,
        CalendarSettings.OPEN_DAYS,
        List.of(Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI));
    put(town, CalendarSettings.HOURS, new Hours(LocalTime.of(8, 30), LocalTime.of(17, 15)));
    put(town, CalendarSettings.HOLIDAYS, List.of(LocalDate.of(2026, 11, 23)));
    put(
        town,
        CalendarSettings.COUNTERS,
        List.of(
            new Counter(
                "night",
                List.of(Weekday.THU),
                new Hours(LocalTime.of(17, 15), LocalTime.of(19, 0)))));
    put(
        town,
        CalendarSettings.ELECTIONS,
        List.of(new Election("mayor", LocalDate.of(2026, 12, 6), LocalDate.of(2026, 12, 6))));
    put(town, LoginSettings.SESSION_ABSOLUTE, Duration.ofHours(12));
    put(town, LoginSettings.SESSION_IDLE, Duration.ofMinutes(15));
    put(town, LoginSettings.TERMINAL_LOCK, Duration.ofMinutes(5));
    put(town, LoginSettings.LOCK_TO_END, Duration.ofMinutes(30));
    put(town, LoginSettings.ADDRESS_MATCH, AddressMatch.REQUIRE);
    put(town, LoginSettings.CARD_KINDS, List.of(CardKind.STAFF_PIV));
    put(town, LoginSettings.FACTORS, List.of(LoginFactors.CARD_PIN));
    put(town, LoginSettings.OFFLINE_DAYS, 3);
    put(town, LoginSettings.OFFLINE_POWER, Duration.ofDays(2));
    put(town, LoginSettings.OFFLINE_BOOTS, 20);
    put(town, LoginSettings.OFFLINE_KNOWN, Duration.ofDays(14));
    put(town, ReaderSettings.JPKI_STAFF_LOGIN, JpkiStaffLogin.OFF);
    put(town, UsbSettings.STORAGE, StorageAccess.GRANT_ONLY);
    put(town, UsbSettings.UNLISTED, UnlistedDevices.BLOCK);
    put(
        town,
        UsbSettings.ENROLLED,
        List.of(new EnrolledPeripheral("0781", "5567", null, List.of("ff:ff:ff"))));
    put(town, UsbSettings.MEDIA, List.of(UsbSettings.EVERY_REGISTERED));
    put(town, ClipboardSettings.MODE, ClipboardMode.GUARD);
    put(town, ClipboardSettings.PROGRAMS, List.of("juki.exe", "zei.exe"));
    put(town, ClipboardSettings.FORMATS, List.of(CopyFormat.TEXT));
    put(town, ClipboardSettings.LARGEST, new DataSize(65_536));
    put(town, ClipboardSettings.NUMBER, NumberRule.BLOCK);
    put(town, ClipboardSettings.NUMBER_SCORE, Score.HIGH);
    put(town, MediaSettings.OPTICAL, MediaAccess.GRANT_ONLY);
    put(town, GrantSettings.LONGEST_USE, Duration.ofHours(1));
    put(town, GrantSettings.LONGEST_SPAN, Duration.ofDays(31));
    put(
        town,
        GrantSettings.APPROVERS,
        List.of(
            new Approver("S-2001", "mayor", "A".repeat(43)),
            new Approver("S-2002", "mayor", "B".repeat(42) + "A")));
    put(
        town,
        GrantSettings.CAPABILITIES,
        List.of(
            GrantCapability.USB_READ,
            GrantCapability.MEDIA_IMPORT,
            GrantCapability.USB_EXPORT_ENCRYPTED,
            GrantCapability.EXPORT_PLAIN));
    put(town, GrantSettings.SECOND_APPROVER, List.of());
    put(town, GrantSettings.ATTENDANT, List.of());
    put(town, GrantSettings.FIELDS, List.of(GrantField.DOCUMENT));
    put(town, GrantSettings.RECIPIENTS, List.of("prefecture"));
    put(town, GrantSettings.MOST_FILES, 10);
    put(town, GrantSettings.MOST_DATA, new DataSize(1 << 20));
    return town;
  }

  private PolicyEvaluator evaluator() {
    List<Rule<ReaderAssignment>> roles =
        List.of(
            new Rule<>(
                "readers.any",
                new Reason("理由", "because"),
                new ReaderAssignment("*", ReaderRole.RESIDENT)));
    return PolicyEvaluator.by(Policy.of(values.build(), roles));
  }

  private static void decided(Effect effect, String rule, Decision decision) {
    assertEquals(effect + " " + rule, decision.effect() + " " + decision.rule());
  }

  private static ExportGrant grant(String fingerprint, int days, int minutes) {
    return new ExportGrant(
        "A".repeat(22),
        "mayor",
        "S-1024",
        "T-0042",
        ExportGrant.Capability.USB_READ,
        "M-0007",
        fingerprint,
        "確認のため",
        null,
        null,
        null,
        1,
        START,
        START.plus(Duration.ofDays(days)),
        minutes);
  }

  @Test
  @DisplayName("R8: storage is blocked unless a grant opens it, an unknown device is blocked")
  void storage() {
    PolicyEvaluator town = evaluator();
    UsbSurroundings alone = UsbSurroundings.PLAIN;
    decided(Effect.GRANT_ONLY, "usb.storage", town.usb(STICK, alone, null));
    decided(
        Effect.BLOCK,
        "usb.storage",
        town.usb(RandomPolicies.device("080650", "030101"), alone, null));
    decided(Effect.ALLOW, "usb.enrolled", town.usb(RandomPolicies.device("ffffff"), alone, null));
    decided(Effect.BLOCK, "usb.unlisted", town.usb(RandomPolicies.device("020600"), alone, null));
    UsbDevice broken = new UsbDevice("1-1", new byte[] {1}, null, null, null);
    decided(Effect.BLOCK, "usb.malformed", town.usb(broken, alone, null));
  }

  @Test
  @DisplayName("R9: a grant to write, encrypted or plain, opens its medium to nobody")
  void grantToWriteOpensNothing() {
    ExportGrant read = grant(STICK.fingerprint(), 7, 30);
    for (ExportGrant.Capability capability :
        List.of(ExportGrant.Capability.USB_EXPORT_ENCRYPTED, ExportGrant.Capability.EXPORT_PLAIN)) {
      boolean plain = capability == ExportGrant.Capability.EXPORT_PLAIN;
      ExportGrant write =
          new ExportGrant(
              read.request(),
              read.organ(),
              read.person(),
              read.terminal(),
              capability,
              read.medium(),
              read.fingerprint(),
              read.reason(),
              null,
              null,
              null,
              1,
              read.start(),
              read.end(),
              read.minutes(),
              "S-2050",
              new ExportGrant.Export(
                  "prefecture", 1, 100, plain ? List.of("list.csv") : List.of()));
      decided(
          Effect.GRANT_ONLY,
          "built-in.grant",
          evaluator()
              .usb(
                  STICK,
                  UsbSurroundings.PLAIN,
                  new GrantInUse(write, "S-1024", "T-0042", START.plusSeconds(60))));
    }
  }

  private static ExportGrant copies(long bytes, int minutes) {
    ExportGrant read = grant(STICK.fingerprint(), 7, minutes);
    return new ExportGrant(
        read.request(),
        read.organ(),
        read.person(),
        read.terminal(),
        ExportGrant.Capability.CLIPBOARD,
        null,
        null,
        read.reason(),
        null,
        null,
        null,
        1,
        read.start(),
        read.end(),
        minutes,
        null,
        new ExportGrant.Bounds(0, bytes));
  }

  @Test
  @DisplayName(
      "R10, R15: a copy goes over the boundary under its grant, a 個人番号 where it guards not")
  void copiesUnderAGrant() {
    put(values, GrantSettings.CAPABILITIES, List.of(GrantCapability.CLIPBOARD));
    PolicyEvaluator town = evaluator();
    Instant now = START.plusSeconds(60);
    ClipboardCopy full =
        new ClipboardCopy("", "", List.of(CopyFormat.IMAGE), new DataSize(1000), true, null);
    GrantInUse use = new GrantInUse(copies(1000, 30), "S-1024", "T-0042", now);
    decided(Effect.BLOCK, "clipboard.formats", town.clipboard(full, null));
    decided(Effect.ALLOW, "clipboard.formats", town.clipboard(full, use));
    for (GrantInUse other :
        List.of(
            new GrantInUse(copies(999, 30), "S-1024", "T-0042", now),
            new GrantInUse(grant(STICK.fingerprint(), 7, 30), "S-1024", "T-0042", now),
            new GrantInUse(copies(1000, 30), "S-1025", "T-0042", now),
            new GrantInUse(copies(1000, 30), "S-1024", "T-0042", null))) {
      decided(Effect.GRANT_ONLY, "built-in.grant", town.clipboard(full, other));
    }
    decided(
        Effect.GRANT_ONLY,
        "grants.longest-use",
        town.clipboard(full, new GrantInUse(copies(1000, 61), "S-1024", "T-0042", now)));
    ClipboardCopy unread =
        new ClipboardCopy("", "", List.of(CopyFormat.TEXT), new DataSize(9), false, null);
    assertTrue(town.stopsNumber(unread));
    decided(Effect.BLOCK, "clipboard.number", town.clipboard(unread, use));
    decided(Effect.BLOCK, "clipboard.number", town.clipboard(copy("mail.exe", Score.HIGH), use));
    decided(Effect.AUDIT, "clipboard.mode", town.clipboard(copy("mail.exe", Score.LOW), use));
    put(values, ClipboardSettings.MODE, ClipboardMode.BLOCK);
    decided(Effect.ALLOW, "clipboard.mode", evaluator().clipboard(unread, use));
    put(values, GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ));
    decided(Effect.GRANT_ONLY, "built-in.grant", evaluator().clipboard(unread, use));
  }

  @Test
  @DisplayName("R9, R10: a grant opens its medium for its person, terminal and time, read-only")
  void grantOpens() {
    UsbSurroundings alone = UsbSurroundings.PLAIN;
    Instant now = START.plusSeconds(60);
    ExportGrant right = grant(STICK.fingerprint(), 7, 30);
    PolicyEvaluator town = evaluator();
    decided(
        Effect.READ_ONLY,
        "usb.storage",
        town.usb(STICK, alone, new GrantInUse(right, "S-1024", "T-0042", now)));
    for (GrantInUse other :
        List.of(
            new GrantInUse(right, "S-1025", "T-0042", now),
            new GrantInUse(right, "S-1024", "T-0043", now),
            new GrantInUse(right, "S-1024", "T-0042", null),
            new GrantInUse(right, "S-1024", "T-0042", START.minusSeconds(1)),
            new GrantInUse(right, "S-1024", "T-0042", right.end()),
            new GrantInUse(grant("A".repeat(43), 7, 30), "S-1024", "T-0042", now))) {
      decided(Effect.GRANT_ONLY, "built-in.grant", town.usb(STICK, alone, other));
    }
    decided(
        Effect.GRANT_ONLY,
        "grants.longest-use",
        town.usb(
            STICK,
            alone,
            new GrantInUse(grant(STICK.fingerprint(), 7, 61), "S-1024", "T-0042", now)));
    decided(
        Effect.GRANT_ONLY,
        "grants.longest-span",
        town.usb(
            STICK,
            alone,
            new GrantInUse(grant(STICK.fingerprint(), 32, 30), "S-1024", "T-0042", now)));
    put(values, UsbSettings.MEDIA, List.of("A".repeat(43)));
    decided(
        Effect.GRANT_ONLY,
        "usb.media",
        evaluator().usb(STICK, alone, new GrantInUse(right, "S-1024", "T-0042", now)));
    put(values, GrantSettings.CAPABILITIES, List.of());
    decided(
        Effect.BLOCK,
        "usb.storage",
        evaluator().usb(STICK, alone, new GrantInUse(right, "S-1024", "T-0042", now)));
  }

  private static ClipboardCopy copy(String to, @Nullable Score number) {
    return new ClipboardCopy(
        "juki.exe", to, List.of(CopyFormat.TEXT), new DataSize(100), true, number);
  }

  @Test
  @DisplayName("R15: between business programs paste is free, over a boundary a number is held")
  void clipboard() {
    PolicyEvaluator town = evaluator();
    decided(Effect.ALLOW, "clipboard.programs", town.clipboard(copy("zei.exe", Score.HIGH)));
    decided(Effect.BLOCK, "clipboard.number", town.clipboard(copy("mail.exe", Score.HIGH)));
    decided(Effect.AUDIT, "clipboard.mode", town.clipboard(copy("mail.exe", Score.LOW)));
    decided(Effect.AUDIT, "clipboard.mode", town.clipboard(copy("mail.exe", null)));
    ClipboardCopy unknown = new ClipboardCopy("juki.exe", "", List.of(), DataSize.NONE, true, null);
    decided(Effect.BLOCK, "clipboard.formats", town.clipboard(unknown));
    ClipboardCopy large =
        new ClipboardCopy("", "", List.of(CopyFormat.TEXT), new DataSize(65_537), true, null);
    decided(Effect.BLOCK, "clipboard.largest", town.clipboard(large));
    ClipboardCopy unread =
        new ClipboardCopy("", "", List.of(CopyFormat.TEXT), new DataSize(9), false, null);
    decided(Effect.BLOCK, "clipboard.number", town.clipboard(unread));
    put(values, ClipboardSettings.NUMBER, NumberRule.WARN);
    decided(Effect.WARN, "clipboard.number", evaluator().clipboard(copy("", Score.HIGH)));
    put(values, ClipboardSettings.MODE, ClipboardMode.BLOCK);
    decided(Effect.BLOCK, "clipboard.mode", evaluator().clipboard(copy("zei.exe", null)));
    put(values, ClipboardSettings.MODE, ClipboardMode.AUDIT);
    decided(Effect.AUDIT, "clipboard.mode", evaluator().clipboard(copy("x", Score.HIGH)));
  }

  private static LoginAttempt card(@Nullable LocalDateTime at) {
    return new LoginAttempt(LoginFactors.CARD_PIN, CardKind.STAFF_PIV, true, at, null);
  }

  @Test
  @DisplayName("R1: two factors of a permitted pair, from one place, or no login")
  void factors() {
    PolicyEvaluator town = evaluator();
    decided(Effect.ALLOW, "login.factors", town.login(card(WORK)));
    decided(
        Effect.BLOCK,
        "built-in.two-factors",
        town.login(new LoginAttempt(null, CardKind.STAFF_PIV, true, WORK, null)));
    decided(
        Effect.BLOCK,
        "login.factors",
        town.login(new LoginAttempt(LoginFactors.PASSKEY, null, true, WORK, null)));
    decided(
        Effect.BLOCK,
        "login.card-kinds",
        town.login(new LoginAttempt(LoginFactors.CARD_PIN, null, true, WORK, null)));
    LoginAttempt elsewhere =
        new LoginAttempt(LoginFactors.CARD_PIN, CardKind.STAFF_PIV, false, WORK, null);
    decided(Effect.BLOCK, "login.address-match", town.login(elsewhere));
    put(values, LoginSettings.ADDRESS_MATCH, AddressMatch.FLAG);
    decided(Effect.AUDIT, "login.address-match", evaluator().login(elsewhere));
  }

  @Test
  @DisplayName("R18: outside opening hours a login is marked; counters and elections are not")
  void openingHours() {
    PolicyEvaluator town = evaluator();
    LocalDateTime thursday = LocalDateTime.of(2026, 11, 19, 18, 0);
    decided(Effect.ALLOW, "login.factors", town.login(card(thursday)));
    decided(Effect.AUDIT, "calendar.hours", town.login(card(thursday.plusHours(1))));
    decided(Effect.AUDIT, "calendar.hours", town.login(card(thursday.plusDays(1))));
    decided(Effect.AUDIT, "calendar.hours", town.login(card(WORK.plusDays(1))));
    decided(Effect.AUDIT, "calendar.hours", town.login(card(WORK.plusDays(3))));
    decided(Effect.ALLOW, "login.factors", town.login(card(LocalDateTime.of(2026, 12, 6, 23, 0))));
    decided(Effect.AUDIT, "calendar.hours", town.login(card(null)));
  }

  private static LoginAttempt offline(LocalDateTime at, LocalDate contact, int hours, int boots) {
    return new LoginAttempt(
        LoginFactors.CARD_PIN,
        CardKind.STAFF_PIV,
        true,
        at,
        new LoginAttempt.Offline(contact, contact, Duration.ofHours(hours), boots));
  }

  @Test
  @DisplayName("R7: offline logins last opening days, powered-on hours, boots and known persons")
  void offline() {
    PolicyEvaluator town = evaluator();
    LocalDate contact = LocalDate.of(2026, 11, 19);
    // Fri 20, (Sat, Sun, holiday Mon 23), Tue 24, Wed 25: three opening days.
    decided(Effect.AUDIT, "login.offline-days", town.login(offline(at(25), contact, 20, 3)));
    decided(Effect.BLOCK, "login.offline-days", town.login(offline(at(26), contact, 20, 3)));
    decided(Effect.BLOCK, "login.offline-days", town.login(offline(at(18), contact, 20, 3)));
    decided(Effect.BLOCK, "login.offline-power", town.login(offline(at(24), contact, 49, 3)));
    decided(Effect.BLOCK, "login.offline-boots", town.login(offline(at(24), contact, 20, 21)));
    LoginAttempt stranger =
        new LoginAttempt(
            LoginFactors.CARD_PIN,
            CardKind.STAFF_PIV,
            true,
            at(24),
            new LoginAttempt.Offline(contact, contact.minusDays(10), Duration.ofHours(1), 1));
    decided(Effect.BLOCK, "login.offline-known", town.login(stranger));
    LoginAttempt noClock =
        new LoginAttempt(
            LoginFactors.CARD_PIN,
            CardKind.STAFF_PIV,
            true,
            null,
            new LoginAttempt.Offline(contact, contact, Duration.ZERO, 0));
    decided(Effect.BLOCK, "built-in.offline", town.login(noClock));
  }

  private static LocalDateTime at(int day) {
    return LocalDateTime.of(2026, 11, day, 10, 0);
  }

  @Test
  @DisplayName("offline logins end ten calendar days after the last contact, whatever is open")
  void tenDays() {
    put(values, CalendarSettings.OPEN_DAYS, List.of());
    PolicyEvaluator closed = evaluator();
    LocalDate contact = LocalDate.of(2026, 11, 10);
    decided(Effect.AUDIT, "calendar.hours", closed.login(offline(at(20), contact, 1, 1)));
    decided(Effect.BLOCK, "login.offline-days", closed.login(offline(at(21), contact, 1, 1)));
  }

  @Test
  @DisplayName("R8: media that nobody set stay closed, import only where it is a capability")
  void media() {
    PolicyEvaluator town = evaluator();
    decided(Effect.BLOCK, "built-in.unset", town.media(MediaKind.SD));
    decided(Effect.GRANT_ONLY, "media.optical", town.media(MediaKind.OPTICAL));
    decided(Effect.BLOCK, "built-in.unset", town.media(null));
    put(values, GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ));
    decided(Effect.BLOCK, "grants.capabilities", evaluator().media(MediaKind.OPTICAL));
  }

  private static GrantAsk ask(GrantCapability capability, List<String> approvers) {
    return new GrantAsk(
        capability,
        "mayor",
        "S-1024",
        approvers,
        false,
        List.of(GrantField.DOCUMENT),
        "prefecture",
        STICK.fingerprint(),
        Duration.ofMinutes(30),
        Duration.ofDays(1),
        1,
        new DataSize(1000));
  }

  @Test
  @DisplayName("R11: the applicant approves nothing, nor somebody who is no approver of the 機関")
  void approvers() {
    PolicyEvaluator town = evaluator();
    GrantCapability read = GrantCapability.USB_READ;
    decided(Effect.ALLOW, "grants.capabilities", town.grant(ask(read, List.of("S-2001"))));
    for (List<String> bad :
        List.of(
            List.<String>of(),
            List.of("S-1024"),
            List.of("S-9999"),
            List.of("S-2001", "S-1024"),
            List.of("S-2001", "S-2001"))) {
      decided(Effect.BLOCK, "built-in.approver", town.grant(ask(read, bad)));
    }
  }

  @Test
  @DisplayName("R12: no emergency unless a policy says so, none over an hour, none longer below")
  void emergency() {
    Setting<Duration> longest = GrantSettings.EMERGENCY;
    assertEquals(Duration.ZERO, evaluatedEmergency(), "nobody said so");
    assertEquals(List.of(Duration.ZERO, Duration.ofHours(1)), longest.shape().bounds());
    assertThrows(
        MalformedException.class, () -> longest.shape().read(Duration.ofMinutes(61).toSeconds()));
    put(values, longest, Duration.ofMinutes(30));
    assertEquals(Duration.ofMinutes(30), evaluatedEmergency());
    SettingValues.Builder longer = new SettingValues.Builder();
    put(longer, longest, Duration.ofHours(1));
    SettingValues.Builder shorter = new SettingValues.Builder();
    put(shorter, longest, Duration.ofMinutes(10));
    assertTrue(PolicyLayers.widens(longest, values.build(), longer.build()));
    PolicyLayer common =
        new PolicyLayer(
            Layer.COMMON,
            values.build(),
            List.of(
                new Rule<>(
                    "readers.all",
                    new Reason("理由", "because"),
                    new ReaderAssignment("*", ReaderRole.STAFF))));
    assertEquals(Duration.ofMinutes(30), below(common, longer));
    assertEquals(Duration.ofMinutes(10), below(common, shorter));
  }

  private static Duration below(PolicyLayer common, SettingValues.Builder organ) {
    PolicyLayer lower = new PolicyLayer(Layer.ORGAN, organ.build(), List.of());
    return PolicyLayers.combine(common, List.of(lower)).more().value(GrantSettings.EMERGENCY);
  }

  private Duration evaluatedEmergency() {
    return values.build().value(GrantSettings.EMERGENCY);
  }

  @Test
  @DisplayName(
      "R13, R14: plain exports need two approvers and an attendant, whatever a policy says")
  void plainExport() {
    PolicyEvaluator town = evaluator();
    GrantCapability plain = GrantCapability.EXPORT_PLAIN;
    decided(Effect.BLOCK, "grants.second-approver", town.grant(ask(plain, List.of("S-2001"))));
    decided(Effect.BLOCK, "grants.attendant", town.grant(ask(plain, List.of("S-2001", "S-2002"))));
    decided(
        Effect.ALLOW,
        "grants.capabilities",
        town.grant(ask(GrantCapability.USB_EXPORT_ENCRYPTED, List.of("S-2001"))));
  }

  @Test
  @DisplayName(
      "R10: a request over a limit or without its fields is refused, by the rule that says so")
  void limits() {
    PolicyEvaluator town = evaluator();
    GrantAsk good = ask(GrantCapability.USB_EXPORT_ENCRYPTED, List.of("S-2001"));
    decided(Effect.BLOCK, "grants.longest-use", town.grant(with(good, 61, 1, 1, 1, "prefecture")));
    decided(Effect.BLOCK, "grants.longest-use", town.grant(with(good, 0, 1, 1, 1, "prefecture")));
    decided(Effect.BLOCK, "grants.longest-span", town.grant(with(good, 9, 32, 1, 1, "prefecture")));
    decided(Effect.BLOCK, "grants.most-files", town.grant(with(good, 9, 1, 11, 1, "prefecture")));
    decided(
        Effect.BLOCK,
        "grants.most-data",
        town.grant(with(good, 9, 1, 1, (1 << 20) + 1, "prefecture")));
    decided(Effect.BLOCK, "grants.recipients", town.grant(with(good, 9, 1, 1, 1, "other")));
    decided(Effect.BLOCK, "grants.recipients", town.grant(with(good, 9, 1, 1, 1, null)));
    put(values, GrantSettings.FIELDS, List.of(GrantField.SUBJECTS));
    decided(Effect.BLOCK, "grants.fields", evaluator().grant(good));
    put(values, GrantSettings.CAPABILITIES, List.of());
    decided(Effect.BLOCK, "grants.capabilities", evaluator().grant(good));
  }

  @Test
  @DisplayName(
      "R10, R11: it may be asked for before anybody approved it, and is judged by the rest")
  void asked() {
    PolicyEvaluator town = evaluator();
    GrantAsk encrypted = ask(GrantCapability.USB_EXPORT_ENCRYPTED, List.of());
    assertTrue(town.requested(encrypted).allowed());
    assertNull(town.requested(encrypted).refusal());
    assertEquals(GrantDemand.APPROVER, town.granted(encrypted).demand());
    demanded(GrantDemand.USE, town.requested(with(encrypted, 61, 1, 1, 1, "prefecture")));
    demanded(GrantDemand.SPAN, town.requested(with(encrypted, 9, 32, 1, 1, "prefecture")));
    demanded(GrantDemand.RECIPIENT, town.requested(with(encrypted, 9, 1, 1, 1, "other")));
    demanded(GrantDemand.FILES, town.requested(with(encrypted, 9, 1, 11, 1, "prefecture")));
    demanded(GrantDemand.DATA, town.requested(with(encrypted, 9, 1, 1, 1 << 21, "prefecture")));
    demanded(GrantDemand.ATTENDANT, town.requested(ask(GrantCapability.EXPORT_PLAIN, List.of())));
    demanded(
        GrantDemand.SECOND_APPROVER,
        town.granted(ask(GrantCapability.EXPORT_PLAIN, List.of("S-2001"))));
    assertTrue(town.needsTwo(GrantCapability.EXPORT_PLAIN), "whatever the policy says");
    put(values, GrantSettings.FIELDS, List.of(GrantField.LEGAL_BASIS));
    demanded(GrantDemand.FIELDS, evaluator().requested(encrypted));
    put(values, GrantSettings.CAPABILITIES, List.of());
    demanded(GrantDemand.CAPABILITY, evaluator().requested(encrypted));
  }

  @Test
  @DisplayName(
      "R4, R9: what comes in or goes over a boundary is bounded, and asks for no recipient")
  void ofNoMedium() {
    put(values, GrantSettings.CAPABILITIES, List.of(GrantCapability.values()));
    PolicyEvaluator town = evaluator();
    GrantAsk in = ask(GrantCapability.MEDIA_IMPORT, List.of("S-2001"));
    assertTrue(town.granted(with(in, 9, 1, 10, 1 << 20, null)).allowed());
    demanded(GrantDemand.FILES, town.granted(with(in, 9, 1, 11, 1, null)));
    demanded(GrantDemand.FILES, town.granted(with(in, 9, 1, 0, 1, null)));
    demanded(GrantDemand.DATA, town.granted(with(in, 9, 1, 1, (1 << 20) + 1, null)));
    GrantAsk copy = ask(GrantCapability.CLIPBOARD, List.of("S-2001"));
    assertTrue(town.granted(with(copy, 9, 1, 0, 1 << 20, null)).allowed());
    demanded(GrantDemand.DATA, town.granted(with(copy, 9, 1, 0, (1 << 20) + 1, null)));
    demanded(GrantDemand.USE, town.granted(with(copy, 61, 1, 0, 1, null)));
    put(
        values,
        GrantSettings.SECOND_APPROVER,
        List.of(GrantCapability.MEDIA_IMPORT, GrantCapability.CLIPBOARD));
    put(values, GrantSettings.ATTENDANT, List.of(GrantCapability.CLIPBOARD));
    PolicyEvaluator strict = evaluator();
    demanded(GrantDemand.SECOND_APPROVER, strict.granted(with(in, 9, 1, 1, 1, null)));
    demanded(GrantDemand.ATTENDANT, strict.requested(with(copy, 9, 1, 0, 1, null)));
    put(values, GrantSettings.CAPABILITIES, List.of(GrantCapability.USB_READ));
    demanded(GrantDemand.CAPABILITY, evaluator().requested(with(copy, 9, 1, 0, 1, null)));
  }

  @Test
  @DisplayName("R7, R10, R15: exactly at a limit is within it")
  void atTheLimit() {
    PolicyEvaluator town = evaluator();
    GrantAsk good = ask(GrantCapability.USB_EXPORT_ENCRYPTED, List.of("S-2001"));
    assertTrue(town.granted(with(good, 60, 31, 10, 1 << 20, "prefecture")).allowed());
    demanded(GrantDemand.FILES, town.granted(with(good, 60, 31, 0, 0, "prefecture")));
    LocalDate contact = LocalDate.of(2026, 11, 19);
    decided(Effect.AUDIT, "login.offline-days", town.login(offline(at(24), contact, 48, 20)));
    decided(Effect.AUDIT, "login.offline-days", town.login(offline(at(24), contact, 0, 0)));
    decided(Effect.BLOCK, "login.offline-power", town.login(offline(at(24), contact, -1, 0)));
    decided(Effect.BLOCK, "login.offline-boots", town.login(offline(at(24), contact, 0, -1)));
    ClipboardCopy full =
        new ClipboardCopy("", "", List.of(CopyFormat.TEXT), new DataSize(65_536), true, null);
    decided(Effect.AUDIT, "clipboard.mode", town.clipboard(full));
  }

  @Test
  @DisplayName("R10, R13: what is asked for is about one medium that the policy permits")
  void askedAbout() {
    PolicyEvaluator town = evaluator();
    GrantAsk read = ask(GrantCapability.USB_READ, List.of("S-2001"));
    demanded(GrantDemand.CAPABILITY, town.granted(about(read, read.capability(), null)));
    demanded(GrantDemand.CAPABILITY, town.granted(about(read, null, read.medium())));
    GrantCapability comes = GrantCapability.MEDIA_IMPORT;
    assertTrue(town.granted(about(read, comes, null)).allowed(), "an import is about no medium");
    assertFalse(town.needsTwo(GrantCapability.USB_READ));
    put(values, UsbSettings.MEDIA, List.of("A".repeat(43)));
    PolicyEvaluator other = evaluator();
    demanded(GrantDemand.MEDIUM, other.granted(read));
    demanded(
        GrantDemand.MEDIUM,
        other.granted(ask(GrantCapability.USB_EXPORT_ENCRYPTED, List.of("S-2001"))));
    assertTrue(other.granted(about(read, comes, read.medium())).allowed());
  }

  private static GrantAsk about(
      GrantAsk ask, @Nullable GrantCapability capability, @Nullable String medium) {
    return new GrantAsk(
        capability,
        ask.organ(),
        ask.applicant(),
        ask.approvers(),
        ask.attendant(),
        ask.fields(),
        ask.recipient(),
        medium,
        ask.use(),
        ask.span(),
        ask.files(),
        ask.data());
  }

  @Test
  @DisplayName("R7: once a signed policy is over only a staff card and its PIN log in, online")
  void lapsed() {
    LoginAttempt staff = card(WORK);
    LocalDate contact = LocalDate.of(2026, 11, 19);
    assertEquals(Effect.AUDIT, PolicyEvaluator.lapsed(staff).effect());
    for (LoginAttempt less :
        List.of(
            new LoginAttempt(LoginFactors.PASSKEY, null, true, WORK, null),
            new LoginAttempt(LoginFactors.CARD_PIN, CardKind.JPKI, true, WORK, null),
            new LoginAttempt(LoginFactors.CARD_PIN, CardKind.STAFF_PIV, false, WORK, null),
            offline(at(24), contact, 1, 1))) {
      assertEquals(Effect.BLOCK, PolicyEvaluator.lapsed(less).effect());
    }
  }

  @Test
  @DisplayName("R25: a lower layer takes a reader away, and no more")
  void rolesBelow() {
    PolicyLayer common =
        new PolicyLayer(
            Layer.COMMON, values.build(), List.of(reader("all", "*", ReaderRole.STAFF)));
    PolicyLayer lower =
        new PolicyLayer(
            Layer.ORGAN,
            new SettingValues.Builder().build(),
            List.of(
                reader("window", "Counter *", ReaderRole.RESIDENT),
                reader("every", "*", ReaderRole.RESIDENT),
                reader("desk", "Desk *", ReaderRole.STAFF)));
    assertEquals(
        List.of("Counter *", "*"),
        PolicyLayers.combine(common, List.of(lower)).readers().roles().stream()
            .map(role -> role.value().name())
            .toList());
    SettingValues.Builder shorter = new SettingValues.Builder();
    put(shorter, GrantSettings.LONGEST_USE, Duration.ofMinutes(10));
    assertFalse(PolicyLayers.widens(GrantSettings.LONGEST_USE, values.build(), shorter.build()));
  }

  private static Rule<ReaderAssignment> reader(String id, String name, ReaderRole role) {
    return new Rule<>(
        "readers." + id, new Reason("理由", "because"), new ReaderAssignment(name, role));
  }

  private static void demanded(GrantDemand demand, GrantRuling ruling) {
    assertFalse(ruling.allowed());
    assertEquals(demand, ruling.demand());
    assertEquals(demand.refusal(), ruling.refusal());
  }

  private static GrantAsk with(
      GrantAsk ask, int minutes, int days, int files, int bytes, @Nullable String recipient) {
    return new GrantAsk(
        ask.capability(),
        ask.organ(),
        ask.applicant(),
        ask.approvers(),
        ask.attendant(),
        ask.fields(),
        recipient,
        ask.medium(),
        Duration.ofMinutes(minutes),
        Duration.ofDays(days),
        files,
        new DataSize(bytes));
  }

  @Test
  @DisplayName("R25: the decision names the layer whose rule decided")
  void layer() {
    values.put(
        ClipboardSettings.MODE,
        new Rule<>("tax.clipboard", new Reason("税務課", "tax"), ClipboardMode.BLOCK, Layer.DIVISION));
    Decision decision = evaluator().clipboard(copy("zei.exe", null));
    assertEquals("tax.clipboard", decision.rule());
    assertEquals(Layer.DIVISION, decision.layer());
    assertEquals("税務課", decision.reason().ja());
  }
}
