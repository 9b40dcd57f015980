package jp.sekisho.policy.login;

import java.time.Duration;
import java.util.List;
import jp.sekisho.policy.setting.Order;
import jp.sekisho.policy.setting.Setting;
import jp.sekisho.policy.setting.Shapes;
import jp.sekisho.protocol.CardKind;

/** Settings of the section {@code login}. */
public final class LoginSettings {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Longest session. */
  public static final Setting<Duration> SESSION_ABSOLUTE =
      time("login.session-absolute", LoginRules.MAX_ABSOLUTE);

  /** Longest without an action in the browser. */
  public static final Setting<Duration> SESSION_IDLE =
      time("login.session-idle", LoginRules.MAX_IDLE);

  /** Longest without input. */
  public static final Setting<Duration> TERMINAL_LOCK =
      time("login.terminal-lock", LoginRules.MAX_LOCK);

  /** Longest suspension. */
  public static final Setting<Duration> LOCK_TO_END =
      time("login.lock-to-end", LoginRules.MAX_ABSOLUTE);

  /** Whether browser and terminal must share an address. */
  public static final Setting<AddressMatch> ADDRESS_MATCH =
      Setting.required(
          "login.address-match",
          Shapes.word(AddressMatch.class),
          Order.smaller(),
          AddressMatch.REQUIRE);

  /** Which cards may log in. */
  public static final Setting<List<CardKind>> CARD_KINDS =
      Setting.required(
          "login.card-kinds",
          Shapes.words(CardKind.class, 1),
          Order.fewer(),
          List.of(CardKind.STAFF_PIV));

  /** Which pairs of factors make a login; none: nobody can log in. */
  public static final Setting<List<LoginFactors>> FACTORS =
      Setting.optional(
          "login.factors", Shapes.words(LoginFactors.class, 0), Order.fewer(), List.of());

  /** What pulling the card does. */
  public static final Setting<CardRemoval> REMOVAL =
      Setting.optional(
          "login.removal", Shapes.word(CardRemoval.class), Order.smaller(), CardRemoval.END);

  /** How long a contactless card may be out of the field: at most a second. */
  public static final Setting<Duration> REMOVAL_GRACE =
      Setting.optional(
          "login.removal-grace",
          Shapes.duration(Duration.ZERO, SECOND, SECOND),
          Order.smaller(),
          Duration.ZERO);

  /** Failures after which each further attempt waits longer. */
  public static final Setting<Integer> FAILURES =
      Setting.optional("login.failures", Shapes.count(1, 10), Order.smaller(), 1);

  /** Opening days since the last contact during which offline logins work; 0: none work. */
  public static final Setting<Integer> OFFLINE_DAYS =
      Setting.optional("login.offline-days", Shapes.count(0, 10), Order.smaller(), 0);

  /** Longest time powered on since the last contact for an offline login. */
  public static final Setting<Duration> OFFLINE_POWER =
      Setting.optional(
          "login.offline-power",
          Shapes.duration(Duration.ZERO, Duration.ofDays(2), Duration.ofMinutes(1)),
          Order.smaller(),
          Duration.ZERO);

  /** Most boots since the last contact for an offline login. */
  public static final Setting<Integer> OFFLINE_BOOTS =
      Setting.optional("login.offline-boots", Shapes.count(0, 20), Order.smaller(), 0);

  /** Longest since the person's last online login at this terminal, for an offline one. */
  public static final Setting<Duration> OFFLINE_KNOWN =
      Setting.optional(
          "login.offline-known",
          Shapes.duration(Duration.ZERO, Duration.ofDays(14), Duration.ofDays(1)),
          Order.smaller(),
          Duration.ZERO);

  private LoginSettings() {}

  /** All of them, in the order of the documents. */
  public static List<Setting<?>> all() {
    return List.of(
        SESSION_ABSOLUTE,
        SESSION_IDLE,
        TERMINAL_LOCK,
        LOCK_TO_END,
        ADDRESS_MATCH,
        CARD_KINDS,
        FACTORS,
        REMOVAL,
        REMOVAL_GRACE,
        FAILURES,
        OFFLINE_DAYS,
        OFFLINE_POWER,
        OFFLINE_BOOTS,
        OFFLINE_KNOWN);
  }

  private static Setting<Duration> time(String path, Duration max) {
    return Setting.required(
        path, Shapes.duration(LoginRules.MIN, max, SECOND), Order.smaller(), LoginRules.MIN);
  }
}
