package jp.sekisho.server.person;

import java.time.Instant;
import jp.sekisho.protocol.event.Entry;
import org.jdbi.v3.core.Handle;

/** Whoever changes the directory: the console, or an administrator of some organs on a page. */
public interface Authority {
  /** The console: of all organs, and nobody for the log to name. */
  Authority CONSOLE =
      new Authority() {
        @Override
        public Entry.Subject subject() {
          return Entry.Subject.NONE;
        }

        @Override
        public boolean covers(Handle handle, String organ, Instant at) {
          return true;
        }

        @Override
        public boolean coversAll() {
          return true;
        }
      };

  /** Whom the entry of the order names. */
  Entry.Subject subject();

  /**
   * Whether what belongs to this organ may be seen and changed, asked in the unit that does it.
   *
   * @throws jp.sekisho.server.storage.TamperedException when a row of a role fails its MAC
   */
  boolean covers(Handle handle, String organ, Instant at);

  /**
   * Whether {@link #covers} says yes to every organ, so that nobody need look which ones are meant.
   */
  default boolean coversAll() {
    return false;
  }
}
