package jp.sekisho.agent.enforce;

import java.time.Duration;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which events of a kind are recorded one by one, so that a device that comes and goes endlessly,
 * or a program that pastes endlessly, cannot fill the terminal's records: the first {@value
 * #SINGLY} in a minute; of the others the newest, with their number, when the minute is over. What
 * is done about them does not depend on it. Guarded by its owner's lock.
 *
 * @param <E> the events
 */
public final class RatedRecords<E> {
  /** A terminal that starts with full hubs has fewer devices. */
  public static final int SINGLY = 30;

  public static final Duration WINDOW = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private long start;
  private int singly;
  private int more;
  private @Nullable IntFunction<E> newest;

  /**
   * @param nanos a clock that only goes forward, in nanoseconds
   */
  public RatedRecords(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Whether this event is recorded now; if not, it is counted.
   *
   * @param counted what stands for it and as many others
   */
  public boolean isRecordedNow(IntFunction<E> counted) {
    if (singly > 0 && isOver() && more == 0) {
      singly = 0;
    }
    if (singly == 0) {
      start = nanos.getAsLong();
    }
    if (singly < SINGLY) {
      singly++;
      return true;
    }
    missed(counted);
    return false;
  }

  /** What was to be recorded now and could not be: counted with the others of its minute. */
  public void missed(IntFunction<E> counted) {
    more++;
    newest = counted;
  }

  /**
   * The newest of those that were only counted in a minute that is over, with their number; once.
   */
  public Optional<E> due() {
    IntFunction<E> event = newest;
    if (event == null || !isOver()) {
      return Optional.empty();
    }
    E counted = event.apply(more);
    singly = 0;
    more = 0;
    newest = null;
    return Optional.of(counted);
  }

  private boolean isOver() {
    return nanos.getAsLong() - start >= WINDOW.toNanos();
  }
}
