package jp.sekisho.policy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import jp.sekisho.policy.audit.AuditPreset;
import jp.sekisho.policy.audit.AuditSettings;
import jp.sekisho.policy.audit.WhenFull;
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
import jp.sekisho.policy.grant.GrantField;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.grant.ImportKind;
import jp.sekisho.policy.grant.RecipientCertificate;
import jp.sekisho.policy.grant.RecipientCertificateTest;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.policy.login.CardRemoval;
import jp.sekisho.policy.login.LoginAttempt;
import jp.sekisho.policy.login.LoginFactors;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.media.MediaAccess;
import jp.sekisho.policy.media.MediaSettings;
import jp.sekisho.policy.media.OtherNetworks;
import jp.sekisho.policy.media.WifiAccess;
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
import jp.sekisho.policy.usb.Blobs;
import jp.sekisho.policy.usb.EnrolledPeripheral;
import jp.sekisho.policy.usb.StorageAccess;
import jp.sekisho.policy.usb.UnlistedDevices;
import jp.sekisho.policy.usb.UsbDevice;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.policy.usb.UsbSurroundings;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/** Policies, layers and acts of all sorts, from a seed. */
final class RandomPolicies {
  private static final List<String> FINGERPRINTS =
      List.of(device("080650").fingerprint(), device("080650", "030101").fingerprint());
  private static final List<LocalDate> DATES =
      List.of(
          LocalDate.of(2026, 11, 20),
          LocalDate.of(2026, 11, 21),
          LocalDate.of(2026, 11, 23),
          LocalDate.of(2026, 12, 31));

  private final Random random;
  private final Map<Setting<?>, Function<Setting<?>, Object>> values = new LinkedHashMap<>();

  RandomPolicies(long seed) {
    this.random = new Random(seed);
    set(Settings.SEGMENT, () -> one(Segment.values()));
    set(CalendarSettings.OPEN_DAYS, () -> some(Weekday.values()));
    set(
        CalendarSettings.HOURS,
        () -> new Hours(LocalTime.of(8, 30), LocalTime.of(17, random.nextInt(60))));
    set(CalendarSettings.HOLIDAYS, () -> some(DATES.toArray(LocalDate[]::new)));
    set(
        CalendarSettings.COUNTERS,
        () ->
            some(
                new Counter("night", List.of(Weekday.THU), hours(17, 20)),
                new Counter("sunday", List.of(Weekday.SUN), hours(9, 12))));
    set(CalendarSettings.ELECTIONS, () -> some(new Election("mayor", DATES.get(0), DATES.get(1))));
    set(LoginSettings.SESSION_ABSOLUTE, () -> minutes(1, 720));
    set(LoginSettings.SESSION_IDLE, () -> minutes(1, 15));
    set(LoginSettings.TERMINAL_LOCK, () -> minutes(1, 15));
    set(LoginSettings.LOCK_TO_END, () -> minutes(1, 720));
    set(LoginSettings.ADDRESS_MATCH, () -> one(AddressMatch.values()));
    set(
        LoginSettings.CARD_KINDS,
        () -> {
          List<CardKind> kinds = new ArrayList<>(List.of(CardKind.STAFF_PIV));
          kinds.addAll(some(CardKind.JPKI, CardKind.PKCS11));
          return kinds;
        });
    set(LoginSettings.FACTORS, () -> some(LoginFactors.values()));
    set(LoginSettings.REMOVAL, () -> one(CardRemoval.values()));
    set(LoginSettings.REMOVAL_GRACE, () -> Duration.ofSeconds(random.nextInt(2)));
    set(LoginSettings.FAILURES, () -> 1 + random.nextInt(10));
    set(LoginSettings.OFFLINE_DAYS, () -> random.nextInt(11));
    set(LoginSettings.OFFLINE_POWER, () -> minutes(0, 48 * 60));
    set(LoginSettings.OFFLINE_BOOTS, () -> random.nextInt(21));
    set(LoginSettings.OFFLINE_KNOWN, () -> Duration.ofDays(random.nextInt(15)));
    set(ReaderSettings.JPKI_STAFF_LOGIN, () -> one(JpkiStaffLogin.values()));
    set(UsbSettings.STORAGE, () -> StorageAccess.GRANT_ONLY);
    set(UsbSettings.UNLISTED, () -> UnlistedDevices.BLOCK);
    set(
        UsbSettings.ENROLLED,
        () ->
            some(
                new EnrolledPeripheral("0781", "5567", null, List.of("07:01:02", "ff:ff:ff")),
                new EnrolledPeripheral("0781", "5567", "S1", List.of("07:01:02")),
                new EnrolledPeripheral("0781", "5567", "S2", List.of("ff:ff:ff")),
                new EnrolledPeripheral("04c5", "132e", null, List.of("ff:ff:ff"))));
    set(
        UsbSettings.MEDIA,
        () -> some(UsbSettings.EVERY_REGISTERED, FINGERPRINTS.get(0), FINGERPRINTS.get(1)));
    set(ClipboardSettings.MODE, () -> one(ClipboardMode.values()));
    set(ClipboardSettings.PROGRAMS, () -> some("juki.exe", "zei.exe", "excel.exe"));
    set(ClipboardSettings.FORMATS, () -> some(CopyFormat.values()));
    set(ClipboardSettings.LARGEST, () -> new DataSize(random.nextInt(100_000)));
    set(ClipboardSettings.NUMBER, () -> one(NumberRule.values()));
    set(ClipboardSettings.NUMBER_SCORE, () -> one(Score.values()));
    set(MediaSettings.SD, () -> one(MediaAccess.values()));
    set(MediaSettings.OPTICAL, () -> one(MediaAccess.values()));
    set(MediaSettings.MTP, () -> one(MediaAccess.values()));
    set(MediaSettings.WIFI, () -> one(WifiAccess.values()));
    set(MediaSettings.OTHER, () -> OtherNetworks.BLOCK);
    set(GrantSettings.LONGEST_USE, () -> minutes(1, 480));
    set(GrantSettings.LONGEST_SPAN, () -> Duration.ofDays(1 + random.nextInt(366)));
    set(
        GrantSettings.APPROVERS,
        () ->
            some(
                new Approver("S-2001", "mayor", "A".repeat(43)),
                new Approver("S-2002", "mayor", "B".repeat(42) + "A"),
                new Approver("S-2003", "education", "C".repeat(42) + "A")));
    set(GrantSettings.CAPABILITIES, () -> some(GrantCapability.values()));
    set(GrantSettings.SECOND_APPROVER, () -> some(GrantCapability.values()));
    set(GrantSettings.ATTENDANT, () -> some(GrantCapability.values()));
    set(GrantSettings.RECIPIENTS, () -> some("prefecture", "pension"));
    set(GrantSettings.FIELDS, () -> some(GrantField.values()));
    set(GrantSettings.MOST_FILES, () -> random.nextInt(100));
    set(GrantSettings.MOST_DATA, () -> new DataSize(random.nextInt(1 << 20)));
    set(GrantSettings.IMPORT_TYPES, () -> some(ImportKind.values()));
    set(GrantSettings.RETURN_WITHIN, () -> Duration.ofDays(random.nextInt(32)));
    set(GrantSettings.EMERGENCY, () -> minutes(0, 60));
    set(GrantSettings.LONGEST_SERIES, () -> Duration.ofDays(random.nextInt(367)));
    set(
        GrantSettings.RECIPIENT_CERTIFICATES,
        () ->
            some(
                new RecipientCertificate(
                    "prefecture", RecipientCertificateTest.CERTIFICATES.get(0)),
                new RecipientCertificate(
                    "prefecture", RecipientCertificateTest.CERTIFICATES.get(1)),
                new RecipientCertificate("pension", RecipientCertificateTest.CERTIFICATES.get(1))));
    set(AuditSettings.RETENTION, () -> 1 + random.nextInt(10));
    set(AuditSettings.PRESETS, () -> some(AuditPreset.values()));
    set(AuditSettings.WHEN_FULL, () -> one(WhenFull.values()));
  }

  private interface Making<T> {
    T make();
  }

  private <T> void set(Setting<T> setting, Making<T> making) {
    values.put(setting, any -> making.make());
  }

  /** Every setting has a way to be made here. */
  java.util.Set<Setting<?>> known() {
    return values.keySet();
  }

  @SuppressWarnings("unchecked") // set() is the only way in
  <T> T value(Setting<T> setting) {
    Function<Setting<?>, Object> making = values.get(setting);
    if (making == null) {
      throw new AssertionError("no random value for " + setting);
    }
    return (T) making.apply(setting);
  }

  static <T> Rule<T> rule(Layer layer, Setting<T> setting, T value) {
    String id = layer.name().toLowerCase(java.util.Locale.ROOT).substring(0, 1);
    return new Rule<>(id + "." + setting.path(), new Reason("理由", "because"), value, layer);
  }

  private <T> void put(SettingValues.Builder into, Layer layer, Setting<T> setting) {
    into.put(setting, rule(layer, setting, value(setting)));
  }

  /** A whole layer for everybody. */
  PolicyLayer common() {
    SettingValues.Builder settings = new SettingValues.Builder();
    for (Setting<?> setting : Settings.all()) {
      if (setting.isRequired() || random.nextInt(4) > 0) {
        put(settings, Layer.COMMON, setting);
      }
    }
    SettingValues made = settings.build();
    // Nobody can write a suspension that outlasts the session.
    if (made.value(LoginSettings.LOCK_TO_END).compareTo(made.value(LoginSettings.SESSION_ABSOLUTE))
        > 0) {
      settings.put(
          LoginSettings.LOCK_TO_END,
          rule(
              Layer.COMMON, LoginSettings.LOCK_TO_END, made.value(LoginSettings.SESSION_ABSOLUTE)));
    }
    return new PolicyLayer(
        Layer.COMMON,
        settings.build(),
        List.of(
            role("counter", "SONY *", ReaderRole.RESIDENT, Layer.COMMON),
            role("staff", "Staff *", ReaderRole.STAFF, Layer.COMMON),
            role("any", "*", ReaderRole.SHARED, Layer.COMMON)));
  }

  /** A layer below; facts such as the opening days are not its business. */
  PolicyLayer lower(Layer layer) {
    SettingValues.Builder settings = new SettingValues.Builder();
    for (Setting<?> setting : Settings.all()) {
      boolean fact =
          setting == Settings.SEGMENT
              || setting == CalendarSettings.OPEN_DAYS
              || setting == CalendarSettings.HOURS
              || setting == CalendarSettings.HOLIDAYS;
      if (!fact && random.nextInt(3) == 0) {
        put(settings, layer, setting);
      }
    }
    String name = random.nextBoolean() ? "Staff 1*" : "SONY *";
    return new PolicyLayer(
        layer,
        settings.build(),
        List.of(
            role(
                layer.name().toLowerCase(java.util.Locale.ROOT),
                name,
                one(ReaderRole.values()),
                layer)));
  }

  private static Rule<ReaderAssignment> role(String id, String name, ReaderRole role, Layer layer) {
    return new Rule<>(
        "readers." + id, new Reason("理由", "because"), new ReaderAssignment(name, role), layer);
  }

  static UsbDevice device(String... classes) {
    return new UsbDevice("1-1", Blobs.of(classes), null, null, null);
  }

  /** An act and how to ask about it. */
  Function<PolicyEvaluator, Decision> act() {
    return switch (random.nextInt(6)) {
      case 0 -> usb();
      case 1 -> {
        ClipboardCopy copy = copy();
        yield evaluator -> evaluator.clipboard(copy);
      }
      case 2 -> {
        LoginAttempt attempt = attempt();
        yield evaluator -> evaluator.login(attempt);
      }
      case 3 -> {
        jp.sekisho.policy.media.MediaKind kind = one(jp.sekisho.policy.media.MediaKind.values());
        yield evaluator -> evaluator.media(kind);
      }
      case 4 -> {
        jp.sekisho.policy.media.NetworkKind kind =
            one(jp.sekisho.policy.media.NetworkKind.values());
        yield evaluator -> evaluator.network(kind);
      }
      default -> {
        GrantAsk ask = ask();
        yield evaluator -> evaluator.grant(ask);
      }
    };
  }

  private Function<PolicyEvaluator, Decision> usb() {
    String[] classes = {"080650", "070102", "ffffff", "030101", "030102", "090000", "0b0000"};
    String[] chosen =
        random
            .ints(1 + random.nextInt(2), 0, classes.length)
            .mapToObj(i -> classes[i])
            .toArray(String[]::new);
    byte[] descriptors = Blobs.of(chosen);
    if (random.nextInt(10) == 0) {
      descriptors = Arrays.copyOf(descriptors, random.nextInt(descriptors.length));
    }
    UsbDevice device = new UsbDevice("1-1", descriptors, null, null, one("S1", "S2", "S3"));
    UsbSurroundings around =
        new UsbSurroundings(random.nextInt(20) == 0, random.nextBoolean(), random.nextBoolean());
    GrantInUse grant = random.nextBoolean() ? grantInUse(device.fingerprint()) : null;
    return evaluator -> evaluator.usb(device, around, grant);
  }

  private GrantInUse grantInUse(String fingerprint) {
    Instant start = Instant.parse("2026-11-20T00:00:00Z");
    ExportGrant grant =
        new ExportGrant(
            "A".repeat(21) + "A",
            "mayor",
            "S-1024",
            "T-0042",
            ExportGrant.Capability.USB_READ,
            "M-0007",
            random.nextInt(4) > 0 ? fingerprint : FINGERPRINTS.get(0),
            "確認のため",
            null,
            null,
            null,
            1,
            start,
            start.plus(Duration.ofDays(1 + random.nextInt(30))),
            1 + random.nextInt(60));
    return new GrantInUse(
        grant,
        one("S-1024", "S-1024", "S-1025"),
        "T-0042",
        oneOrNull(start.plusSeconds(3600), start.minusSeconds(1)));
  }

  ClipboardCopy copy() {
    return new ClipboardCopy(
        one("juki.exe", "zei.exe", "excel.exe", "mail.exe", ""),
        one("juki.exe", "zei.exe", "excel.exe", "mail.exe", ""),
        some(CopyFormat.values()),
        new DataSize(random.nextInt(100_000)),
        random.nextBoolean(),
        oneOrNull(Score.LOW, Score.HIGH));
  }

  LoginAttempt attempt() {
    LocalDateTime at = LocalDateTime.of(2026, 11, 18 + random.nextInt(12), random.nextInt(24), 0);
    return new LoginAttempt(
        oneOrNull(LoginFactors.CARD_PIN, LoginFactors.CARD_PIN, LoginFactors.PASSKEY),
        oneOrNull(CardKind.values()),
        random.nextBoolean(),
        random.nextInt(8) == 0 ? null : at,
        random.nextBoolean()
            ? null
            : new LoginAttempt.Offline(
                LocalDate.of(2026, 11, 15 + random.nextInt(10)),
                LocalDate.of(2026, 11, 10 + random.nextInt(12)),
                minutes(0, 3000),
                random.nextInt(22)));
  }

  GrantAsk ask() {
    return new GrantAsk(
        one(GrantCapability.values()),
        one("mayor", "education"),
        one("S-1024", "S-2001"),
        some("S-2001", "S-2002", "S-2003"),
        random.nextBoolean(),
        some(GrantField.values()),
        oneOrNull("prefecture", "pension", "unknown"),
        oneOrNull(FINGERPRINTS.get(0), FINGERPRINTS.get(1)),
        minutes(0, 500),
        Duration.ofDays(random.nextInt(100)),
        random.nextInt(100),
        new DataSize(random.nextInt(1 << 20)));
  }

  private static Hours hours(int from, int to) {
    return new Hours(LocalTime.of(from, 0), LocalTime.of(to, 0));
  }

  private Duration minutes(int from, int to) {
    return Duration.ofMinutes(from + random.nextInt(to - from + 1));
  }

  @SafeVarargs
  private <T> T one(T... of) {
    return of[random.nextInt(of.length)];
  }

  @SafeVarargs
  private <T> @Nullable T oneOrNull(T... of) {
    int index = random.nextInt(of.length + 1);
    return index == of.length ? null : of[index];
  }

  @SafeVarargs
  private <T> List<T> some(T... of) {
    List<T> chosen = new ArrayList<>();
    for (T item : of) {
      if (random.nextInt(3) > 0) {
        chosen.add(item);
      }
    }
    return List.copyOf(chosen);
  }
}
