package jp.sekisho.policy.login;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import jp.sekisho.policy.rule.Rule;
import jp.sekisho.protocol.CardKind;

/**
 * How people log in and how long that lasts.
 *
 * @param sessionAbsolute longest a session lasts, 1 minute to {@link #MAX_ABSOLUTE}
 * @param sessionIdle longest without an action in the browser, 1 minute to {@link #MAX_IDLE}
 * @param terminalLock longest without input before the terminal locks, 1 minute to {@link
 *     #MAX_LOCK}
 * @param lockToEnd longest a session stays suspended before it ends, 1 minute to {@code
 *     sessionAbsolute}
 * @param addressMatch whether browser and terminal must share an address
 * @param cardKinds which cards may log in, staff cards always, none twice
 */
public record LoginRules(
    Rule<Duration> sessionAbsolute,
    Rule<Duration> sessionIdle,
    Rule<Duration> terminalLock,
    Rule<Duration> lockToEnd,
    Rule<AddressMatch> addressMatch,
    Rule<List<CardKind>> cardKinds) {
  /** No session outlives this. */
  public static final Duration MAX_ABSOLUTE = Duration.ofHours(12);

  /** No session is idle for longer. */
  public static final Duration MAX_IDLE = Duration.ofMinutes(15);

  /** No terminal stays open for longer without input. */
  public static final Duration MAX_LOCK = Duration.ofMinutes(15);

  /** Shortest of all these times. */
  public static final Duration MIN = Duration.ofMinutes(1);

  /** Checks every bound. */
  public LoginRules {
    bound("session-absolute", sessionAbsolute.value(), MAX_ABSOLUTE);
    bound("session-idle", sessionIdle.value(), MAX_IDLE);
    bound("terminal-lock", terminalLock.value(), MAX_LOCK);
    bound("lock-to-end", lockToEnd.value(), sessionAbsolute.value());
    cardKinds = new Rule<>(cardKinds.id(), cardKinds.reason(), List.copyOf(cardKinds.value()));
    List<CardKind> kinds = cardKinds.value();
    // Staff cards always: so layers always have a kind in common, and nobody is locked out.
    if (!kinds.contains(CardKind.STAFF_PIV) || Set.copyOf(kinds).size() != kinds.size()) {
      throw new IllegalArgumentException("card-kinds lacks staff-piv or names one twice");
    }
  }

  private static void bound(String name, Duration value, Duration max) {
    if (value.compareTo(MIN) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(name + " is not 1 to " + max.toMinutes() + " minutes");
    }
    if (!value.equals(Duration.ofSeconds(value.toSeconds()))) {
      throw new IllegalArgumentException(name + " is not whole seconds");
    }
  }
}
