package jp.sekisho.agent.platform.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.time.Duration;
import jp.sekisho.agent.heartbeat.BootClock;

/**
 * The kernel's {@code CLOCK_BOOTTIME}: since boot, suspended time included; no program can set it.
 * Thread-safe.
 */
public final class LinuxBootClock implements BootClock {
  private static final int CLOCK_BOOTTIME = 7;

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the kernel does not say
   */
  @Override
  public Duration sinceBoot() {
    try (Memory time = new Memory(2L * NativeLong.SIZE)) {
      if (LibC.INSTANCE.clock_gettime(CLOCK_BOOTTIME, time) != 0) {
        throw new IllegalStateException(
            "clock_gettime(CLOCK_BOOTTIME) failed with errno " + Native.getLastError());
      }
      // struct timespec: seconds and nanoseconds, both long.
      return Duration.ofSeconds(
          time.getNativeLong(0).longValue(), time.getNativeLong(NativeLong.SIZE).longValue());
    }
  }
}
