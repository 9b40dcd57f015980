package jp.sekisho.server.web;

import java.util.List;
import jp.sekisho.protocol.ReportedEmergency;
import org.jspecify.annotations.Nullable;

/**
 * The page of 緊急時の例外措置: what is 事後報告未了, and what was reported.
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param rows unreported ones first; null while the session is suspended: then the page is only its
 *     lock
 */
public record EmergenciesPage(
    Frame frame, String person, String terminal, @Nullable List<Row> rows) {
  public EmergenciesPage {
    rows = rows == null ? null : List.copyOf(rows);
  }

  /**
   * One case in the page's language; times in Japan Standard Time, "—" before they exist.
   *
   * @param number of its section on the page
   * @param state stable word
   * @param medium id of the registered medium, or that it is none, and its fingerprint
   * @param reported who, and when
   * @param confirmed who, and when
   */
  public record Row(
      int number,
      String id,
      String state,
      String stateWords,
      boolean overdue,
      String terminal,
      String person,
      String approvers,
      String medium,
      String reason,
      int minutes,
      String opened,
      String closed,
      String arrived,
      String due,
      @Nullable ReportedEmergency report,
      String reported,
      String confirmed,
      List<String> actions) {
    public Row {
      actions = List.copyOf(actions);
    }

    /** Whether the person may do {@code action} now. */
    public boolean may(String action) {
      return actions.contains(action);
    }
  }
}
