package jp.sekisho.server.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of one's own authenticators (自分の認証器).
 *
 * @param person staff number of the session
 * @param terminal its terminal
 * @param content null while the session is suspended: then the page is only its lock
 */
public record AuthenticatorsPage(
    Frame frame, String person, String terminal, @Nullable Content content) {

  /**
   * The part that only an active session gets.
   *
   * @param rows cards first, then passkeys, the oldest first
   * @param news whether a passkey is among them of which a login must tell
   * @param waits whether a further card waits for the person to confirm it
   * @param ends last day of the certificate of the card that logged in, where it is near
   */
  public record Content(List<Row> rows, boolean news, boolean waits, @Nullable String ends) {
    public Content {
      rows = List.copyOf(rows);
    }
  }

  /**
   * One authenticator in the page's language; times in Japan Standard Time, "—" where none is kept.
   *
   * @param id hash of its key, as in the log
   * @param passkey whether it is a passkey, which its holder may remove
   * @param name what the holder calls it; of a card what it is
   * @param model the maker's name of it; "—" where it is not proved
   * @param state stable word: {@code active}, {@code suspended} or {@code revoked}
   * @param stateWords the state in words
   * @param low 低保証
   * @param fresh a login must tell of it
   */
  public record Row(
      String id,
      boolean passkey,
      String name,
      String model,
      String state,
      String stateWords,
      boolean low,
      String registered,
      String lastUsed,
      boolean fresh) {}
}
