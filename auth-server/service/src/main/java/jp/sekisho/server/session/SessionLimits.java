package jp.sekisho.server.session;

import java.time.Duration;
import java.time.Instant;

/**
 * How long sessions last.
 *
 * @param absolute from login to the end, whatever happens
 * @param idle from the last activity to a suspension
 * @param lockToEnd from a suspension to the end
 */
public record SessionLimits(Duration absolute, Duration idle, Duration lockToEnd) {
  /** 12 hours, 15 minutes, 30 minutes. */
  public static final SessionLimits STANDARD =
      new SessionLimits(Duration.ofHours(12), Duration.ofMinutes(15), Duration.ofMinutes(30));

  public SessionLimits {
    if (!absolute.isPositive() || !idle.isPositive() || !lockToEnd.isPositive()) {
      throw new IllegalArgumentException("a limit is not positive");
    }
  }

  /** What the clock alone makes of a session. */
  sealed interface Fate {
    /** It stays as it is. */
    record Stays() implements Fate {}

    /** It has been suspended since {@code at}. */
    record Suspended(Instant at) implements Fate {}

    /** It is over. */
    record Over(Cause cause) implements Fate {}
  }

  /** The fate at {@code now} of a session last used at {@code lastActivity}. */
  Fate fate(Session session, Instant lastActivity, Instant now) {
    if (session.state() == Session.State.ENDED) {
      return new Fate.Stays();
    }
    if (!now.isBefore(session.absoluteEnd())) {
      return new Fate.Over(Cause.ABSOLUTE_LIMIT);
    }
    boolean active = session.state() == Session.State.ACTIVE;
    if (active && session.relying() != null) {
      return new Fate.Stays(); // only its own system sees whether it is used
    }
    Instant suspended = active ? lastActivity.plus(idle) : session.changed();
    if (active && now.isBefore(suspended)) {
      return new Fate.Stays();
    }
    if (!now.isBefore(suspended.plus(lockToEnd))) {
      return new Fate.Over(Cause.LOCK_TO_END);
    }
    return active ? new Fate.Suspended(suspended) : new Fate.Stays();
  }
}
