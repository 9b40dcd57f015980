package jp.sekisho.server.web;

import java.util.List;
import jp.sekisho.protocol.RefusalText;
import org.jspecify.annotations.Nullable;

/**
 * The page of temporary cards (仮カード): handing out, those not returned, the sealed stock.
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record TemporaryPage(
    Frame frame, String person, String terminal, @Nullable Content content) {

  /**
   * The part that only an active session gets.
   *
   * @param notice why nothing else is shown; null when it is
   * @param done what was just done, in words; null on an ordinary visit
   * @param stock cards that may be handed out
   * @param away cards that somebody has, the overdue ones first
   * @param opened cards that came back and wait for a new PIN
   * @param administers whether the person also looks after the stock
   */
  public record Content(
      @Nullable RefusalText notice,
      @Nullable String done,
      List<Lying> stock,
      List<Away> away,
      List<Lying> opened,
      boolean administers) {
    public Content {
      stock = List.copyOf(stock);
      away = List.copyOf(away);
      opened = List.copyOf(opened);
    }
  }

  /** A card that nobody has; {@code id}: hash of its key, as in the log. */
  public record Lying(String id, String label) {}

  /**
   * A card that somebody has; times in Japan Standard Time.
   *
   * @param attested staff number of who handed it out
   * @param stopped whether it was stopped before its day was over
   */
  public record Away(
      String id,
      String label,
      String person,
      String name,
      String attested,
      String handed,
      String expires,
      boolean stopped,
      boolean overdue) {}
}
