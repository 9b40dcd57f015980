package jp.sekisho.protocol;

import java.util.List;

/**
 * How long a log is kept: {@code GET /api/v1/log/retention}, for its auditors.
 *
 * @param log the 機関
 * @param years the term; 0 while it is not known any more and nothing is deleted
 * @param holds what keeps everything longer
 */
public record LogKept(String log, int years, List<LogHold> holds) {
  public LogKept {
    holds = List.copyOf(holds);
  }
}
