package jp.sekisho.keycloak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import jp.sekisho.protocol.RelyingRecord;
import org.jspecify.annotations.Nullable;

/**
 * Failures of nobody in particular, such as a login page that was asked for with an application
 * that there is not: who reaches Keycloak brings about any number, and the log would keep each for
 * years. Of one kind and error the first {@link #EACH} of a minute are kept; the next event after
 * it brings a record that says how many more there were. Thread-safe.
 */
final class Strangers {
  static final int EACH = 10;

  /** What is counted together. */
  static final long SPAN = 60_000;

  private final Map<String, Integer> counts = new HashMap<>();
  private long span;

  /** What is kept of an event, and of those before it. */
  synchronized List<RelyingRecord> take(RelyingRecord event) {
    List<RelyingRecord> kept = new ArrayList<>();
    long now = event.at() / SPAN;
    // One that comes late is counted with those after it; a clock set back begins anew.
    if (now > span || now < span - 5) {
      counts.forEach((of, count) -> {
        if (count > EACH) {
          kept.add(more(of.split(" ", 3), count - EACH, event.at()));
        }
      });
    }
    if (keeps(event.user(), event.realm(), event.kind(), event.error(), event.at())) {
      kept.add(event);
    }
    return kept;
  }

  /** Whether an event is kept. */
  synchronized boolean keeps(
      @Nullable String user, String realm, String kind, @Nullable String error, long at) {
    long now = at / SPAN;
    if (now > span || now < span - 5) {
      counts.clear();
      span = now;
    }
    return user != null
        || error == null
        || Objects.requireNonNull(counts.merge(realm + " " + kind + " " + error, 1, Integer::sum))
            <= EACH;
  }

  private RelyingRecord more(String[] of, int count, long at) {
    return new RelyingRecord(
        "",
        0,
        "",
        "more-" + span + "-" + Integer.toHexString(String.join(" ", of).hashCode()),
        at,
        of[0],
        of[1],
        false,
        null,
        null,
        null,
        null,
        null,
        "and-" + count + "-more",
        of[2]);
  }
}
