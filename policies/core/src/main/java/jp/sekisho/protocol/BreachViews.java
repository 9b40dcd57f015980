package jp.sekisho.protocol;

import java.util.List;

/**
 * The cases of 漏えい等 of the 機関: {@code GET /api/v1/breaches}. Overdue ones first, then what is not
 * closed, then the newest.
 *
 * @param breaches at most {@value #MOST}
 */
public record BreachViews(List<BreachView> breaches) {
  /** Most cases in one answer. */
  public static final int MOST = 200;

  public BreachViews {
    breaches = List.copyOf(breaches);
  }
}
