package jp.sekisho.agent.platform.linux;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import jp.sekisho.agent.seat.LockCommand;

/**
 * Locks the session in the foreground of {@code seat0} through systemd-logind, without its session
 * process. Thread-safe.
 */
public final class LogindLock {
  private static final System.Logger LOG = System.getLogger(LogindLock.class.getName());

  /** The one function of sd-login(3) that is used. */
  interface LibSystemd extends Library {
    /** sd_seat_get_active(3): 0 or more when it is known; the session's name is the caller's. */
    int sd_seat_get_active(String seat, PointerByReference session, IntByReference uid);
  }

  private LogindLock() {}

  /** Locks whoever is there; nobody is the same as done. */
  public static void lock() {
    active()
        .ifPresent(session -> {
          if (!new LockCommand(List.of("loginctl", "lock-session", session)).run()) {
            LOG.log(System.Logger.Level.ERROR, "the screen is not locked");
          }
        });
  }

  private static Optional<String> active() {
    try {
      LibSystemd library = Native.load("libsystemd.so.0", LibSystemd.class);
      PointerByReference session = new PointerByReference();
      if (library.sd_seat_get_active(LogindPresence.SEAT, session, new IntByReference()) < 0) {
        return Optional.empty();
      }
      Pointer name = session.getValue();
      if (name == null) {
        return Optional.empty();
      }
      String text = name.getString(0, StandardCharsets.US_ASCII.name());
      Native.free(Pointer.nativeValue(name));
      return text.matches("[A-Za-z0-9]{1,32}") ? Optional.of(text) : Optional.empty();
    } catch (UnsatisfiedLinkError e) {
      LOG.log(System.Logger.Level.ERROR, "libsystemd is missing: nothing locks the screen", e);
      return Optional.empty();
    }
  }
}
