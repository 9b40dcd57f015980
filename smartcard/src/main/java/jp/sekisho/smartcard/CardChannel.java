package jp.sekisho.smartcard;

/**
 * A connected card. Four methods, so that a card in memory can stand where a reader stands. Not
 * thread-safe: one thread at a time.
 */
public interface CardChannel extends AutoCloseable {

  /**
   * Waits until no other program uses the card and keeps them out until {@link #endAndReset()}. May
   * block as long as the other program likes; callers bound it.
   */
  void begin() throws CardException;

  /** Sends one command (at most 255 bytes of data) and returns the card's answer as it is. */
  Response transmit(Apdu command) throws CardException;

  /**
   * Lets other programs in again, after a reset: the PIN state belongs to the card, not to us, and
   * would otherwise serve whoever comes next.
   */
  void endAndReset() throws CardException;

  /**
   * Disconnects, with a reset if the card got a command since the last one. Never fails: a card
   * that is gone is disconnected.
   */
  @Override
  void close();
}
