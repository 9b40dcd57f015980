package jp.sekisho.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jp.sekisho.policy.grant.GrantRules;
import jp.sekisho.policy.grant.GrantSettings;
import jp.sekisho.policy.login.LoginRules;
import jp.sekisho.policy.login.LoginSettings;
import jp.sekisho.policy.reader.JpkiStaffLogin;
import jp.sekisho.policy.reader.ReaderAssignment;
import jp.sekisho.policy.reader.ReaderRole;
import jp.sekisho.policy.reader.ReaderRules;
import jp.sekisho.policy.reader.ReaderSettings;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.SettingValues;
import jp.sekisho.policy.usb.UsbRules;
import jp.sekisho.policy.usb.UsbSettings;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.MalformedException;

/**
 * A compiled policy: every rule with its id, its reason and a value within its bounds. What a
 * terminal obeys: layers are combined in it already ({@link PolicyLayers}).
 *
 * <p>Its bytes are canonical JSON ({@link jp.sekisho.protocol.CanonicalJson}) of at most {@value
 * #MAX_BYTES} bytes, durations in seconds, sizes in bytes; one policy has one byte sequence.
 *
 * @param segment the segment its terminals stand in
 * @param login logins and sessions
 * @param readers card readers
 * @param usb USB devices
 * @param grants exceptions
 * @param more the optional settings ({@link Settings}); one that is not set has its strictest value
 */
public record Policy(
    Rule<Segment> segment,
    LoginRules login,
    ReaderRules readers,
    UsbRules usb,
    GrantRules grants,
    SettingValues more) {
  /** Largest compiled policy. */
  public static final int MAX_BYTES = 1 << 20;

  /** Checks that no two rules share an id. */
  public Policy {
    if (more.settings().stream().anyMatch(Setting::isRequired)) {
      throw new IllegalArgumentException("a required setting is among the optional ones");
    }
    Set<String> ids = new HashSet<>();
    rules(segment, login, readers, usb, grants, more)
        .forEach(rule -> {
          if (!ids.add(rule.id())) {
            throw new IllegalArgumentException("two rules have one id");
          }
        });
  }

  /** A policy without optional settings. */
  public Policy(
      Rule<Segment> segment,
      LoginRules login,
      ReaderRules readers,
      UsbRules usb,
      GrantRules grants) {
    this(segment, login, readers, usb, grants, SettingValues.NONE);
  }

  /**
   * The policy of all these settings.
   *
   * @throws IllegalArgumentException if a required one is missing, or one contradicts another
   */
  public static Policy of(SettingValues all, List<Rule<ReaderAssignment>> roles) {
    SettingValues.Builder more = new SettingValues.Builder();
    Settings.all().stream()
        .filter(setting -> !setting.isRequired())
        .forEach(setting -> more.copy(setting, all));
    Rule<Duration> absolute = rule(all, LoginSettings.SESSION_ABSOLUTE);
    return new Policy(
        rule(all, Settings.SEGMENT),
        new LoginRules(
            absolute,
            rule(all, LoginSettings.SESSION_IDLE),
            rule(all, LoginSettings.TERMINAL_LOCK),
            rule(all, LoginSettings.LOCK_TO_END),
            rule(all, LoginSettings.ADDRESS_MATCH),
            rule(all, LoginSettings.CARD_KINDS)),
        new ReaderRules(rule(all, ReaderSettings.JPKI_STAFF_LOGIN), roles),
        new UsbRules(
            rule(all, UsbSettings.STORAGE),
            rule(all, UsbSettings.UNLISTED),
            rule(all, UsbSettings.ENROLLED)),
        new GrantRules(
            rule(all, GrantSettings.LONGEST_USE),
            rule(all, GrantSettings.LONGEST_SPAN),
            rule(all, GrantSettings.APPROVERS)),
        more.build());
  }

  private static <T> Rule<T> rule(SettingValues all, Setting<T> setting) {
    return all.rule(setting)
        .orElseThrow(
            () -> new IllegalArgumentException(setting.section() + " without " + setting.name()));
  }

  /** All settings, the required ones too. */
  public SettingValues values() {
    SettingValues.Builder all =
        new SettingValues.Builder()
            .put(Settings.SEGMENT, segment)
            .put(LoginSettings.SESSION_ABSOLUTE, login.sessionAbsolute())
            .put(LoginSettings.SESSION_IDLE, login.sessionIdle())
            .put(LoginSettings.TERMINAL_LOCK, login.terminalLock())
            .put(LoginSettings.LOCK_TO_END, login.lockToEnd())
            .put(LoginSettings.ADDRESS_MATCH, login.addressMatch())
            .put(LoginSettings.CARD_KINDS, login.cardKinds())
            .put(ReaderSettings.JPKI_STAFF_LOGIN, readers.jpkiStaffLogin())
            .put(UsbSettings.STORAGE, usb.storage())
            .put(UsbSettings.UNLISTED, usb.unlisted())
            .put(UsbSettings.ENROLLED, usb.enrolled())
            .put(GrantSettings.LONGEST_USE, grants.longestUse())
            .put(GrantSettings.LONGEST_SPAN, grants.longestSpan())
            .put(GrantSettings.APPROVERS, grants.approvers());
    more.settings().forEach(setting -> all.copy(setting, more));
    return all.build();
  }

  /**
   * The kinds of cards that may log in: those of {@code login.card-kinds}, JPKI only where {@code
   * readers.jpki-staff-login} is on and no reader of any name serves residents.
   */
  public Set<CardKind> cardKinds() {
    Set<CardKind> kinds = EnumSet.noneOf(CardKind.class);
    kinds.addAll(login.cardKinds().value());
    boolean staffOnly =
        readers.roles().stream().allMatch(role -> role.value().role() == ReaderRole.STAFF);
    if (readers.jpkiStaffLogin().value() != JpkiStaffLogin.ON || !staffOnly) {
      kinds.remove(CardKind.JPKI);
    }
    return Collections.unmodifiableSet(kinds);
  }

  /** Every rule, in the order of the sections. */
  public Stream<Rule<?>> rules() {
    return rules(segment, login, readers, usb, grants, more);
  }

  private static Stream<Rule<?>> rules(
      Rule<Segment> segment,
      LoginRules login,
      ReaderRules readers,
      UsbRules usb,
      GrantRules grants,
      SettingValues more) {
    Stream<Rule<?>> single =
        Stream.of(
            segment,
            login.sessionAbsolute(),
            login.sessionIdle(),
            login.terminalLock(),
            login.lockToEnd(),
            login.addressMatch(),
            login.cardKinds(),
            readers.jpkiStaffLogin(),
            usb.storage(),
            usb.unlisted(),
            usb.enrolled(),
            grants.longestUse(),
            grants.longestSpan(),
            grants.approvers());
    Stream<Rule<?>> optional =
        Settings.all().stream().flatMap(setting -> more.rule(setting).stream());
    return Stream.of(single, readers.roles().stream(), optional).flatMap(rules -> rules);
  }

  /** The compiled bytes. */
  public byte[] bytes() {
    return PolicyJson.write(this);
  }

  /**
   * The policy whose compiled bytes are exactly {@code bytes}; anything unknown, missing or out of
   * bounds is malformed.
   */
  public static Policy parse(byte[] bytes) throws MalformedException {
    return PolicyJson.read(bytes);
  }
}
