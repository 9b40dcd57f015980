package jp.sekisho.server.grant;

import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Since when an organ has exceptions that are not closed, or emergencies that nobody reported and
 * confirmed: their entries are still needed.
 */
public final class OpenExceptions {
  private OpenExceptions() {}

  /** When the oldest of them was asked for; empty when none is open. */
  public static Optional<Instant> since(Handle handle, String organ) {
    return handle
        .createQuery(
            "select min(since) from (select r.created as since from export_request r"
                + " left join export_grant g on g.id = r.id"
                + " where r.organ = :organ and (r.state in ('requested', 'remanded')"
                + " or g.state in ('approved', 'active', 'used'))"
                // Its entries reach back to before their arrival by what the terminal was offline.
                + " union all select opened as since from emergency_case"
                + " where organ = :organ and confirmed is null) open_ones")
        .bind("organ", organ)
        .mapTo(Long.class)
        .findOne()
        .map(Instant::ofEpochMilli);
  }
}
