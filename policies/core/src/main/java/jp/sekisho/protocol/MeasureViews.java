package jp.sekisho.protocol;

import java.util.List;

/**
 * The exceptional measures of the 機関, newest first: {@code GET /api/v1/measures}.
 *
 * @param measures at most {@value #MOST}
 * @param outOfStep where register, signed policy and terminals do not agree
 */
public record MeasureViews(List<MeasureView> measures, List<OutOfStep> outOfStep) {
  /** Most measures in one answer. */
  public static final int MOST = 500;

  public MeasureViews {
    measures = List.copyOf(measures);
    outOfStep = List.copyOf(outOfStep);
  }
}
