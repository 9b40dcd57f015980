package jp.sekisho.agent.login;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jp.sekisho.agent.heartbeat.BootClock;

/**
 * How often each user of the terminal asked for something lately, so that no program fills the
 * records with refusals. Thread-safe.
 */
public final class Attempts {
  /** Stands for all users without a seat: together they ask no more often than one with it. */
  public static final int WITHOUT_SEAT = -1;

  /** What a further question is. */
  public enum Answer {
    /** One of those that are answered. */
    GOOD,
    /** Too many, for the first time: to be recorded. */
    FIRST_TOO_MANY,
    /** Too many, as was recorded. */
    TOO_MANY
  }

  private final BootClock clock;
  private final int most;
  private final Duration window;

  /** When each user asked, by the boot clock. Guarded by this. */
  private final Map<Integer, List<Duration>> asked = new HashMap<>();

  /**
   * @param most questions of one user within {@code window}
   */
  public Attempts(BootClock clock, int most, Duration window) {
    this.clock = clock;
    this.most = most;
    this.window = window;
  }

  /** Counts a question of that user. */
  public synchronized Answer add(int user) {
    Duration now = clock.sinceBoot();
    asked.values().forEach(times -> times.removeIf(time -> time.plus(window).compareTo(now) <= 0));
    asked.values().removeIf(List::isEmpty);
    List<Duration> times = asked.computeIfAbsent(user, first -> new ArrayList<>());
    int before = times.size();
    if (before <= most) {
      times.add(now);
    }
    return before < most ? Answer.GOOD : before == most ? Answer.FIRST_TOO_MANY : Answer.TOO_MANY;
  }
}
