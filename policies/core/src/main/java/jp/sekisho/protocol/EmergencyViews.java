package jp.sekisho.protocol;

import java.util.List;

/**
 * {@code GET /api/v1/emergencies}: what is unreported first, then the newest.
 *
 * @param emergencies at most {@value #MOST}
 */
public record EmergencyViews(List<EmergencyView> emergencies) {
  /** Most of one list. */
  public static final int MOST = 200;

  public EmergencyViews {
    emergencies = List.copyOf(emergencies);
  }
}
