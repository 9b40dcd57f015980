package jp.sekisho.server.terminal;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import jp.sekisho.protocol.Heartbeat;
import org.jspecify.annotations.Nullable;

/**
 * What is told of the terminals' clocks, as their heartbeats say them. Thread-safe.
 *
 * <p>A heartbeat says the time at which it was made, not at which it arrived: of a clock that seems
 * behind, the time that the transfer can have taken is taken off. So what is told is the least by
 * which a clock is wrong, and a slow line alarms about nobody.
 */
final class TerminalClocks {
  /**
   * A clock that is off by more is told. Entries of several terminals are put side by side by the
   * minute; {@code sekisho-agent doctor} complains at half of it already.
   */
  static final Duration LIMIT = Duration.ofSeconds(60);

  /**
   * At most so much off it is right again: not the limit itself, around which a clock may waver.
   */
  static final Duration RIGHT = Duration.ofSeconds(30);

  /**
   * Longest way of a heartbeat: an agent gives a call up after 10 s, and a busy service may look at
   * it as late again.
   */
  static final Duration TRANSFER = Duration.ofSeconds(20);

  /** Of one terminal nothing further is told for so long, however its clock jumps. */
  static final Duration QUIET = Duration.ofMinutes(5);

  /** Some 300 years: what a log can hold, whatever a terminal says. */
  private static final long MOST_SECONDS = 10_000_000_000L;

  private final Map<String, Instant> told = new ConcurrentHashMap<>();

  /** The time that a heartbeat says; empty when that is none. */
  static Optional<Instant> said(Heartbeat heartbeat) {
    try {
      return Optional.of(Instant.parse(heartbeat.clock()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /**
   * By how much a clock is ahead at least; negative when it is behind.
   *
   * @param said what it showed
   * @param received what ours showed when that arrived
   */
  static Duration ahead(Instant said, Instant received) {
    Duration seems = Duration.between(received, said);
    if (!seems.isNegative()) {
      return seems;
    }
    Duration behind = seems.plus(TRANSFER);
    return behind.isNegative() ? behind : Duration.ZERO;
  }

  /**
   * What the row of a terminal has to say from now on; what it says already when there is nothing
   * to tell.
   *
   * @param terminal as its row says
   * @param ahead by {@link #ahead}
   */
  @Nullable Long judge(Terminal terminal, Duration ahead, Instant now) {
    Long before = terminal.clockAhead();
    Instant last = told.get(terminal.id());
    if (last != null && now.isBefore(last.plus(QUIET)) && !now.isBefore(last)) {
      return before;
    }
    if (before == null) {
      return ahead.abs().compareTo(LIMIT) > 0 ? Long.valueOf(seconds(ahead)) : null;
    }
    if (ahead.abs().compareTo(RIGHT) <= 0) {
      return null;
    }
    long measured = seconds(ahead);
    return Math.abs(measured - before) > LIMIT.toSeconds() ? Long.valueOf(measured) : before;
  }

  /** An entry tells of the terminal's clock. */
  void told(Terminal terminal, Instant at) {
    told.put(terminal.id(), at);
  }

  private static long seconds(Duration ahead) {
    long whole = Math.min(ahead.abs().toSeconds(), MOST_SECONDS);
    return ahead.isNegative() ? -whole : whole;
  }
}
