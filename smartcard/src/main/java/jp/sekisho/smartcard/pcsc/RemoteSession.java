package jp.sekisho.smartcard.pcsc;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * Whether this process belongs to somebody who sits at another computer, and what that means for
 * the readers.
 */
public enum RemoteSession {
  /** At this computer, or a service of it. */
  LOCAL,
  /**
   * Windows remote desktop: WinSCard is that of the other computer, this computer's readers are
   * invisible and its card service seems stopped.
   */
  REDIRECTED,
  /**
   * ssh or xrdp on Linux: the readers are this computer's, but polkit lets only those use them who
   * sit at it, unless the municipality configured otherwise.
   */
  FORWARDED;

  /** GetSystemMetrics index: not 0 in a session of Remote Desktop Services. */
  static final int SM_REMOTESESSION = 0x1000;

  /** What this process is in now: a Windows session may be taken over while it runs. */
  public static RemoteSession current() {
    return of(Platform.isWindows(), System.getenv(), RemoteSession::systemMetrics);
  }

  /**
   * @param systemMetrics GetSystemMetrics; throws UnsatisfiedLinkError where there is none
   */
  static RemoteSession of(
      boolean windows, Map<String, String> environment, IntUnaryOperator systemMetrics) {
    if (!windows) {
      return environment.containsKey("SSH_CONNECTION") || environment.containsKey("XRDP_SESSION")
          ? FORWARDED
          : LOCAL;
    }
    boolean remote;
    try {
      remote = systemMetrics.applyAsInt(SM_REMOTESESSION) != 0;
    } catch (UnsatisfiedLinkError e) {
      // The variable is that of the logon: stale when a session moves, better than nothing.
      remote = environment.getOrDefault("SESSIONNAME", "").startsWith("RDP-");
    }
    return remote ? REDIRECTED : LOCAL;
  }

  private static int systemMetrics(int index) {
    return NativeLibrary.getInstance("user32")
        .getFunction("GetSystemMetrics")
        .invokeInt(new Object[] {index});
  }
}
