package jp.sekisho.agent.platform.linux;

import com.sun.jna.Library;
import com.sun.jna.Native;
import jp.sekisho.agent.seat.LocalPresence;
import org.jspecify.annotations.Nullable;

/**
 * The user in the foreground of {@code seat0}, by systemd-logind. Thread-safe.
 *
 * <p>Asked anew each time: libsystemd reads what logind wrote under {@code /run/systemd/seats},
 * which only root can. Without the library, without logind and on any error nobody is there.
 */
public final class LogindPresence implements LocalPresence {
  /** The seat of the terminal's own screen, keyboard and readers. */
  static final String SEAT = "seat0";

  private static final System.Logger LOG = System.getLogger(LogindPresence.class.getName());

  /** The one function of sd-login(3) that is used. */
  interface LibSystemd extends Library {
    /** sd_uid_is_on_seat(3): positive for yes, 0 for no, a negative errno when not known. */
    int sd_uid_is_on_seat(int uid, int requireActive, String seat);
  }

  private final @Nullable LibSystemd library;

  /** Asks this machine's logind. */
  public LogindPresence() {
    this(load());
  }

  LogindPresence(@Nullable LibSystemd library) {
    this.library = library;
  }

  private static @Nullable LibSystemd load() {
    try {
      return Native.load("libsystemd.so.0", LibSystemd.class);
    } catch (UnsatisfiedLinkError e) {
      LOG.log(System.Logger.Level.ERROR, "libsystemd is missing, so nobody can log in", e);
      return null;
    }
  }

  @Override
  public boolean isAtScreen(int uid) {
    return library != null && library.sd_uid_is_on_seat(uid, 1, SEAT) > 0;
  }
}
