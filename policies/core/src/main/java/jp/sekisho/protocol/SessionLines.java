package jp.sekisho.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Open sessions: {@code GET /api/v1/sessions}.
 *
 * @param sessions one's own, the newest login first; of a 機関 by staff number
 * @param next {@code after} of the page that follows; null on the last
 */
public record SessionLines(List<SessionLine> sessions, @Nullable String next) {
  public SessionLines {
    sessions = List.copyOf(sessions);
  }
}
