package jp.sekisho.agent.login;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import jp.sekisho.agent.spool.Room;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import org.jspecify.annotations.Nullable;

/**
 * Records refused logins so that no program of the terminal can fill its records: the first {@value
 * #SINGLY} of a reason in a minute at once and each by itself, of the others their number when the
 * minute is over. While the reserve is in use they are only counted, for it is kept for logins and
 * removals; the number is recorded when there is room again. Thread-safe.
 */
final class RefusalRecords {
  /** One person who mistypes leaves each try in the log. */
  static final int SINGLY = 3;

  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final System.Logger LOG = System.getLogger(RefusalRecords.class.getName());

  /**
   * One reason's minute.
   *
   * @param singly how many were recorded by themselves
   * @param more how many were not recorded yet
   */
  private record Minute(Instant start, int singly, int more) {
    boolean holds(Instant now) {
      // A clock set back must not hold records back until it has caught up.
      return !now.isBefore(start) && now.isBefore(start.plus(WINDOW));
    }
  }

  private final Spool spool;
  private final InstantSource clock;
  private final Map<Refusal, Minute> minutes = new EnumMap<>(Refusal.class);

  RefusalRecords(Spool spool, InstantSource clock) {
    this.spool = spool;
    this.clock = clock;
  }

  /**
   * Records or counts one refusal.
   *
   * @param transaction null when none was named
   * @param triesLeft null when not known
   * @return false when records cannot be kept at all
   */
  synchronized boolean add(
      @Nullable String transaction, @Nullable Integer triesLeft, Refusal reason) {
    Room room = spool.room();
    if (room == Room.GONE) {
      return false;
    }
    Instant now = clock.instant();
    if (!settle(reason, now, false)) {
      return false;
    }
    Minute minute = minutes.getOrDefault(reason, new Minute(now, 0, 0));
    boolean single = room == Room.PLENTY && minute.holds(now) && minute.singly() < SINGLY;
    if (single && !append(new AgentEvent.LoginRefused(transaction, triesLeft, null, reason))) {
      return false;
    }
    minutes.put(
        reason,
        single
            ? new Minute(minute.start(), minute.singly() + 1, minute.more())
            : new Minute(minute.start(), minute.singly(), minute.more() + 1));
    return true;
  }

  /** Records the numbers of minutes that are over; to be called now and then. */
  synchronized void settle() {
    settleAll(false);
  }

  /** Records all numbers: nobody will be there when these minutes are over. */
  synchronized void settleNow() {
    settleAll(true);
  }

  private void settleAll(boolean now) {
    Instant time = clock.instant();
    for (Refusal reason : Map.copyOf(minutes).keySet()) {
      var unused = settle(reason, time, now);
    }
  }

  /** Ends a minute that is over; whether its number, if there is one, is recorded or kept. */
  private boolean settle(Refusal reason, Instant now, boolean early) {
    Minute minute = minutes.get(reason);
    if (minute == null || (minute.holds(now) && !early)) {
      return true;
    }
    if (minute.more() > 0) {
      if (spool.room() != Room.PLENTY) {
        return true;
      }
      if (!append(new AgentEvent.LoginRefused(null, null, minute.more(), reason))) {
        return false;
      }
    }
    minutes.remove(reason);
    return true;
  }

  private boolean append(AgentEvent event) {
    try {
      spool.append(event);
      return true;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, "a refusal is not recorded", e);
      return false;
    }
  }
}
