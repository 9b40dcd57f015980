package jp.sekisho.server.web;

import java.util.List;
import jp.sekisho.protocol.BreachView;
import org.jspecify.annotations.Nullable;

/**
 * The cases of 漏えい等, or one of them.
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record BreachesPage(Frame frame, String person, String terminal, @Nullable Content content) {
  /**
   * The part that only an active session gets.
   *
   * @param rows of the list; empty on the page of one case
   * @param now of the form of a new case, as a field takes it
   * @param shown the one case of the page; null on the list
   */
  public record Content(List<Row> rows, String now, @Nullable Row shown) {
    public Content {
      rows = List.copyOf(rows);
    }
  }

  /**
   * One case in the page's language; times in Japan Standard Time, "—" where there is nothing.
   *
   * @param overdue in words, one for each report that is late
   * @param kinds in words
   * @param origin what it comes from, in words
   * @param items name and text of each of the nine
   * @param today of the form of a report
   */
  public record Row(
      BreachView view,
      String state,
      List<String> overdue,
      String known,
      String kinds,
      String origin,
      String opened,
      String preliminaryDay,
      String finalDay,
      String preliminary,
      String complete,
      String closed,
      List<Item> items,
      String today) {
    public Row {
      overdue = List.copyOf(overdue);
      items = List.copyOf(items);
    }

    /** Whether the person may do {@code action} now. */
    public boolean may(String action) {
      return view.actions().contains(action);
    }
  }

  /** One of the nine items. */
  public record Item(String key, String name, String text) {}
}
