package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of further cards that wait for a second word (職員証の確認).
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record ConfirmPage(Frame frame, String person, String terminal, @Nullable Content content) {

  /**
   * The part that only an active session gets.
   *
   * @param done what was just done, in words; null on an ordinary visit
   * @param rows what the person may confirm or drop; others' are not shown
   */
  public record Content(@Nullable String done, List<Row> rows) {
    public Content {
      rows = List.copyOf(rows);
    }
  }

  /**
   * A card that waits; times in Japan Standard Time.
   *
   * @param id hash of its key, as in the log
   * @param number staff number of the holder
   * @param by staff number of the administrator
   * @param byName that administrator's name
   * @param confirms whether the person who looks may confirm it
   */
  public record Row(
      String id,
      String number,
      String name,
      String by,
      String byName,
      String asked,
      String until,
      boolean confirms) {
    /** The first letters of the hash, enough to compare with the register of cards. */
    public String shown() {
      return id.substring(0, 10);
    }
  }
}
