package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of open sessions: one's own, and to an administrator those in the 機関.
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record SessionsPage(Frame frame, String person, String terminal, @Nullable Content content) {

  /**
   * The part that only an active session gets.
   *
   * @param ended whether one was just ended
   * @param organ null for those who look after nobody
   */
  public record Content(boolean ended, List<Row> own, @Nullable Organ organ) {
    public Content {
      own = List.copyOf(own);
    }
  }

  /**
   * The sessions in the 機関 that a query found, a page of them.
   *
   * @param total all that were found
   * @param next link to the rest; null on the last page
   */
  public record Organ(String query, List<Row> rows, int total, @Nullable String next) {
    public Organ {
      rows = List.copyOf(rows);
    }
  }

  /**
   * One session in the page's language; times in Japan Standard Time.
   *
   * @param id name of the session, as in the log
   * @param name the person's name
   * @param state stable word: {@code active} or {@code suspended}
   * @param cause why it is suspended, in words; empty while active
   * @param keptBy the single sign-on that keeps it; empty for our own
   * @param asking whether it is the session of this very page
   * @param own whether it is a session of the person who looks
   */
  public record Row(
      String id,
      String person,
      String name,
      String terminal,
      String state,
      String stateWords,
      String cause,
      String since,
      String until,
      String keptBy,
      boolean asking,
      boolean own) {}
}
