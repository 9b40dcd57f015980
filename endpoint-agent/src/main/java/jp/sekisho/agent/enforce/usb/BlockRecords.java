package jp.sekisho.agent.enforce.usb;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import jp.sekisho.protocol.event.UsbEvent;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks are recorded one by one, so that a device that comes and goes endlessly cannot fill
 * the terminal's records: the first {@value #SINGLY} in a minute; of the others the newest, with
 * their number, when the minute is over. What is blocked does not depend on it. Guarded by the
 * gate's lock.
 */
final class BlockRecords {
  /** A terminal that starts with full hubs has fewer devices. */
  static final int SINGLY = 30;

  static final Duration WINDOW = Duration.ofMinutes(1);

  private final LongSupplier nanos;
  private long start;
  private int singly;
  private int more;
  private UsbEvent.@Nullable Blocked newest;

  /**
   * @param nanos a clock that only goes forward, in nanoseconds
   */
  BlockRecords(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Whether this block is recorded now; if not, it is counted. */
  boolean isRecordedNow(UsbEvent.Blocked event) {
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
    more++;
    newest = event;
    return false;
  }

  /** What was to be recorded now and could not be: counted with the others of its minute. */
  void missed(UsbEvent.Blocked event) {
    more++;
    newest = event;
  }

  /**
   * The newest of those that were only counted in a minute that is over, with their number; once.
   */
  Optional<UsbEvent.Blocked> due() {
    UsbEvent.Blocked event = newest;
    if (event == null || !isOver()) {
      return Optional.empty();
    }
    UsbEvent.Blocked counted = event.counted(more);
    singly = 0;
    more = 0;
    newest = null;
    return Optional.of(counted);
  }

  private boolean isOver() {
    return nanos.getAsLong() - start >= WINDOW.toNanos();
  }
}
