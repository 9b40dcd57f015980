package jp.sekisho.protocol;

import java.util.List;

/**
 * The answer to {@link RelyingSessions}, oldest first.
 *
 * @param now the service's clock, milliseconds UTC
 * @param ended those of the last day that ended since then, at most {@link #MOST}; ask again from
 *     the last one's time for more
 */
public record RelyingSessionsEnded(long now, List<RelyingSessionEnd> ended) {
  /** A list of so many may go on. */
  public static final int MOST = 1_000;

  public RelyingSessionsEnded {
    ended = List.copyOf(ended);
  }
}
