package jp.sekisho.server.web;

import java.util.List;
import jp.sekisho.protocol.RefusalText;
import org.jspecify.annotations.Nullable;

/**
 * The page of people and posts (職員と職) of one 機関, for its administrators.
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record PeoplePage(Frame frame, String person, String terminal, @Nullable Content content) {

  /**
   * The part that only an active session gets.
   *
   * @param notice why nothing else is shown; null when it is
   * @param query what was searched for
   * @param total how many were found, of which {@code rows} are one page
   * @param next path of the next page; null on the last one
   * @param orders newest first
   */
  public record Content(
      @Nullable RefusalText notice,
      String query,
      List<Row> rows,
      int total,
      @Nullable String next,
      List<OrderLine> orders) {
    public Content {
      rows = List.copyOf(rows);
      orders = List.copyOf(orders);
    }
  }

  /**
   * One person, in the page's language.
   *
   * @param posts held today, "—" without one
   * @param current whether any is
   */
  public record Row(String number, String name, String posts, String roles, boolean current) {}

  /**
   * One personnel order.
   *
   * @param taken day of Japan on which the file was taken
   * @param effective first day of its effect
   */
  public record OrderLine(
      String id, String taken, String effective, long persons, String state, boolean undoable) {}
}
