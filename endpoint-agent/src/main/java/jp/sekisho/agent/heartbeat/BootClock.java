package jp.sekisho.agent.heartbeat;

import java.time.Duration;

/**
 * The time since the terminal's boot, suspended time included. Nobody can set it: deadlines are
 * kept by it. Thread-safe.
 */
public interface BootClock {
  /** Since boot; never less than before in the same boot. */
  Duration sinceBoot();
}
