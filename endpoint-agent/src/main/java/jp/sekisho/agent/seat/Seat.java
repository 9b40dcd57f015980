package jp.sekisho.agent.seat;

import java.time.Duration;
import java.util.Locale;

/**
 * One connected session process: a user at a screen of this terminal.
 *
 * <p>Thread-safe. After the seat is lost every call still returns: {@link #askPin} refuses and
 * {@link #lock} does nothing, since there is nobody left to tell.
 */
public interface Seat {
  /** The user, as the kernel named it when the process connected. */
  int uid();

  /** The language of the person: {@link Locale#JAPANESE} or {@link Locale#ENGLISH}. */
  Locale language();

  /** As the other, for whom it is all the same when the window is there. */
  default PinOutcome askPin(PinPrompt prompt, Duration atMost) {
    return askPin(prompt, atMost, () -> {});
  }

  /**
   * Shows the PIN window and waits for the person; one at a time per seat.
   *
   * @param atMost how long the window may stay open; then it is closed and the outcome is {@code
   *     PIN_CANCELLED}
   * @param shown called at most once, when the session process says that the window is up and
   *     before this returns; never when no window came up. On the seat's thread: it returns at once
   * @return what was typed, which the caller closes; or {@code PIN_CANCELLED}, {@code
   *     PROMPT_UNAVAILABLE} (no window could be shown, or the seat was lost), {@code CARD_BUSY}
   *     (another window is open on this seat)
   */
  PinOutcome askPin(PinPrompt prompt, Duration atMost, Runnable shown);

  /** Tells the session process to run the seat's lock command; does not wait for it. */
  void lock();
}
