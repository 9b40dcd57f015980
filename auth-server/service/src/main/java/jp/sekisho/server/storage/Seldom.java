package jp.sekisho.server.storage;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a unit does beside its own work, so that rows nobody asks for any more do not pile up: due
 * once a minute of a process, not in every unit. One that is rolled back leaves it to the next
 * minute. Thread-safe.
 */
public final class Seldom {
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final AtomicReference<@Nullable Instant> last = new AtomicReference<>();

  /** Whether it is due at {@code now}; if so it is not for a minute, by whichever way clocks go. */
  public boolean isDue(Instant now) {
    Instant before = last.get();
    return (before == null || Duration.between(before, now).abs().compareTo(PAUSE) >= 0)
        && last.compareAndSet(before, now);
  }
}
