package jp.sekisho.server.web;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work repeated by a keeper's thread: an {@link Error} is told and does not end the repetition. */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  private Rounds() {}

  /**
   * A round for {@code scheduleWithFixedDelay}, which would drop the work without a word once one
   * round throws.
   *
   * @param name of the work, for the operator
   */
  static Runnable of(String name, Runnable round) {
    return () -> {
      try {
        round.run();
      } catch (RuntimeException | Error e) {
        LOG.error("{} failed and is tried again in the next round", name, e);
      }
    };
  }
}
