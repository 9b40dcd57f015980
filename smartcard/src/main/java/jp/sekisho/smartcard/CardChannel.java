package jp.sekisho.smartcard;

import java.util.Optional;

/**
 * A connected card. Few methods, so that a card in memory can stand where a reader stands. Not
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
   * The reader's own keys for the PIN; empty when it has none. Asks the reader, not the card.
   *
   * @throws CardException when the reader cannot be asked
   */
  default Optional<PinKeys> pinKeys() throws CardException {
    return Optional.empty();
  }

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
