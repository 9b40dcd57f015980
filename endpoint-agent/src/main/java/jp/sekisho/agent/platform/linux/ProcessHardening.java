package jp.sekisho.agent.platform.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;

/**
 * Keeps this process's memory, where a PIN passes, out of core files and away from debuggers of the
 * same user.
 *
 * <p>Programs it starts inherit the limit of core files, not the rest.
 */
public final class ProcessHardening {
  private static final NativeLong ZERO = new NativeLong(0);

  private ProcessHardening() {}

  /**
   * No core file (RLIMIT_CORE 0, soft and hard) and not dumpable (PR_SET_DUMPABLE 0), for the life
   * of the process.
   *
   * @throws IllegalStateException when the kernel did not do it: then no PIN may be taken
   */
  public static void apply() {
    try (Memory none = new Memory(2L * NativeLong.SIZE)) {
      none.clear();
      require("setrlimit(RLIMIT_CORE)", LibC.INSTANCE.setrlimit(LibC.RLIMIT_CORE, none));
    }
    require(
        "prctl(PR_SET_DUMPABLE)",
        LibC.INSTANCE.prctl(LibC.PR_SET_DUMPABLE, ZERO, ZERO, ZERO, ZERO));
    if (!isApplied()) {
      throw new IllegalStateException("the kernel did not take the process's hardening");
    }
  }

  /** Whether both are in force now, as the kernel says. */
  public static boolean isApplied() {
    try (Memory limits = new Memory(2L * NativeLong.SIZE)) {
      require("getrlimit(RLIMIT_CORE)", LibC.INSTANCE.getrlimit(LibC.RLIMIT_CORE, limits));
      return limits.getNativeLong(0).longValue() == 0
          && limits.getNativeLong(NativeLong.SIZE).longValue() == 0
          && LibC.INSTANCE.prctl(LibC.PR_GET_DUMPABLE, ZERO, ZERO, ZERO, ZERO) == 0;
    }
  }

  private static void require(String call, int result) {
    if (result != 0) {
      throw new IllegalStateException(call + " failed with errno " + Native.getLastError());
    }
  }
}
