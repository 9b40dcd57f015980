package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The register of exceptional measures (例外措置), or one of them.
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record MeasuresPage(Frame frame, String person, String terminal, @Nullable Content content) {
  /**
   * The part that only an active session gets.
   *
   * @param rows of the register; empty on the page of one measure
   * @param outOfStep what does not agree with policy and terminals, in words
   * @param form null for who may not ask
   * @param shown the one measure of the page; null on the register
   */
  public record Content(
      List<MeasureRow> rows,
      List<String> outOfStep,
      @Nullable Form form,
      @Nullable MeasureRow shown) {
    public Content {
      rows = List.copyOf(rows);
      outOfStep = List.copyOf(outOfStep);
    }
  }

  /**
   * The form of a request, filled in as far as something is known.
   *
   * @param renews number of the measure to be carried on; "" for a new one
   */
  public record Form(
      String terminals,
      String division,
      String rule,
      String reason,
      String substitute,
      String document,
      String from,
      String review,
      String until,
      String renews) {}

  /**
   * One measure in the page's language; times in Japan Standard Time, "—" where there is nothing.
   *
   * @param state stable word
   * @param overdue stable word; null when nothing is late
   * @param about terminals, division and rule in words
   * @param text the exact text that the CISO's card signs
   * @param decision who permitted or rejected it, and when
   * @param note why it was rejected or how it ended
   * @param review what was found, by whom and when
   * @param signed whether there is a permission to print
   * @param actions what the session's person may do, stable words
   */
  public record MeasureRow(
      String id,
      String number,
      String state,
      String stateWords,
      @Nullable String overdue,
      String overdueWords,
      String about,
      String reason,
      String substitute,
      String document,
      String from,
      String reviewBy,
      String until,
      String renews,
      String asker,
      String requestedAt,
      String decision,
      String note,
      String end,
      String review,
      String finding,
      String text,
      String detail,
      boolean signed,
      List<String> actions) {
    public MeasureRow {
      actions = List.copyOf(actions);
    }

    /** Whether the person may do {@code action} now. */
    public boolean may(String action) {
      return actions.contains(action);
    }
  }
}
