package jp.sekisho.agent.loopback;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import jp.sekisho.protocol.Refusal;

/**
 * Counts refused callers and reports the first of each reason in a minute; the number of the others
 * goes to the program's own log. Thread-safe.
 */
final class Strikes {
  static final Duration WINDOW = Duration.ofMinutes(1);

  private static final System.Logger LOG = System.getLogger(Strikes.class.getName());

  private record Window(Instant start, int count) {}

  private final LoopbackCalls calls;
  private final InstantSource clock;
  private final Map<Refusal, Window> windows = new EnumMap<>(Refusal.class);

  Strikes(LoopbackCalls calls, InstantSource clock) {
    this.calls = calls;
    this.clock = clock;
  }

  void count(Refusal reason) {
    if (opensWindow(reason)) {
      calls.refused(reason);
    }
  }

  private synchronized boolean opensWindow(Refusal reason) {
    Instant now = clock.instant();
    Window last = windows.get(reason);
    // A clock set back must not silence reports until it has caught up.
    if (last != null && !now.isBefore(last.start()) && now.isBefore(last.start().plus(WINDOW))) {
      windows.put(reason, new Window(last.start(), last.count() + 1));
      return false;
    }
    if (last != null && last.count() > 1) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: {1} requests in the minute from {2}",
          reason,
          Integer.toString(last.count()),
          last.start());
    }
    windows.put(reason, new Window(now, 1));
    return true;
  }
}
