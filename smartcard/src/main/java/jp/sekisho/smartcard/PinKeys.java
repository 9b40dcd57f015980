package jp.sekisho.smartcard;

import java.time.Duration;
import java.util.Locale;

/**
 * The keys of a reader on which a person types the PIN: it never enters this computer. Belongs to a
 * connected card; one thread at a time, inside its transaction.
 */
public interface PinKeys {
  /** How long a person may take for the entry, and again for the first key. */
  Duration LIMIT = Duration.ofSeconds(30);

  /**
   * Waits for the PIN and has the reader present it, once.
   *
   * @param reference P2 of VERIFY
   * @param shortest fewest digits
   * @param longest most digits
   * @param block length of a block padded with FF; 0 = as many bytes as digits
   * @param locale of the reader's display
   * @return the card's answer to VERIFY
   * @throws CardException PIN_NOT_ENTERED when no PIN reached the card, which costs no try;
   *     CARD_ERROR when the reader does not understand
   */
  Response present(int reference, int shortest, int longest, int block, Locale locale)
      throws CardException;
}
